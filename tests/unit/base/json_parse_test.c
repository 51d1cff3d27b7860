/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "json_dump.h"

#include <errno.h>

static void assert_refused(struct kb_str text)
{
	KB_ARENA struct kb_arena arena = {0};
	const struct kb_json *value = NULL;

	assert_int_equal(kb_json_parse(&arena, text, &value), -EINVAL);
	assert_null(value);
}

static void refuses_what_is_not_json(void **state)
{
	static const char *const bad[] = {
		"",
		" ",
		"{",
		"[",
		"{}x",
		"[] []",
		"nul",
		"truex",
		"True",
		"'a'",
		"{a:1}",
		"{1:2}",
		"{\"a\"}",
		"{\"a\":}",
		"{\"a\":1,}",
		"{,}",
		"[1,]",
		"[,1]",
		"[1 2]",
		"[1}",
		"{\"a\":1]",
		"//",
		"\xef\xbb\xbf{}",
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(bad); i++) {
		assert_refused(kb_str_from(bad[i]));
	}
	assert_refused((struct kb_str){0});
	assert_refused(KB_STR("\0"));
	assert_refused(KB_STR("{}\0"));
	assert_refused(KB_STR("\"a\0b\""));
}

static void refuses_what_is_no_text(void **state)
{
	static const char *const bad[] = {
		"\"",
		"\"a",
		"\"\\",
		"\"\\\"",
		"\"\\x\"",
		"\"\n\"",
		"\"\x1f\"",
		"\"\\u0000\"",
		"\"\\u12\"",
		"\"\\u12g4\"",
		"\"\\ud800\"",
		"\"\\ud800x\"",
		"\"\\ud800\\u0041\"",
		"\"\\udc00\"",
		"\"\\ud800\\ud800\"",
		"\"\xff\"",
		"\"\xc3\"",
		"\"\xc0\xaf\"",
		"\"\xed\xa0\x80\"",
		"\"\xf4\x90\x80\x80\"",
		"{\"\xff\":1}",
		"{\"\\u0000\":1}",
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(bad); i++) {
		assert_refused(kb_str_from(bad[i]));
	}
}

static void refuses_what_is_no_number(void **state)
{
	static const char *const bad[] = {
		"-",
		"+1",
		"01",
		"-01",
		".5",
		"1.",
		"1.e1",
		"1e",
		"1e+",
		"0x1",
		"1e999",
		"-1e999",
		"9223372036854775808",
		"-9223372036854775809",
		"NaN",
		"Infinity",
		"--1",
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(bad); i++) {
		assert_refused(kb_str_from(bad[i]));
	}
}

/* Written again; a real as it stood there. */
static void assert_read(const char *text, const char *expected)
{
	KB_ARENA struct kb_arena arena = {0};
	const struct kb_json *value = NULL;
	KB_BUF struct kb_buf line = {0};

	assert_int_equal(kb_json_parse(&arena, kb_str_from(text), &value), 0);
	json_dump(value, &line);
	assert_string_equal(line.data, expected);
}

static void reads_what_is(void **state)
{
	(void)state;
	assert_read("12", "12");
	assert_read(" \t\r\n-0 ", "0");
	assert_read("[9223372036854775807,-9223372036854775808]",
		    "[9223372036854775807,-9223372036854775808]");
	assert_read("[1.5,-0.25e+2,1E-1,0e0]", "[1.5,-0.25e+2,1E-1,0e0]");
	assert_read("[ true , false,null ]", "[true,false,null]");
	assert_read("{ }", "{}");
	assert_read("[ [ ] ,\n{\"a\" : [ { } ] } ]", "[[],{\"a\":[{}]}]");
	assert_read("{\"a\":1,\"\":2,\"a\":3}", "{\"a\":1,\"\":2,\"a\":3}");
	assert_read("{\"\\u0061\\n\":\"\"}", "{\"a\\n\":\"\"}");
}

static void reads_text(void **state)
{
	(void)state;
	assert_read("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\"");
	assert_read("\"\\u00e9\\u20AC\\ud83d\\uDC27\"", "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xa7\"");
	assert_read("\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xa7\"",
		    "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xa7\"");
}

static void reads_bytes(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	const struct kb_json *value = NULL;

	(void)state;
	assert_int_equal(kb_json_parse(&arena, KB_STR("\"caf\\udbff\\udee9\xf4\x8f\xb8\x8a\""),
				       &value),
			 0);
	assert_string_equal(value->text, "caf\xe9\n");
	/* Neither a NUL nor a slash is smuggled in. */
	assert_read("\"\xf4\x8f\xb8\x80\\udbff\\ude2f\"", "\"\xf4\x8f\xb8\x80\xf4\x8f\xb8\xaf\"");
}

static void nest(struct kb_buf *text, int depth)
{
	for (int i = 0; i < depth; i++) {
		kb_buf_puts(text, i % 2 ? "[" : "{\"a\":");
	}
	kb_buf_puts(text, "1");
	for (int i = depth; i-- > 0;) {
		kb_buf_putc(text, i % 2 ? ']' : '}');
	}
}

static void refuses_great_depth(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf deep = {0};
	const struct kb_json *value = NULL;

	(void)state;
	nest(&deep, KB_JSON_MAX_DEPTH);
	assert_int_equal(kb_json_parse(&arena, kb_buf_view(&deep), &value), 0);
	kb_buf_reset(&deep);
	nest(&deep, KB_JSON_MAX_DEPTH + 1);
	assert_refused(kb_buf_view(&deep));
	kb_buf_reset(&deep);
	for (int i = 0; i < 100000; i++) {
		kb_buf_putc(&deep, '[');
	}
	assert_refused(kb_buf_view(&deep));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_what_is_not_json),
		cmocka_unit_test(refuses_what_is_no_text),
		cmocka_unit_test(refuses_what_is_no_number),
		cmocka_unit_test(reads_what_is),
		cmocka_unit_test(reads_text),
		cmocka_unit_test(reads_bytes),
		cmocka_unit_test(refuses_great_depth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
