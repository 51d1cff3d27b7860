/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the ones above first. */
#include <cmocka.h>

#include "kboot/terminal/line_edit.h"

static const struct kb_symbols *utf8 = &kb_symbols[KB_CHARSET_UTF8];

static void press(struct kb_line_edit *e, enum kb_key_code code, const char *text)
{
	struct kb_key key = {.code = code};

	(void)strncpy(key.text, text, sizeof(key.text) - 1);
	assert_true(kb_line_edit_key(e, &key, utf8));
}

static void control(struct kb_line_edit *e, const char *letters)
{
	for (; *letters; letters++) {
		press(e, KB_KEY_CTRL, (const char[]){*letters, '\0'});
	}
}

/* The text with | where the cursor is. */
static void expect(const struct kb_line_edit *e, const char *expected)
{
	KB_BUF struct kb_buf text = {0};

	kb_buf_str(&text, kb_str_head(kb_buf_view(&e->text), e->cursor));
	kb_buf_putc(&text, '|');
	kb_buf_str(&text, kb_str_skip(kb_buf_view(&e->text), e->cursor));
	assert_string_equal(text.data, expected);
}

static struct kb_line_edit begin(const char *text)
{
	struct kb_line_edit e;

	assert_int_equal(kb_line_edit_init(&e, text), 0);
	return e;
}

static void typing(void **state)
{
	struct kb_line_edit e = begin("ro");

	(void)state;
	press(&e, KB_KEY_CHAR, " ");
	press(&e, KB_KEY_CHAR, "é");
	expect(&e, "ro é|");
	press(&e, KB_KEY_HOME, "");
	press(&e, KB_KEY_CHAR, "x");
	expect(&e, "x|ro é");
	press(&e, KB_KEY_END, "");
	press(&e, KB_KEY_BACKSPACE, "");
	expect(&e, "xro |");
	control(&e, "ad");
	expect(&e, "|ro ");
	press(&e, KB_KEY_BACKSPACE, "");
	press(&e, KB_KEY_DELETE, "");
	press(&e, KB_KEY_RIGHT, "");
	press(&e, KB_KEY_LEFT, "");
	expect(&e, "|o ");
	kb_line_edit_done(&e);
}

static void a_character_goes_with_what_combines(void **state)
{
	struct kb_line_edit e = begin("ae\xcc\x81z");

	(void)state;
	control(&e, "bb");
	expect(&e, "a|e\xcc\x81z");
	control(&e, "f");
	expect(&e, "ae\xcc\x81|z");
	press(&e, KB_KEY_BACKSPACE, "");
	expect(&e, "a|z");
	kb_line_edit_done(&e);
}

static void cutting_and_pasting(void **state)
{
	struct kb_line_edit e = begin("root=/dev/sda2 ro quiet");

	(void)state;
	control(&e, "w");
	expect(&e, "root=/dev/sda2 ro |");
	control(&e, "w");
	expect(&e, "root=/dev/sda2 |");
	control(&e, "y");
	expect(&e, "root=/dev/sda2 ro |");
	press(&e, KB_KEY_WORD_LEFT, "");
	control(&e, "k");
	expect(&e, "root=/dev/sda2 |");
	control(&e, "u");
	expect(&e, "|");
	control(&e, "yy");
	expect(&e, "root=/dev/sda2 root=/dev/sda2 |");
	press(&e, KB_KEY_HOME, "");
	press(&e, KB_KEY_WORD_RIGHT, "");
	expect(&e, "root=/dev/sda2| root=/dev/sda2 ");
	/* Cutting nothing keeps what was cut before. */
	control(&e, "akueky");
	expect(&e, "root=/dev/sda2 root=/dev/sda2 |");
	kb_line_edit_done(&e);
}

static void meta(struct kb_line_edit *e, enum kb_key_code code, const char *text)
{
	struct kb_key key = {.code = code, .meta = true};

	(void)strncpy(key.text, text, sizeof(key.text) - 1);
	assert_true(kb_line_edit_key(e, &key, utf8));
}

static void words_by_alt(void **state)
{
	struct kb_line_edit e = begin("cd sda2:/naïve.d");

	(void)state;
	meta(&e, KB_KEY_CHAR, "b");
	expect(&e, "cd sda2:/naïve.|d");
	meta(&e, KB_KEY_CHAR, "b");
	meta(&e, KB_KEY_LEFT, "");
	expect(&e, "cd |sda2:/naïve.d");
	meta(&e, KB_KEY_CHAR, "f");
	expect(&e, "cd sda2|:/naïve.d");
	meta(&e, KB_KEY_CHAR, "d");
	expect(&e, "cd sda2|.d");
	meta(&e, KB_KEY_BACKSPACE, "");
	expect(&e, "cd |.d");
	control(&e, "y");
	expect(&e, "cd sda2|.d");
	/* Only the next key is one with Alt, and what has no meaning types nothing. */
	meta(&e, KB_KEY_CHAR, "x");
	press(&e, KB_KEY_CHAR, "b");
	expect(&e, "cd sda2b|.d");
	meta(&e, KB_KEY_HOME, "");
	meta(&e, KB_KEY_DELETE, "");
	press(&e, KB_KEY_CHAR, "f");
	expect(&e, "cd sda2bf|.d");
	kb_line_edit_done(&e);
}

