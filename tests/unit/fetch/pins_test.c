/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys that a site has written down for its servers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "pins.h"

#define A "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define B "sha256//bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb+/="

static void servers_have_their_own(void **state)
{
	static const char text[] = "# comment\n"
				   "h.lan " A "\n"
				   "\n"
				   "\th.lan:8443\t" B " " A " # two\r\n"
				   "[::1]:444 " B "\n"
				   "H2.LAN " A;
	static const struct {
		const char *url;
		const char *pins; /* NULL: none */
	} cases[] = {
		{"https://h.lan/x", A},     {"https://h.lan:443/x", A},
		{"ftps://h.lan/x", A},      {"https://h.lan:8443/x", A ";" B ";" A},
		{"https://h2.lan/x", A},    {"https://h.lan.evil/x", NULL},
		{"https://xh.lan/x", NULL}, {"https://[::1]:444/x", B},
		{"https://[::1]/x", NULL},
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		KB_ARENA struct kb_arena arena = {0};
		const char *pins = "";
		struct kb_error err = {0};
		struct kb_url url;

		assert_int_equal(kb_url_parse(&arena, kb_str_from(cases[i].url), NULL, &url, &err),
				 0);
		assert_int_equal(kb_pins_find(&arena, KB_STR(text), &url, &pins, &err), 0);
		assert_string_equal(pins ? pins : "none", cases[i].pins ? cases[i].pins : "none");
	}
}

/* libcurl would take other words for the name of a file. */
static void a_wrong_line_is_no_missing_one(void **state)
{
	static const struct {
		const char *text;
		const char *says;
	} cases[] = {
		{"h " A "\nother\n", "2: no key behind other"},
		{"h /etc/passwd\n", "1: /etc/passwd is no sha256// and base64"},
		{"h " A ";" A "\n", "1: " A ";" A " is no sha256// and base64"},
		{"\nh sha256//AAAA=\n", "2: sha256//AAAA= is no sha256// and base64"},
		{"h sha1//AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
		 "1: sha1//AAAAAAAAAAAAAAAAAAAAAAAAAAA= is no sha256// and base64"},
	};
	const struct kb_url url = {.host = "elsewhere", .path = "/", .scheme = KB_URL_HTTPS};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		KB_ARENA struct kb_arena arena = {0};
		const char *pins = "";
		struct kb_error err = {0};
		struct kb_str text = kb_str_from(cases[i].text);

		assert_int_equal(kb_pins_find(&arena, text, &url, &pins, &err), -EINVAL);
		assert_string_equal(err.text, cases[i].says);
		assert_null(pins);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(servers_have_their_own),
		cmocka_unit_test(a_wrong_line_is_no_missing_one),
	};

	return cmocka_run_group_tests_name("fetch/pins", tests, NULL, NULL);
}
