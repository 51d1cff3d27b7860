/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/base/str.h"

#include <errno.h>

static void compares(void **state)
{
	struct kb_str empty = {0};

	(void)state;
	assert_true(kb_str_eq(KB_STR("a\0b"), kb_str_of("a\0b", 3)));
	assert_false(kb_str_eq(KB_STR("a\0b"), kb_str_of("a\0c", 3)));
	assert_false(kb_str_eq(KB_STR("a"), KB_STR("ab")));
	assert_true(kb_str_eq(empty, KB_STR("")));
	assert_true(kb_str_eq(kb_str_from(NULL), empty));
	assert_true(kb_str_eq_nocase(KB_STR("TimeOut"), KB_STR("timeout")));
	assert_false(kb_str_eq_nocase(KB_STR("timeout"), KB_STR("timeouts")));
	/* ASCII only: '@' and '`', '[' and '{', and what is beyond, differ by the same bit. */
	assert_false(kb_str_eq_nocase(KB_STR("@["), KB_STR("`{")));
	assert_false(kb_str_eq_nocase(KB_STR("\xc4"), KB_STR("\xe4")));
	assert_true(kb_str_starts(KB_STR("UUID=x"), KB_STR("UUID=")));
	assert_false(kb_str_starts(KB_STR("UUI"), KB_STR("UUID=")));
	assert_true(kb_str_starts(empty, empty));
	assert_true(kb_str_eq(kb_str_common(KB_STR("abc"), KB_STR("abd")), KB_STR("ab")));
	assert_true(kb_str_eq(kb_str_common(KB_STR("ab"), KB_STR("abc")), KB_STR("ab")));
	assert_true(
		kb_str_eq(kb_str_common(KB_STR("a\xc3\xa4"), KB_STR("a\xc3\xb6")), KB_STR("a")));
	assert_true(
		kb_str_eq(kb_str_common(KB_STR("a\xff\xfe"), KB_STR("a\xff")), KB_STR("a\xff")));
	assert_int_equal(kb_str_common(KB_STR("x"), empty).len, 0);
	assert_true(kb_str_ends(KB_STR("x.efi"), KB_STR(".efi")));
	assert_false(kb_str_ends(KB_STR("efi"), KB_STR(".efi")));
	assert_true(kb_str_ends(empty, KB_STR("")));
}

static void assert_str(struct kb_str s, const char *expected)
{
	assert_int_equal(s.len, strlen(expected));
	if (s.len > 0) {
		assert_memory_equal(s.data, expected, s.len);
	}
}

static void cuts(void **state)
{
	(void)state;
	assert_str(kb_str_skip(KB_STR("kernel"), 2), "rnel");
	assert_str(kb_str_skip(KB_STR("kernel"), 99), "");
	assert_str(kb_str_skip((struct kb_str){0}, 5), "");
	assert_str(kb_str_head(KB_STR("kernel"), 2), "ke");
	assert_str(kb_str_head(KB_STR("kernel"), 99), "kernel");
	assert_str(kb_str_trim(KB_STR(" \t\v\f a b\r\n")), "a b");
	assert_str(kb_str_trim(KB_STR(" \n")), "");
	assert_str(kb_str_trim((struct kb_str){0}), "");
	assert_str(kb_str_trim(KB_STR("\x08x\x0e")), "\x08x\x0e");
	assert_int_equal(kb_str_find(KB_STR("a=b=c"), '='), 1);
	assert_int_equal(kb_str_find(KB_STR("abc"), '='), 3);
	assert_int_equal(kb_str_find(KB_STR("a\0=c"), '='), 2);
	assert_int_equal(kb_str_find((struct kb_str){0}, '='), 0);
}

static void takes_lines(void **state)
{
	struct kb_str rest = KB_STR("one\r\n\nthree");
	struct kb_str line;

	(void)state;
	assert_true(kb_str_next_line(&rest, &line));
	assert_str(line, "one\r");
	assert_true(kb_str_next_line(&rest, &line));
	assert_str(line, "");
	assert_true(kb_str_next_line(&rest, &line));
	assert_str(line, "three");
	assert_false(kb_str_next_line(&rest, &line));
	rest = KB_STR("last\n");
	assert_true(kb_str_next_line(&rest, &line));
	assert_str(line, "last");
	assert_false(kb_str_next_line(&rest, &line));
	rest = (struct kb_str){0};
	assert_false(kb_str_next_line(&rest, &line));
}

static void reads_numbers(void **state)
{
	static const struct {
		const char *text;
		int result;
		uint64_t value;
	} cases[] = {
		{"0", 0, 0},
		{"007", 0, 7},
		{"18446744073709551615", 0, UINT64_MAX},
		{"18446744073709551616", -ERANGE, 0},
		{"99999999999999999999999", -ERANGE, 0},
		{"18446744073709551620x", -EINVAL, 0},
		{"", -EINVAL, 0},
		{"-1", -EINVAL, 0},
		{"+1", -EINVAL, 0},
		{" 1", -EINVAL, 0},
		{"1 ", -EINVAL, 0},
		{"0x10", -EINVAL, 0},
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		uint64_t value = 12345;

		assert_int_equal(kb_str_to_u64(kb_str_from(cases[i].text), &value),
				 cases[i].result);
		assert_true(value == (cases[i].result ? 12345 : cases[i].value));
	}
}

