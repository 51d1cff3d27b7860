/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Leases as udhcpc hands them over, from servers that mean well and from others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/socket.h>

#include "kboot/network/lease.h"

enum { MOST = 16 };

struct fixture {
	struct kb_arena arena;
	struct kb_lease lease;
	struct kb_buf text;
};

static int setup(void **state)
{
	*state = calloc(1, sizeof(struct fixture));
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	kb_arena_done(&f->arena);
	kb_buf_done(&f->text);
	free(f);
	return 0;
}

static void read_env(struct fixture *f, const char *const *environment)
{
	assert_int_equal(kb_lease_from_environment(&f->arena, (char *const *)environment,
						   &f->lease),
			 0);
}

#define READ(f, ...) read_env((f), (const char *const[]){__VA_ARGS__, NULL})

static const char *ip_text(const struct kb_ip *ip)
{
	static char buf[KB_IP_TEXT];

	return ip->family == 0 ? "none" : kb_ip_print_prefix(ip, buf);
}

static void check_route(const struct fixture *f, unsigned i, const char *to, const char *via)
{
	assert_true(i < f->lease.n_routes);
	assert_string_equal(ip_text(&f->lease.routes[i].to), to);
	assert_string_equal(ip_text(&f->lease.routes[i].via), via);
}

static void test_ordinary(void **state)
{
	struct fixture *f = *state;

	READ(f, "PATH=/bin", "interface=eth0", "ip=10.7.0.50", "mask=24", "subnet=255.255.255.0",
	     "broadcast=10.7.0.255", "router=10.7.0.1 10.7.0.2", "dns=10.7.0.1 10.7.0.3",
	     "domain=kboot.test", "ntpsrv=10.7.0.4", "mtu=1400", "serverid=10.7.0.1",
	     "boot_file=pxelinux.0", "opt128=0a0b");
	assert_string_equal(f->lease.interface, "eth0");
	assert_string_equal(ip_text(&f->lease.address), "10.7.0.50/24");
	assert_string_equal(ip_text(&f->lease.broadcast), "10.7.0.255/32");
	assert_int_equal(f->lease.n_routes, 1);
	check_route(f, 0, "0.0.0.0/0", "10.7.0.1/32");
	assert_int_equal(f->lease.n_dns, 2);
	assert_string_equal(ip_text(&f->lease.ntp[0]), "10.7.0.4/32");
	assert_string_equal(f->lease.search, "kboot.test");
	assert_int_equal(f->lease.mtu, 1400);
	assert_string_equal(kb_lease_get(&f->lease, "boot_file"), "pxelinux.0");
	assert_null(kb_lease_get(&f->lease, "PATH"));
	kb_lease_print(&f->lease, &f->text);
	assert_non_null(strstr(f->text.data, "\nserverid=10.7.0.1\n"));
}

/* RFC 3442: the routers do not count; 0.0.0.0 is the link itself. */
static void test_classless_routes(void **state)
{
	struct fixture *f = *state;

	READ(f, "ip=10.0.0.5", "mask=32", "router=10.0.0.9",
	     "staticroutes=10.0.0.1/32 0.0.0.0 0.0.0.0/0 10.0.0.1",
	     "msstaticroutes=0.0.0.0/0 10.0.0.7");
	assert_string_equal(ip_text(&f->lease.address), "10.0.0.5/32");
	assert_int_equal(f->lease.n_routes, 2);
	check_route(f, 0, "10.0.0.1/32", "none");
	check_route(f, 1, "0.0.0.0/0", "10.0.0.1/32");
	READ(f, "router=10.0.0.9", "msstaticroutes=0.0.0.0/0 10.0.0.7");
	assert_int_equal(f->lease.n_routes, 1);
	check_route(f, 0, "0.0.0.0/0", "10.0.0.7/32");
	READ(f, "router=10.0.0.9", "staticroutes=nonsense here");
	check_route(f, 0, "0.0.0.0/0", "10.0.0.9/32");
}

