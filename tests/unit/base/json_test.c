/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/base/json.h"

#include <errno.h>

static void assert_line(json_t *value, const char *expected)
{
	KB_BUF struct kb_buf b = {0};

	assert_int_equal(kb_json_line(value, &b), 0);
	assert_string_equal(b.data, expected);
	json_decref(value);
}

static void text_is_written_as_utf8(void **state)
{
	(void)state;
	assert_line(kb_json_text(NULL), "null\n");
	assert_line(kb_json_text(""), "\"\"\n");
	assert_line(kb_json_text("a\"b\\"), "\"a\\\"b\\\\\"\n");
	assert_line(kb_json_text("\xc3\xa4\xf0\x9f\x90\xa7"), "\"\xc3\xa4\xf0\x9f\x90\xa7\"\n");
	assert_line(kb_json_text("\x1b[\n\t"), "\"\\u001B[\\n\\t\"\n");
	assert_line(kb_json_text("caf\xe9"), "\"caf\xf4\x8f\xbb\xa9\"\n");
	assert_line(kb_json_text("\x7f\xc2\x9b"),
		    "\"\xf4\x8f\xb9\xbf\xf4\x8f\xbb\x82\xf4\x8f\xba\x9b\"\n");
}

static void bytes_come_back_wherever_they_stand(void **state)
{
	KB_JSON json_t *o = json_pack("{s:[i,o,{s:o}],s:o}", "a", 1, kb_json_text("\xff"), "b",
				      kb_json_text("\xc3"), "c", kb_json_text("plain"));
	KB_JSON json_t *back = NULL;
	KB_BUF struct kb_buf line = {0};

	(void)state;
	assert_int_equal(kb_json_line(o, &line), 0);
	assert_string_equal(line.data,
			    "{\"a\":[1,\"\xf4\x8f\xbb\xbf\",{\"b\":\"\xf4\x8f\xbb\x83\"}],"
			    "\"c\":\"plain\"}\n");
	assert_int_equal(kb_json_parse(kb_buf_view(&line), &back), 0);
	assert_true(json_equal(o, back));
	/* What was written is still what it was. */
	assert_string_equal(json_string_value(json_array_get(json_object_get(o, "a"), 1)), "\xff");
}

static void access_never_trusts_the_peer(void **state)
{
	KB_JSON json_t *o = NULL;

	(void)state;
	assert_int_equal(kb_json_parse(KB_STR("{\"s\":\"x\",\"i\":-5,\"b\":true,\"n\":null,"
					      "\"r\":1.5,\"a\":[]}"),
				       &o),
			 0);
	assert_string_equal(kb_json_get_str(o, "s", "d"), "x");
	assert_string_equal(kb_json_get_str(o, "i", "d"), "d");
	assert_string_equal(kb_json_get_str(o, "none", "d"), "d");
	assert_null(kb_json_get_str(o, "n", NULL));
	assert_int_equal(kb_json_get_int(o, "i", 7), -5);
	assert_int_equal(kb_json_get_int(o, "r", 7), 7);
	assert_int_equal(kb_json_get_int(o, "s", 7), 7);
	assert_true(kb_json_get_bool(o, "b", false));
	assert_true(kb_json_get_bool(o, "i", true));
	assert_false(kb_json_get_bool(o, "none", false));
	assert_int_equal(kb_json_get_int(json_object_get(o, "a"), "i", 7), 7);
	assert_int_equal(kb_json_get_int(NULL, "i", 7), 7);
}

static void a_line_goes_behind_what_is_there_or_not_at_all(void **state)
{
	KB_JSON json_t *o = json_pack("{s:s, s:[i,b]}", "k", "two\nlines", "l", 1, 0);
	KB_BUF struct kb_buf b = {.max_bytes = 50};

	(void)state;
	kb_buf_puts(&b, "before ");
	assert_int_equal(kb_json_line(o, &b), 0);
	assert_string_equal(b.data, "before {\"k\":\"two\\nlines\",\"l\":[1,false]}\n");
	assert_int_not_equal(kb_json_line(o, &b), 0);
	assert_string_equal(b.data, "before {\"k\":\"two\\nlines\",\"l\":[1,false]}\n");
	kb_buf_reset(&b);
	assert_int_not_equal(kb_json_line(NULL, &b), 0);
}

static void set_takes_the_value_in_every_case(void **state)
{
	KB_JSON json_t *o = json_object();
	json_t *value = json_string("v");

	(void)state;
	assert_int_equal(kb_json_set(o, "k", value), 0);
	assert_string_equal(kb_json_get_str(o, "k", NULL), "v");
	assert_int_equal(kb_json_set(o, "k", NULL), -ENOMEM);
	/* The leak checker sees whether these are let go of. */
	assert_int_equal(kb_json_set(NULL, "k", json_string("v")), -ENOMEM);
	assert_int_equal(kb_json_set(value, "k", json_string("v")), -ENOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_written_as_utf8),
		cmocka_unit_test(bytes_come_back_wherever_they_stand),
		cmocka_unit_test(access_never_trusts_the_peer),
		cmocka_unit_test(a_line_goes_behind_what_is_there_or_not_at_all),
		cmocka_unit_test(set_takes_the_value_in_every_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
