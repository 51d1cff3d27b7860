/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/base/escape.h"

#include <errno.h>

static void assert_escaped(struct kb_str text, const char *line, const char *lines)
{
	KB_BUF struct kb_buf one = {0};
	KB_BUF struct kb_buf all = {0};

	kb_escape(&one, text);
	kb_escape_lines(&all, text);
	assert_string_equal(one.data, line);
	assert_string_equal(all.data, lines);
}

static void no_byte_does_more_than_be_read(void **state)
{
	(void)state;
	assert_escaped(KB_STR("na\xc3\xafve \xf0\x9f\x90\xa7 \\x"),
		       "na\xc3\xafve \xf0\x9f\x90\xa7 \\x", "na\xc3\xafve \xf0\x9f\x90\xa7 \\x");
	assert_escaped(KB_STR("caf\xe9\nb"), "caf\\xe9\\x0ab", "caf\\xe9\nb");
	assert_escaped(KB_STR("\x1b[2J\t\r\x7f"), "\\x1b[2J\\x09\\x0d\\x7f",
		       "\\x1b[2J\\x09\\x0d\\x7f");
	assert_escaped(KB_STR("\xc2\x9b\xc2\xa0\x9b"), "\\xc2\\x9b\xc2\xa0\\x9b",
		       "\\xc2\\x9b\xc2\xa0\\x9b");
	assert_escaped(KB_STR("a\0b\xe2\x82"), "a\\x00b\\xe2\\x82", "a\\x00b\\xe2\\x82");
}

static void every_byte_alone_is_printable(void **state)
{
	(void)state;
	for (int i = 0; i < 256; i++) {
		KB_BUF struct kb_buf escaped = {0};
		char byte = (char)i;

		kb_escape(&escaped, kb_str_of(&byte, 1));
		for (size_t k = 0; k < escaped.len; k++) {
			assert_true(escaped.data[k] >= ' ' && escaped.data[k] <= '~');
		}
		assert_int_equal(escaped.len, i >= ' ' && i <= '~' ? 1 : 4);
	}
}

static void a_name_cannot_make_a_line_of_its_own(void **state)
{
	KB_BUF struct kb_buf text = {0};

	(void)state;
	kb_escape_printf(&text, "label %s", "a\nroot:");
	kb_escape_printf(&text, "%s", "\xe9");
	assert_string_equal(text.data, "label a\\x0aroot:\n\\xe9\n");
	text.max_bytes = text.len + 3;
	kb_escape_printf(&text, "%s", "\xe9");
	assert_int_equal(kb_buf_error(&text), -EFBIG);
}

static void what_is_said_goes_to_a_stream(void **state)
{
	char written[64] = "";
	FILE *stream = fmemopen(written, sizeof(written), "w");

	(void)state;
	assert_non_null(stream);
	kb_print_escaped(stream, "%s is %d", "a\nb\xe9", 5);
	kb_print_escaped_lines(stream, "one\ntwo\x1b");
	kb_print_escaped_lines(stream, "");
	kb_print_escaped_lines(stream, NULL);
	assert_int_equal(fclose(stream), 0);
	assert_string_equal(written, "a\\x0ab\\xe9 is 5\none\ntwo\\x1b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_byte_does_more_than_be_read),
		cmocka_unit_test(every_byte_alone_is_printable),
		cmocka_unit_test(a_name_cannot_make_a_line_of_its_own),
		cmocka_unit_test(what_is_said_goes_to_a_stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
