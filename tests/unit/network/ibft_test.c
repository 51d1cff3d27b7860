/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/socket.h>

#include "kboot/network/ibft.h"
#include "temp_dir.h"

static int setup(void **state)
{
	static struct temp_dir dir;

	temp_dir_init(&dir);
	*state = &dir;
	return 0;
}

static int teardown(void **state)
{
	temp_dir_done(*state);
	return 0;
}

static void put(struct temp_dir *dir, int card, const char *name, const char *text)
{
	char path[96];

	(void)snprintf(path, sizeof(path), "firmware/ibft/ethernet%d/%s", card, name);
	temp_dir_text(dir, path, text);
}

static void remark(void *ctx, const struct kb_diag *diag)
{
	(void)diag;
	++*(unsigned *)ctx;
}

static unsigned read_table(struct temp_dir *dir, struct kb_net_config *c)
{
	unsigned remarks = 0;
	const struct kb_diag_sink sink = {remark, &remarks};

	kb_net_config_from_cmdline(c, KB_STR("ip=eth7:dhcp ip=ibft"), NULL);
	kb_net_config_from_ibft(c, dir->fd, &sink);
	return remarks;
}

static void test_static_and_dhcp(void **state)
{
	struct temp_dir *dir = *state;
	struct kb_net_config c = {0};
	char buf[KB_IP_TEXT];

	put(dir, 0, "flags", "3\n");
	put(dir, 0, "mac", "52:54:00:07:00:02\n");
	put(dir, 0, "origin", "1\n");
	put(dir, 0, "ip-addr", "10.9.0.33\n");
	put(dir, 0, "subnet-mask", "255.255.0.0\n");
	put(dir, 0, "gateway", "10.9.0.1\n");
	put(dir, 0, "primary-dns", "10.9.0.1\n");
	put(dir, 0, "secondary-dns", "0.0.0.0\n");
	put(dir, 1, "flags", "1\n");
	put(dir, 1, "mac", "52:54:00:07:00:03\n");
	put(dir, 1, "origin", "3\n");
	put(dir, 1, "ip-addr", "10.9.1.33\n");
	put(dir, 2, "flags", "2\n");
	put(dir, 2, "mac", "52:54:00:07:00:04\n");
	assert_int_equal(read_table(dir, &c), 0);
	assert_int_equal(c.n_links, 3);
	assert_string_equal(c.links[0].name, "eth7");
	assert_int_equal(c.links[1].method, KB_NET_STATIC);
	assert_true(c.links[1].mac.is_set);
	assert_string_equal(kb_ip_print_prefix(&c.links[1].address, buf), "10.9.0.33/16");
	assert_string_equal(kb_ip_print(&c.links[1].gateway, buf), "10.9.0.1");
	assert_int_equal(c.links[2].method, KB_NET_DHCP);
	assert_int_equal(c.n_dns, 1);
}

static void test_no_table(void **state)
{
	struct kb_net_config c = {0};

	assert_int_equal(read_table(*state, &c), 1);
	assert_int_equal(c.n_links, 2);
	assert_int_equal(c.links[1].method, KB_NET_DHCP);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_static_and_dhcp), TEST(test_no_table)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