static void changes_are_undone(void **state)
{
	struct kb_line_edit e = begin("root=/dev/sda2");

	(void)state;
	/* What is typed in one go is one change. */
	press(&e, KB_KEY_CHAR, " ");
	press(&e, KB_KEY_CHAR, "r");
	press(&e, KB_KEY_CHAR, "ö");
	press(&e, KB_KEY_BACKSPACE, "");
	press(&e, KB_KEY_CHAR, "o");
	control(&e, "w");
	expect(&e, "root=/dev/sda2 |");
	control(&e, "z");
	expect(&e, "root=/dev/sda2 ro|");
	control(&e, "_");
	expect(&e, "root=/dev/sda2 r|");
	control(&e, "z");
	expect(&e, "root=/dev/sda2 rö|");
	control(&e, "z");
	expect(&e, "root=/dev/sda2|");
	control(&e, "z");
	expect(&e, "root=/dev/sda2|");
	/* Where the cursor was; and what is typed elsewhere is another change. */
	control(&e, "a");
	press(&e, KB_KEY_CHAR, "x");
	control(&e, "e");
	press(&e, KB_KEY_CHAR, "y");
	control(&e, "au");
	control(&e, "z");
	expect(&e, "xroot=/dev/sda2|");
	control(&e, "z");
	expect(&e, "|root=/dev/sda2");
	for (int i = 0; i < 3 * KB_LINE_EDIT_UNDO; i++) {
		control(&e, "aky");
	}
	for (int i = 0; i < 3 * KB_LINE_EDIT_UNDO; i++) {
		control(&e, "z");
	}
	expect(&e, "|root=/dev/sda2");
	kb_line_edit_done(&e);
}

static void a_part_is_replaced(void **state)
{
	struct kb_line_edit e = begin("cat /bo x");

	(void)state;
	assert_true(kb_line_edit_replace(&e, 4, 7, KB_STR("/boot/")));
	expect(&e, "cat /boot/| x");
	assert_true(kb_line_edit_replace(&e, 0, 11, KB_STR("\xff")));
	expect(&e, "\xff|x");
	assert_true(kb_line_edit_replace(&e, 0, 2, KB_STR("")));
	expect(&e, "|");
	kb_line_edit_done(&e);
}

static void a_line_has_a_limit(void **state)
{
	KB_FREE char *text = malloc(KB_LINE_EDIT_MAX + 2);
	struct kb_line_edit e;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', KB_LINE_EDIT_MAX + 1);
	text[KB_LINE_EDIT_MAX + 1] = '\0';
	assert_int_equal(kb_line_edit_init(&e, text), -EFBIG);
	text[KB_LINE_EDIT_MAX] = '\0';
	e = begin(text);
	press(&e, KB_KEY_CHAR, "y");
	assert_int_equal(e.text.len, KB_LINE_EDIT_MAX);
	assert_false(kb_line_edit_replace(&e, 0, 1, KB_STR("zz")));
	assert_int_equal(e.text.data[0], 'x');
	press(&e, KB_KEY_BACKSPACE, "");
	press(&e, KB_KEY_CHAR, "y");
	assert_int_equal(e.text.data[KB_LINE_EDIT_MAX - 1], 'y');
	kb_line_edit_done(&e);
}

static void expect_place(const struct kb_line_edit *e, int row, int col)
{
	struct kb_line_place place = kb_line_edit_place(e, 4, utf8);

	assert_int_equal(place.row, row);
	assert_int_equal(place.col, col);
}

static void expect_row(const struct kb_line_edit *e, int row, const char *expected)
{
	struct kb_str text = kb_line_edit_row(e, 4, row, utf8);

	assert_true(kb_str_eq(text, kb_str_from(expected)));
}

static void a_long_line_is_folded(void **state)
{
	struct kb_line_edit e = begin("abcdefghij");

	(void)state;
	expect_row(&e, 0, "abcd");
	expect_row(&e, 1, "efgh");
	expect_row(&e, 2, "ij");
	expect_row(&e, 3, "");
	expect_place(&e, 2, 2);
	kb_line_edit_vertical(&e, 4, -1, utf8);
	expect(&e, "abcdef|ghij");
	expect_place(&e, 1, 2);
	kb_line_edit_vertical(&e, 4, -1, utf8);
	kb_line_edit_vertical(&e, 4, -1, utf8);
	expect(&e, "|abcdefghij");
	kb_line_edit_vertical(&e, 4, 1, utf8);
	expect(&e, "abcd|efghij");
	kb_line_edit_vertical(&e, 4, 1, utf8);
	kb_line_edit_vertical(&e, 4, 1, utf8);
	expect(&e, "abcdefghij|");
	kb_line_edit_done(&e);
}

static void a_full_row_puts_the_cursor_on_the_next(void **state)
{
	struct kb_line_edit e = begin("abcd");

	(void)state;
	expect_place(&e, 1, 0);
	expect_row(&e, 0, "abcd");
	expect_row(&e, 1, "");
	kb_line_edit_done(&e);
	/* A wide character that does not fit begins the next row. */
	e = begin("abc日x");
	expect_row(&e, 0, "abc");
	expect_row(&e, 1, "日x");
	expect_place(&e, 1, 3);
	control(&e, "bb");
	expect_place(&e, 1, 0);
	kb_line_edit_done(&e);
	e = begin("");
	expect_place(&e, 0, 0);
	expect_row(&e, 0, "");
	kb_line_edit_vertical(&e, 4, 1, utf8);
	kb_line_edit_vertical(&e, 4, -1, utf8);
	expect(&e, "|");
	kb_line_edit_done(&e);
}

static int setup(void **state)
{
	(void)state;
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(typing),
		cmocka_unit_test(a_character_goes_with_what_combines),
		cmocka_unit_test(cutting_and_pasting),
		cmocka_unit_test(words_by_alt),
		cmocka_unit_test(changes_are_undone),
		cmocka_unit_test(a_part_is_replaced),
		cmocka_unit_test(a_line_has_a_limit),
		cmocka_unit_test(a_long_line_is_folded),
		cmocka_unit_test(a_full_row_puts_the_cursor_on_the_next),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
