/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the ones above first. */
#include <cmocka.h>

#include "kboot/terminal/text.h"

static const struct kb_symbols *utf8 = &kb_symbols[KB_CHARSET_UTF8];
static const struct kb_symbols *ascii = &kb_symbols[KB_CHARSET_ASCII];

static void expect_glyph(const char *text, const struct kb_symbols *symbols, wchar_t ch,
			 int columns, size_t bytes)
{
	struct kb_glyph glyph = kb_text_glyph(kb_str_from(text), symbols);

	assert_int_equal(glyph.ch, ch);
	assert_int_equal(glyph.columns, columns);
	assert_int_equal(glyph.bytes, bytes);
}

static void characters_have_their_width(void **state)
{
	(void)state;
	expect_glyph("a", utf8, 'a', 1, 1);
	expect_glyph("é", utf8, 0xe9, 1, 2);
	expect_glyph("日", utf8, 0x65e5, 2, 3);
	expect_glyph("\xcc\x81", utf8, 0x301, 0, 2);
	expect_glyph("é", ascii, '?', 1, 2);
}

static void nothing_dangerous_gets_through(void **state)
{
	(void)state;
	expect_glyph("\x1b[2J", utf8, 0xfffd, 1, 1);
	expect_glyph("\x7f", utf8, 0xfffd, 1, 1);
	expect_glyph("\xc2\x9b", utf8, 0xfffd, 1, 2);     /* CSI as a C1 control */
	expect_glyph("\xe2\x80\xae", utf8, 0xfffd, 1, 3); /* right-to-left override */
	expect_glyph("\xe2\x81\xa6", utf8, 0xfffd, 1, 3); /* isolate */
	expect_glyph("\xff", utf8, 0xfffd, 1, 1);
	expect_glyph("\xe6\x97", utf8, 0xfffd, 1, 1); /* cut */
	expect_glyph("\xff", ascii, '?', 1, 1);
	expect_glyph("\t", utf8, ' ', 1, 1);
	expect_glyph("\n", utf8, ' ', 1, 1);
}

static void text_is_measured_in_columns(void **state)
{
	(void)state;
	assert_int_equal(kb_text_columns(kb_str_from("ab日本e\xcc\x81"), utf8), 7);
	assert_int_equal(kb_text_columns(kb_str_from(""), utf8), 0);
	assert_int_equal(kb_text_fit(kb_str_from("ab日本"), 3, utf8).len, 2);
	assert_int_equal(kb_text_fit(kb_str_from("ab日本"), 4, utf8).len, 5);
	/* What combines stays with its base. */
	assert_int_equal(kb_text_fit(kb_str_from("e\xcc\x81x"), 1, utf8).len, 3);
}

static void expect_wrapped(const char *text, int columns, const char *expected)
{
	struct kb_str rest = kb_str_from(text);
	struct kb_str line;
	KB_BUF struct kb_buf lines = {0};
	int rows = 0;

	kb_buf_puts(&lines, "");
	while (kb_text_wrap(&rest, columns, utf8, &line)) {
		kb_buf_puts(&lines, rows++ > 0 ? "|" : "");
		kb_buf_str(&lines, line);
		assert_true(kb_text_columns(line, utf8) <= (columns < 2 ? 2 : columns));
	}
	assert_string_equal(lines.data, expected);
	assert_int_equal(kb_text_wrapped_rows(kb_str_from(text), columns, utf8), rows);
}

static void text_wraps_at_blanks(void **state)
{
	(void)state;
	expect_wrapped("one two three", 7, "one two|three");
	expect_wrapped("one two three", 8, "one two|three");
	expect_wrapped("one two three", 6, "one|two|three");
	expect_wrapped("one\ntwo", 9, "one|two");
	expect_wrapped("one\n\ntwo\n", 9, "one||two");
	expect_wrapped("root=UUID=1234 ro", 8, "root=UUI|D=1234|ro");
	expect_wrapped("日本語", 4, "日本|語");
	expect_wrapped("日本語", 0, "日|本|語");
	expect_wrapped("", 5, "");
}

static void every_charset_keeps_its_promise(void **state)
{
	(void)state;
	for (int i = 0; i < KB_N_CHARSETS; i++) {
		const struct kb_symbols *s = &kb_symbols[i];
		const char *const single[] = {s->rule,       s->wall,       s->full,
					      s->empty,      s->open,       s->close,
					      s->dot,        s->unknown,    s->corners[0],
					      s->corners[1], s->corners[2], s->corners[3]};

		for (size_t k = 0; k < KB_ARRAY_LEN(single); k++) {
			assert_int_equal(kb_text_columns(kb_str_from(single[k]), s), 1);
		}
		for (const char *c = s->arrows; s->ascii && *c; c++) {
			assert_in_range((unsigned char)*c, 0x20, 0x7e);
		}
	}
}

static int setup(void **state)
{
	(void)state;
	return setlocale(LC_CTYPE, "C.UTF-8") ? 0 : -1;
}

static void progress_says_what_is_known(void **state)
{
	char text[80];

	(void)state;
	kb_format_progress(1 << 20, 0, 0, text, sizeof(text));
	assert_string_equal(text, "1.0 MiB");
	kb_format_progress(1 << 20, 31 << 20, 0, text, sizeof(text));
	assert_string_equal(text, "1.0 MiB of 31.0 MiB");
	kb_format_progress(1 << 20, 31 << 20, 2 << 20, text, sizeof(text));
	assert_string_equal(text, "1.0 MiB of 31.0 MiB, 2.0 MiB/s, 16 s left");
	kb_format_progress(1 << 20, 1 << 20, 2 << 20, text, sizeof(text));
	assert_string_equal(text, "1.0 MiB of 1.0 MiB, 2.0 MiB/s");
	kb_format_progress(UINT64_MAX, UINT64_MAX, 1, text, 8);
	assert_string_equal(text, "16.0 Ei");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(characters_have_their_width),
		cmocka_unit_test(nothing_dangerous_gets_through),
		cmocka_unit_test(text_is_measured_in_columns),
		cmocka_unit_test(text_wraps_at_blanks),
		cmocka_unit_test(every_charset_keeps_its_promise),
		cmocka_unit_test(progress_says_what_is_known),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
