/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/base/json.h"

#include <errno.h>
#include <unistd.h>

static void assert_text(const char *text, const char *expected)
{
	KB_BUF struct kb_buf b = {0};

	kb_json_put_text(&b, NULL, text);
	assert_int_equal(kb_buf_error(&b), 0);
	assert_string_equal(b.data, expected);
}

static void text_is_written_as_utf8(void **state)
{
	(void)state;
	assert_text(NULL, "null");
	assert_text("", "\"\"");
	assert_text("a\"b\\", "\"a\\\"b\\\\\"");
	assert_text("\xc3\xa4\xf0\x9f\x90\xa7", "\"\xc3\xa4\xf0\x9f\x90\xa7\"");
	assert_text("\x1b[\n\t\b\f\r\x01/", "\"\\u001B[\\n\\t\\b\\f\\r\\u0001/\"");
	assert_text("caf\xe9", "\"caf\xf4\x8f\xbb\xa9\"");
	assert_text("\x7f\xc2\x9b", "\"\xf4\x8f\xb9\xbf\xf4\x8f\xbb\x82\xf4\x8f\xba\x9b\"");
}

static void commas_stand_between(void **state)
{
	KB_BUF struct kb_buf b = {0};

	(void)state;
	for (int line = 0; line < 2; line++) {
		size_t start = b.len;

		kb_json_open(&b, NULL, '{');
		kb_json_open(&b, "a", '[');
		kb_json_put_int(&b, NULL, INT64_MIN);
		kb_json_put_text(&b, NULL, "{[:\n");
		kb_json_open(&b, NULL, '{');
		kb_json_put_str(&b, "b", KB_STR("\xff"));
		kb_json_close(&b, '}');
		kb_json_open(&b, NULL, '[');
		kb_json_close(&b, ']');
		kb_json_put_bool(&b, NULL, false);
		kb_json_close(&b, ']');
		kb_json_put_null(&b, "");
		kb_json_put_bool(&b, "t", true);
		assert_int_equal(kb_json_end_line(&b, start, 100, 0), 0);
	}
#define LINE                                                                                       \
	"{\"a\":[-9223372036854775808,\"{[:\\n\",{\"b\":\"\xf4\x8f\xbb\xbf\"},[],false],"          \
	"\"\":null,\"t\":true}\n"
	assert_string_equal(b.data, LINE LINE);
}

static void access_never_trusts_the_peer(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	const struct kb_json *o = NULL;

	(void)state;
	assert_int_equal(kb_json_parse(&arena,
				       KB_STR("{\"s\":\"x\",\"i\":-5,\"b\":true,\"n\":null,"
					      "\"r\":1.5,\"a\":[],\"s\":\"last\"}"),
				       &o),
			 0);
	assert_string_equal(kb_json_get_str(o, "s", "d"), "last");
	assert_string_equal(kb_json_get_str(o, "i", "d"), "d");
	assert_string_equal(kb_json_get_str(o, "none", "d"), "d");
	assert_null(kb_json_get_str(o, "n", NULL));
	assert_null(kb_json_get(o, "n"));
	assert_int_equal(kb_json_get_int(o, "i", 7), -5);
	assert_int_equal(kb_json_get_int(o, "r", 7), 7);
	assert_int_equal(kb_json_get_int(o, "s", 7), 7);
	assert_true(kb_json_get_bool(o, "b", false));
	assert_true(kb_json_get_bool(o, "i", true));
	assert_false(kb_json_get_bool(o, "none", false));
	assert_int_equal(kb_json_get_int(kb_json_get(o, "a"), "i", 7), 7);
	assert_int_equal(kb_json_get_int(NULL, "i", 7), 7);
}

static int put_line(struct kb_buf *b, size_t max, int r)
{
	size_t start = b->len;

	kb_json_open(b, NULL, '{');
	kb_json_put_text(b, "k", "two\nlines");
	return kb_json_end_line(b, start, max, r);
}

static void a_line_goes_behind_what_is_there_or_not_at_all(void **state)
{
	KB_BUF struct kb_buf b = {.max_bytes = 40};

	(void)state;
	kb_buf_puts(&b, "before\n");
	assert_int_equal(put_line(&b, 18, 0), -EMSGSIZE);
	assert_string_equal(b.data, "before\n");
	assert_int_equal(put_line(&b, 19, -EINVAL), -EINVAL);
	assert_string_equal(b.data, "before\n");
	assert_int_equal(put_line(&b, 19, 0), 0);
	assert_string_equal(b.data, "before\n{\"k\":\"two\\nlines\"}\n");
	assert_int_equal(put_line(&b, 19, 0), -EFBIG);
	assert_string_equal(b.data, "before\n{\"k\":\"two\\nlines\"}\n");
}

static void a_worker_tells_a_line(void **state)
{
	KB_BUF struct kb_buf line = {0};
	char told[32] = "";
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	kb_json_open(&line, NULL, '{');
	kb_json_put_text(&line, "how", "umount");
	kb_json_tell(ends[1], &line);
	assert_true(read(ends[0], told, sizeof(told) - 1) > 0);
	assert_string_equal(told, "{\"how\":\"umount\"}\n");
	(void)close(ends[0]);
	(void)close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_written_as_utf8),
		cmocka_unit_test(commas_stand_between),
		cmocka_unit_test(access_never_trusts_the_peer),
		cmocka_unit_test(a_line_goes_behind_what_is_there_or_not_at_all),
		cmocka_unit_test(a_worker_tells_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
