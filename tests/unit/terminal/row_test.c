/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the ones above first. */
#include <cmocka.h>

#include "kboot/terminal/row.h"
#include "row_screen.h"

struct fixture {
	struct kb_row row;
	struct kb_line_edit edit;
	struct row_screen screen;
	size_t sent;
};

static struct fixture begin(int columns, const char *text)
{
	struct fixture f = {.screen = {.columns = columns}};

	assert_int_equal(kb_line_edit_init(&f.edit, text), 0);
	return f;
}

static struct kb_row_line line_of(const struct fixture *f)
{
	return (struct kb_row_line){.prompt = KB_STR("p: "),
				    .edit = &f->edit,
				    .columns = f->screen.columns,
				    .symbols = &kb_symbols[KB_CHARSET_UTF8]};
}

/* The row, and the column of the cursor, after what is sent. */
static void expect(struct fixture *f, const char *text, int col)
{
	const struct kb_row_line line = line_of(f);
	KB_BUF struct kb_buf out = {0};
	KB_BUF struct kb_buf seen = {0};

	kb_row_draw(&f->row, &line, &out);
	assert_true(row_screen_feed(&f->screen, kb_buf_view(&out)));
	row_screen_text(&f->screen, &seen);
	assert_string_equal(seen.data, text);
	assert_int_equal(f->screen.col, col);
	f->sent = out.len;
}

static void type(struct fixture *f, const char *text)
{
	assert_true(
		kb_line_edit_replace(&f->edit, f->edit.cursor, f->edit.cursor, kb_str_from(text)));
}

static void control(struct fixture *f, char letter)
{
	const struct kb_key key = {.code = KB_KEY_CTRL, .text = {letter}};

	assert_true(kb_line_edit_key(&f->edit, &key, &kb_symbols[KB_CHARSET_UTF8]));
}

static void few_bytes(void **state)
{
	struct fixture f = begin(40, "");

	(void)state;
	expect(&f, "p:", 3);
	type(&f, "a");
	expect(&f, "p: a", 4);
	assert_int_equal(f.sent, 1);
	type(&f, "bc");
	expect(&f, "p: abc", 6);
	control(&f, 'b');
	expect(&f, "p: abc", 5);
	assert_int_equal(f.sent, 1);
	type(&f, "x");
	expect(&f, "p: abxc", 6);
	assert_int_equal(f.sent, 3);
	control(&f, 'a');
	expect(&f, "p: abxc", 3);
	assert_int_equal(f.sent, 3);
	control(&f, 'k');
	expect(&f, "p:", 3);
	expect(&f, "p:", 3);
	assert_int_equal(f.sent, 0);
	control(&f, 'y');
	expect(&f, "p: abxc", 7);
	f.row.erase = true;
	control(&f, 'u');
	expect(&f, "p:", 3);
	assert_int_equal(f.sent, 7);
	kb_line_edit_done(&f.edit);
}

static void a_long_line_is_scrolled(void **state)
{
	struct fixture f = begin(16, "");

	(void)state;
	type(&f, "0123456789ab");
	expect(&f, "p: 0123456789ab", 15);
	type(&f, "c");
	expect(&f, "<789abc", 7);
	type(&f, "d");
	expect(&f, "<789abcd", 8);
	assert_int_equal(f.sent, 1);
	control(&f, 'a');
	expect(&f, "p: 0123456789a>", 3);
	control(&f, 'e');
	control(&f, 'w');
	expect(&f, "p:", 3);
	kb_line_edit_done(&f.edit);
}

static void wide_characters_are_whole_or_not_there(void **state)
{
	struct fixture f = begin(12, "日本日本日本");

	(void)state;
	expect(&f, "<日本", 5);
	control(&f, 'a');
	expect(&f, "p: 日本日 >", 3);
	control(&f, 'd');
	expect(&f, "p: 本日本 >", 3);
	control(&f, 'u');
	control(&f, 'k');
	type(&f, "e\xcc\x81\xcc\x81\xff\x1b");
	expect(&f, "p: e\xef\xbf\xbd\xef\xbf\xbd", 6);
	kb_line_edit_done(&f.edit);
}

static void another_width(void **state)
{
	struct fixture f = begin(40, "a line of words");

	(void)state;
	f.row.erase = true;
	expect(&f, "p: a line of words", 18);
	f.screen.columns = 12;
	f.row.lost = true;
	expect(&f, "<ords", 5);
	f.screen.columns = 1;
	f.row.lost = true;
	memset(f.screen.cells, 0, sizeof(f.screen.cells));
	expect(&f, "", 0);
	f.screen.columns = 40;
	kb_row_begin(&f.row);
	expect(&f, "p: a line of words", 18);
	kb_line_edit_done(&f.edit);
}

static void the_whole_line_stays(void **state)
{
	struct fixture f = begin(12, "0123456789");
	const struct kb_row_line line = line_of(&f);
	KB_BUF struct kb_buf out = {0};

	(void)state;
	expect(&f, "<6789", 5);
	kb_row_leave(&f.row, &line, &out);
	assert_string_equal(out.data, "\rp: 0123456789");
	kb_line_edit_done(&f.edit);
}

/* Every width, every place of the cursor, and then another line. */
static void any_width(void **state)
{
	static const char *const lines[] = {"", "abcdefghijklmnop", "日x本yy日本z",
					    "ae\xcc\x81日 z "};

	(void)state;
	for (int columns = -1; columns < 30; columns++) {
		struct fixture f = begin(columns, "");
		int width = columns < 1 ? 1 : columns;

		f.screen.columns = width;
		for (size_t i = 0; i < 4 * KB_ARRAY_LEN(lines); i++) {
			const struct kb_row_line line = line_of(&f);

			control(&f, 'a');
			control(&f, 'k');
			type(&f, lines[(i * 7 + i / 4) % KB_ARRAY_LEN(lines)]);
			for (size_t k = 0; k <= f.edit.text.len; k++) {
				KB_BUF struct kb_buf out = {0};

				kb_row_draw(&f.row, &line, &out);
				assert_true(row_screen_feed(&f.screen, kb_buf_view(&out)));
				assert_in_range(f.screen.col, 0, width - 1);
				control(&f, 'b');
			}
		}
		kb_line_edit_done(&f.edit);
	}
}

static int setup(void **state)
{
	(void)state;
	return setlocale(LC_CTYPE, "C.UTF-8") ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_bytes),
		cmocka_unit_test(a_long_line_is_scrolled),
		cmocka_unit_test(wide_characters_are_whole_or_not_there),
		cmocka_unit_test(another_width),
		cmocka_unit_test(the_whole_line_stays),
		cmocka_unit_test(any_width),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
