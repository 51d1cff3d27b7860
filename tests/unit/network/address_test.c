/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/socket.h>

#include "kboot/network/address.h"

static const struct {
	const char *text;
	const char *printed; /* NULL: refused */
} addresses[] = {
	{"192.168.1.5", "192.168.1.5/32"},
	{"192.168.1.5/24", "192.168.1.5/24"},
	{"0.0.0.0/0", "0.0.0.0/0"},
	{"2001:DB8::5/64", "2001:db8::5/64"},
	{"::1", "::1/128"},
	{"192.168.1.5/33", NULL},
	{"2001:db8::5/129", NULL},
	{"192.168.1.5/", NULL},
	{"192.168.1.5/-1", NULL},
	{"192.168.1", NULL},
	{"999.1.1.1", NULL},
	{"", NULL},
	{"host", NULL},
	{"1.2.3.4\n", NULL},
	{"fe80::1%eth0", NULL},
	{"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc", NULL},
};

static void test_addresses(void **state)
{
	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(addresses); i++) {
		char buf[KB_IP_TEXT];
		struct kb_ip ip;
		int r = kb_ip_parse(kb_str_from(addresses[i].text), &ip);

		assert_int_equal(r == 0, addresses[i].printed != NULL);
		if (r == 0) {
			assert_string_equal(kb_ip_print_prefix(&ip, buf), addresses[i].printed);
		}
	}
	assert_int_not_equal(kb_ip_parse(kb_str_of("1.2.3.4\0x", 9), &(struct kb_ip){0}), 0);
}

static void test_masks(void **state)
{
	static const struct {
		const char *text;
		int family;
		int prefix; /* -1: refused */
	} masks[] = {
		{"255.255.255.0", AF_INET, 24},
		{"255.255.255.255", AF_INET, 32},
		{"0.0.0.0", AF_INET, 0},
		{"255.255.254.0", AF_INET, 23},
		{"24", AF_INET, 24},
		{"64", AF_INET6, 64},
		{"255.0.255.0", AF_INET, -1},
		{"33", AF_INET, -1},
		{"255.255.255.0", AF_INET6, -1},
		{"129", AF_INET6, -1},
		{"255.255.255.0/24", AF_INET, -1},
		{"", AF_INET, -1},
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(masks); i++) {
		unsigned prefix = 0;
		int r = kb_ip_parse_mask(kb_str_from(masks[i].text), masks[i].family, &prefix);

		assert_int_equal(r == 0 ? (int)prefix : -1, masks[i].prefix);
	}
}

static bool contains(const char *network, const char *address)
{
	struct kb_ip net;
	struct kb_ip one;

	assert_int_equal(kb_ip_parse(kb_str_from(network), &net), 0);
	assert_int_equal(kb_ip_parse(kb_str_from(address), &one), 0);
	return kb_ip_contains(&net, &one);
}

static void test_contains(void **state)
{
	(void)state;
	assert_true(contains("10.0.0.5/24", "10.0.0.1"));
	assert_false(contains("10.0.0.5/24", "10.0.1.1"));
	assert_true(contains("10.0.0.5/23", "10.0.1.1"));
	assert_false(contains("10.0.0.5/32", "10.0.0.4"));
	assert_true(contains("0.0.0.0/0", "10.0.0.4"));
	assert_false(contains("::/0", "10.0.0.4"));
	assert_true(contains("2001:db8::/33", "2001:db8:7fff::1"));
	assert_false(contains("2001:db8::/33", "2001:db8:8000::1"));
}

static void test_cards(void **state)
{
	struct kb_mac mac;
	struct kb_mac other = {0};
	char buf[KB_MAC_TEXT];

	(void)state;
	assert_int_equal(kb_mac_parse(KB_STR("52-54-00-AB-cd-EF"), &mac), 0);
	assert_string_equal(kb_mac_print(&mac, buf), "52:54:00:ab:cd:ef");
	assert_false(kb_mac_eq(&mac, &other));
	assert_false(kb_mac_eq(&other, &other));
	assert_true(kb_mac_eq(&mac, &mac));
	assert_int_not_equal(kb_mac_parse(KB_STR("52:54:00:ab:cd"), &mac), 0);
	assert_int_not_equal(kb_mac_parse(KB_STR("52:54:00:ab:cd:eg"), &mac), 0);
	assert_int_not_equal(kb_mac_parse(KB_STR("52.54:00:ab:cd:ee"), &mac), 0);
}

static void test_names(void **state)
{
	static const char *const bad[] = {"",   ".",   "..",     "a/b", "a b",
					  "-i", "a:b", "\x80zz", "a\n", "aaaaaaaaaaaaaaaa"};

	(void)state;
	assert_true(kb_interface_name_ok(KB_STR("eth0.5")));
	assert_true(kb_interface_name_ok(KB_STR("aaaaaaaaaaaaaaa")));
	for (size_t i = 0; i < KB_ARRAY_LEN(bad); i++) {
		assert_false(kb_interface_name_ok(kb_str_from(bad[i])));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses), cmocka_unit_test(test_masks),
		cmocka_unit_test(test_contains),  cmocka_unit_test(test_cards),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
