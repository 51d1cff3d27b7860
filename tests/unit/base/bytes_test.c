/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/base/bytes.h"

#include <stdlib.h>

static bool has_control(struct kb_str text, bool also_c0)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];
		bool is_c1 = c == 0xc2 && (unsigned char)text.data[i + 1] < 0xa0;

		if (c == 0x7f || is_c1 || (also_c0 && c > 0 && c < 0x20)) {
			return true;
		}
	}
	return false;
}

static bool is_utf8(struct kb_str text)
{
	while (text.len > 0) {
		size_t len = kb_str_utf8_len(text);

		if (len == 0) {
			return false;
		}
		text = kb_str_skip(text, len);
	}
	return true;
}

static void assert_survives(struct kb_str bytes)
{
	KB_BUF struct kb_buf text = {0};
	KB_BUF struct kb_buf line = {0};
	KB_BUF struct kb_buf back = {0};

	kb_bytes_to_text(&text, bytes);
	assert_true(is_utf8(kb_buf_view(&text)));
	assert_false(has_control(kb_buf_view(&text), false));
	assert_int_equal(kb_bytes_are_text(bytes), kb_str_eq(kb_buf_view(&text), bytes));
	kb_bytes_from_text(&back, kb_buf_view(&text));
	assert_true(kb_str_eq(kb_buf_view(&back), bytes));

	kb_bytes_to_line(&line, bytes);
	assert_true(is_utf8(kb_buf_view(&line)));
	assert_false(has_control(kb_buf_view(&line), true));
	kb_buf_reset(&back);
	kb_bytes_from_text(&back, kb_buf_view(&line));
	assert_true(kb_str_eq(kb_buf_view(&back), bytes));
}

static void every_pair_of_bytes_survives(void **state)
{
	char bytes[3] = "";

	(void)state;
	assert_survives(KB_STR(""));
	for (int i = 0; i < 256; i++) {
		bytes[0] = (char)i;
		assert_survives(kb_str_of(bytes, 1));
		for (int k = 0; k < 256; k++) {
			bytes[1] = (char)k;
			assert_survives(kb_str_of(bytes, 2));
		}
	}
}

static void what_is_nearly_utf8_survives(void **state)
{
	static const char *const names[] = {
		"caf\xe9.img",                          /* Latin-1 */
		"\xc0\xaf\xe0\x80\xaf\xf0\x82\x82\xac", /* overlong */
		"\xed\xa0\x80\xed\xbf\xbf",             /* surrogates */
		"\xf4\x90\x80\x80\xf8\x88\x80\x80\x80", /* above U+10FFFF */
		"\xc3",                                 /* cut */
		"\xe2\x82",
		"\xf4\x8f\xbb",
		"\xf0\x9f\x90\xa7\x80",
		"\xf4\x8f\xb8\x80\xf4\x8f\xb9\x81", /* of the page, and no marks */
		"\xf4\x8f\xbb\xa9\xf4\x8f\xb8\x8a", /* what marks E9 and LF */
		"\xf4\x8f\xbf\xbf\xef\xbf\xbd",     /* U+10FFFF, U+FFFD */
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(names); i++) {
		assert_survives(kb_str_from(names[i]));
	}
}

static void all_characters_of_the_page_survive(void **state)
{
	char character[] = "\xf4\x8f\xb8\x80";

	(void)state;
	for (int i = 0; i < 256; i++) {
		character[2] = (char)(0xb8 | i >> 6);
		character[3] = (char)(0x80 | (i & 0x3f));
		assert_survives(KB_STR(character));
	}
}

static void assert_text(const char *bytes, const char *expected)
{
	KB_BUF struct kb_buf text = {0};

	kb_bytes_to_text(&text, kb_str_from(bytes));
	assert_string_equal(text.data, expected);
}

static void the_wire_format_stays(void **state)
{
	(void)state;
	assert_text("na\xc3\xafve \xf0\x9f\x90\xa7\t\n", "na\xc3\xafve \xf0\x9f\x90\xa7\t\n");
	assert_text("caf\xe9", "caf\xf4\x8f\xbb\xa9");
	assert_text("\x7f\xc2\x9b\xff", "\xf4\x8f\xb9\xbf\xf4\x8f\xbb\x82\xf4\x8f\xba\x9b"
					"\xf4\x8f\xbb\xbf");
	assert_text("\xf4\x8f\xbb\xa9", "\xf4\x8f\xbb\xb4\xf4\x8f\xba\x8f\xf4\x8f\xba\xbb"
					"\xf4\x8f\xba\xa9");
}

static void no_nul_and_no_ascii_comes_of_a_mark(void **state)
{
	KB_BUF struct kb_buf bytes = {0};
	const char *text = "\xf4\x8f\xb8\x80\xf4\x8f\xb8\xaf\xf4\x8f\xb9\xbe"; /* 00, '/', '~' */

	(void)state;
	kb_bytes_from_text(&bytes, kb_str_from(text));
	assert_string_equal(bytes.data, text);
}

static void anything_survives(void **state)
{
	char bytes[24];

	(void)state;
	srandom(1);
	for (int round = 0; round < 20000; round++) {
		static const unsigned char often[] = {0xf4, 0x8f, 0xb8, 0xb9,
						      0xba, 0xbb, 0xc2, 0xe9};

		for (size_t i = 0; i < sizeof(bytes); i++) {
			long r = random();

			bytes[i] = (char)(r & 0x100 ? often[r & 7] : r & 0xff);
		}
		assert_survives(kb_str_of(bytes, (size_t)random() % sizeof(bytes)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pair_of_bytes_survives),
		cmocka_unit_test(what_is_nearly_utf8_survives),
		cmocka_unit_test(all_characters_of_the_page_survive),
		cmocka_unit_test(the_wire_format_stays),
		cmocka_unit_test(no_nul_and_no_ascii_comes_of_a_mark),
		cmocka_unit_test(anything_survives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