static void test_masks(void **state)
{
	struct fixture *f = *state;

	READ(f, "ip=10.0.0.5", "subnet=255.255.0.0");
	assert_string_equal(ip_text(&f->lease.address), "10.0.0.5/16");
	READ(f, "ip=10.0.0.5", "mask=99");
	assert_string_equal(ip_text(&f->lease.address), "10.0.0.5/32");
	READ(f, "ip=0.0.0.0", "mask=24");
	assert_int_equal(f->lease.address.family, 0);
	READ(f, "ip=10.0.0.5/8");
	assert_int_equal(f->lease.address.family, 0);
	READ(f, "ipv6=2001:db8::5");
	assert_string_equal(ip_text(&f->lease.address), "2001:db8::5/128");
}

static void test_bounds(void **state)
{
	struct fixture *f = *state;

	READ(f, "mtu=575", "dns=1.1.1.1 2.2.2.2 x 3.3.3.3 4.4.4.4",
	     "search=a.b c..d -x.y_z $(reboot) e;f g.h.", "domain=other");
	assert_int_equal(f->lease.mtu, 0);
	assert_int_equal(f->lease.n_dns, 3);
	assert_string_equal(ip_text(&f->lease.dns[2]), "3.3.3.3/32");
	assert_string_equal(f->lease.search, "a.b -x.y_z g.h.");
	READ(f, "mtu=65536", "interface=../../etc/passwd");
	assert_int_equal(f->lease.mtu, 0);
	assert_string_equal(f->lease.interface, "");
}

static void test_hostile_text(void **state)
{
	static const char bytes[] = "a'b\"c\\d\n$(reboot)\r\x1b[2J\xff\x7f`x`\nserverid=6.6.6.6";
	KB_BUF struct kb_buf line = {0};
	struct fixture *f = *state;
	struct kb_lease again;

	kb_buf_printf(&line, "boot_file=%s", bytes);
	READ(f, line.data, "A=b", "bad-name=x", "UPPER=y", "=z", "none", "0x=1",
	     "serverid=10.7.0.1", "serverid=6.6.6.6");
	assert_int_equal(f->lease.n_vars, 2);
	kb_lease_print(&f->lease, &f->text);
	assert_string_equal(
		f->text.data,
		"boot_file=a'b\"c\\x5cd\\x0a$(reboot)\\x0d\\x1b[2J\\xff\\x7f`x`\\x0aserverid="
		"6.6.6.6\nserverid=10.7.0.1\n");
	assert_int_equal(kb_lease_from_text(&f->arena, kb_buf_view(&f->text), &again), 0);
	assert_string_equal(kb_lease_get(&again, "boot_file"), bytes);
	assert_string_equal(kb_lease_get(&again, "serverid"), "10.7.0.1");
}

static void test_sizes(void **state)
{
	KB_BUF struct kb_buf big = {0};
	struct fixture *f = *state;
	const char *environment[KB_LEASE_MAX_VARS + MOST];
	size_t n = 0;

	kb_buf_puts(&big, "bootfile=");
	for (int i = 0; i < KB_LEASE_VALUE; i++) {
		kb_buf_putc(&big, 'x');
	}
	READ(f, big.data);
	assert_int_equal(strlen(kb_lease_get(&f->lease, "bootfile")), KB_LEASE_VALUE);
	kb_buf_putc(&big, 'x');
	READ(f, big.data, "ip=10.0.0.1");
	assert_null(kb_lease_get(&f->lease, "bootfile"));
	assert_int_equal(f->lease.address.family, AF_INET);
	for (; n < KB_ARRAY_LEN(environment) - 1; n++) {
		environment[n] = kb_arena_printf(&f->arena, "opt%zu=1", n);
	}
	environment[n] = NULL;
	read_env(f, environment);
	assert_int_equal(f->lease.n_vars, KB_LEASE_MAX_VARS);
}

static void test_file_by_others(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(kb_lease_from_text(&f->arena,
					    KB_STR("ip=1.2.3.4\nboot_file=\\x0\nsname=\\x00\n"
						   "tftp=\\y41\ntrash\nmask=8"),
					    &f->lease),
			 0);
	assert_int_equal(f->lease.n_vars, 2);
	assert_string_equal(ip_text(&f->lease.address), "1.2.3.4/8");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_ordinary),       TEST(test_classless_routes), TEST(test_masks),
		TEST(test_bounds),         TEST(test_hostile_text),     TEST(test_sizes),
		TEST(test_file_by_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
