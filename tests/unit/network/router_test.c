/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What routers say, in messages as the kernel sends them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include "router.h"

enum { INDEX = 7 };

struct message {
	struct nlmsghdr head;
	struct nduseroptmsg option;
	unsigned char bytes[256];
};

static const unsigned char dns[] = {25, 5, 0, 0, 0, 0, 7, 8, 0xfd, 9, 0,    0,    0, 0,
				    0,  0, 0, 0, 0, 0, 0, 0, 0,    1, 0xfe, 0x80, 0, 0,
				    0,  0, 0, 0, 0, 0, 0, 0, 0,    0, 0,    2};
static const unsigned char domains[] = {31,  4,   0,   0, 0,   0,   7,   8,   5, 'k', 'b',
					'o', 'o', 't', 4, 't', 'e', 's', 't', 0, 3,   'l',
					'a', 'n', 0,   0, 0,   0,   0,   0,   0, 0};

static struct message make(const unsigned char *bytes, size_t len)
{
	struct message m = {
		.head = {.nlmsg_len = (uint32_t)(offsetof(struct message, bytes) + len),
			 .nlmsg_type = RTM_NEWNDUSEROPT},
		.option = {.nduseropt_family = AF_INET6,
			   .nduseropt_opts_len = (unsigned short)len,
			   .nduseropt_ifindex = INDEX},
	};

	memcpy(m.bytes, bytes, len);
	return m;
}

static void test_servers_and_domains(void **state)
{
	struct kb_routers r = {.fd = -1};
	struct message one = make(dns, sizeof(dns));
	struct message two = make(domains, sizeof(domains));
	char buf[KB_IP_TEXT];

	(void)state;
	kb_routers_take(&r, &one, one.head.nlmsg_len);
	kb_routers_take(&r, &one, one.head.nlmsg_len); /* once more: the same */
	kb_routers_take(&r, &two, two.head.nlmsg_len);
	assert_int_equal(r.n, 1);
	assert_int_equal(r.at[0].index, INDEX);
	assert_int_equal(r.at[0].n_dns, 2);
	assert_string_equal(kb_ip_print(&r.at[0].dns[0], buf), "fd09::1");
	assert_string_equal(kb_ip_print(&r.at[0].dns[1], buf), "fe80::2");
	assert_string_equal(r.at[0].search, "kboot.test lan");
}

static void test_taken_back(void **state)
{
	struct kb_routers r = {.fd = -1};
	struct message m = make(dns, sizeof(dns));

	(void)state;
	memset(m.bytes + 4, 0, 4);
	kb_routers_take(&r, &m, m.head.nlmsg_len);
	assert_int_equal(r.at[0].n_dns, 0);
}

/* Nothing is read behind its end, whatever it says of its length: the sanitizers look on. */
static void test_lies_about_lengths(void **state)
{
	struct message whole = make(domains, sizeof(domains));

	(void)state;
	for (size_t len = 0; len <= whole.head.nlmsg_len; len++) {
		struct kb_routers r = {.fd = -1};
		unsigned char *copy = malloc(len ? len : 1);

		memcpy(copy, &whole, len);
		kb_routers_take(&r, copy, len);
		free(copy);
		assert_true(len == whole.head.nlmsg_len || r.n == 0);
	}
	for (unsigned label = 0; label < 256; label++) {
		struct kb_routers r = {.fd = -1};
		struct message m = make(domains, sizeof(domains));
		unsigned char *copy;

		m.bytes[label % sizeof(domains)] = (unsigned char)label;
		m.bytes[8] = (unsigned char)label;
		copy = malloc(m.head.nlmsg_len);
		memcpy(copy, &m, m.head.nlmsg_len);
		kb_routers_take(&r, copy, m.head.nlmsg_len);
		free(copy);
	}
}

static void test_what_is_no_name(void **state)
{
	struct kb_routers r = {.fd = -1};
	struct message m = make(domains, sizeof(domains));

	(void)state;
	m.bytes[9] = '\n'; /* a line of resolv.conf of its own */
	m.bytes[10] = ' ';
	kb_routers_take(&r, &m, m.head.nlmsg_len);
	assert_string_equal(r.at[0].search, "lan");
}

static void test_many_links(void **state)
{
	struct kb_routers r = {.fd = -1};

	(void)state;
	for (int i = 1; i <= 100; i++) {
		struct message m = make(dns, sizeof(dns));

		m.option.nduseropt_ifindex = i;
		kb_routers_take(&r, &m, m.head.nlmsg_len);
	}
	assert_int_equal(r.n, KB_ROUTERS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_servers_and_domains), cmocka_unit_test(test_taken_back),
		cmocka_unit_test(test_lies_about_lengths),  cmocka_unit_test(test_what_is_no_name),
		cmocka_unit_test(test_many_links),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