static void reads_booleans(void **state)
{
	static const char *const yes[] = {"true", "YES", "On", "1"};
	static const char *const no[] = {"false", "NO", "Off", "0"};
	static const char *const bad[] = {"", "2", "y", "truee", "tru", " 1"};
	bool value = false;

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(yes); i++) {
		value = false;
		assert_int_equal(kb_str_to_bool(kb_str_from(yes[i]), &value), 0);
		assert_true(value);
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(no); i++) {
		value = true;
		assert_int_equal(kb_str_to_bool(kb_str_from(no[i]), &value), 0);
		assert_false(value);
	}
	value = true;
	for (size_t i = 0; i < KB_ARRAY_LEN(bad); i++) {
		assert_int_equal(kb_str_to_bool(kb_str_from(bad[i]), &value), -EINVAL);
		assert_true(value);
	}
}

static void measures_utf8(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} cases[] = {
		{"a", 1},
		{"\xc3\xa4z", 2},
		{"\xe2\x82\xac", 3},
		{"\xf0\x9f\x90\xa7", 4},
		{"\xf4\x8f\xbf\xbf", 4}, /* U+10FFFF */
		{"\xf4\x90\x80\x80", 0}, /* above it */
		{"\xf5\x80\x80\x80", 0}, /* above it */
		{"\xc0\x80", 0},         /* overlong NUL */
		{"\xc1\xbf", 0},         /* overlong */
		{"\xe0\x9f\xbf", 0},     /* overlong */
		{"\xe0\xa0\x80", 3},
		{"\xf0\x8f\xbf\xbf", 0}, /* overlong */
		{"\xed\x9f\xbf", 3},
		{"\xed\xa0\x80", 0},  /* surrogate */
		{"\xed\xbf\xbf", 0},  /* surrogate */
		{"\xc3", 0},          /* cut */
		{"\xe2\x82", 0},      /* cut */
		{"\xf0\x9f\x90", 0},  /* cut */
		{"\xe2\x82z", 0},     /* broken */
		{"\xf0\x9f\x90z", 0}, /* broken */
		{"\x80", 0},          /* continuation */
		{"\xff", 0},
		{"", 0},
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		assert_int_equal(kb_str_utf8_len(kb_str_from(cases[i].bytes)), cases[i].len);
	}
	assert_int_equal(kb_str_utf8_len(kb_str_of("\0", 1)), 1);
}

static void builds(void **state)
{
	KB_BUF struct kb_buf b = {0};
	char *owned = NULL;

	(void)state;
	kb_buf_puts(&b, "linux ");
	kb_buf_str(&b, KB_STR("/vmlinuz"));
	kb_buf_putc(&b, ' ');
	kb_buf_printf(&b, "root=%s quiet=%d", "sda2", 1);
	kb_buf_append(&b, NULL, 0);
	assert_int_equal(kb_buf_error(&b), 0);
	assert_string_equal(b.data, "linux /vmlinuz root=sda2 quiet=1");
	assert_int_equal(kb_buf_view(&b).len, strlen(b.data));
	for (int i = 0; i < 1000; i++) {
		kb_buf_printf(&b, "%0100d", i);
	}
	assert_int_equal(b.len, strlen(b.data));
	kb_buf_reset(&b);
	assert_string_equal(b.data, "");
	kb_buf_puts(&b, "x");
	assert_int_equal(kb_buf_steal(&b, &owned), 0);
	assert_string_equal(owned, "x");
	assert_null(b.data);
	free(owned);
	assert_int_equal(kb_buf_steal(&b, &owned), 0); /* an empty one gives an empty string */
	assert_string_equal(owned, "");
	free(owned);
	kb_buf_done(NULL);
}

static void errors_stick(void **state)
{
	KB_BUF struct kb_buf b = {.max_bytes = 10};
	char *owned = NULL;

	(void)state;
	kb_buf_puts(&b, "12345");
	kb_buf_puts(&b, "678901");
	assert_int_equal(kb_buf_error(&b), -EFBIG);
	kb_buf_puts(&b, "6");
	assert_string_equal(b.data, "12345");
	assert_int_equal(kb_buf_steal(&b, &owned), -EFBIG);
	assert_null(owned);
	kb_buf_reset(&b);
	kb_buf_puts(&b, "1234567890");
	assert_int_equal(kb_buf_error(&b), 0);
	kb_buf_printf(&b, "%d", 1);
	assert_int_equal(kb_buf_error(&b), -EFBIG);
	kb_buf_reset(&b);
	kb_buf_append(&b, "x", SIZE_MAX);
	assert_int_equal(kb_buf_error(&b), -EFBIG);
}

static void fingerprints_differ(void **state)
{
	uint64_t ab = kb_str_fingerprint(kb_str_fingerprint(0, KB_STR("a")), KB_STR("b"));

	(void)state;
	assert_true(ab == kb_str_fingerprint(kb_str_fingerprint(0, KB_STR("a")), KB_STR("b")));
	assert_true(ab != kb_str_fingerprint(0, KB_STR("ab")));
	assert_true(ab != kb_str_fingerprint(kb_str_fingerprint(0, KB_STR("b")), KB_STR("a")));
	assert_true(kb_str_fingerprint(0, KB_STR("")) != 0);
	assert_true(kb_str_fingerprint(0, KB_STR("")) != kb_str_fingerprint(0, KB_STR("\n")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fingerprints_differ),
		cmocka_unit_test(compares),
		cmocka_unit_test(cuts),
		cmocka_unit_test(takes_lines),
		cmocka_unit_test(reads_numbers),
		cmocka_unit_test(reads_booleans),
		cmocka_unit_test(measures_utf8),
		cmocka_unit_test(builds),
		cmocka_unit_test(errors_stick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
