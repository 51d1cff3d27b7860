/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the ones above first. */
#include <cmocka.h>

#include "scene.h"

static struct scene s;

static const char *as_text(void)
{
	kb_buf_reset(&s.text);
	kb_grid_to_text(&s.grid, &s.text);
	return s.text.data;
}

static void text_is_clipped_with_an_ellipsis(void **state)
{
	(void)state;
	kb_grid_clear(&s.grid);
	assert_int_equal(kb_grid_puts(&s.grid, 0, 0, 10, KB_STYLE_TEXT, "1234567890"), 10);
	assert_int_equal(kb_grid_puts(&s.grid, 1, 0, 9, KB_STYLE_TEXT, "1234567890"), 9);
	assert_int_equal(kb_grid_puts(&s.grid, 2, 6, 100, KB_STYLE_TEXT, "1234567890"), 4);
	assert_string_equal(as_text(), "1234567890\n12345678…\n      123…\n\n");
}

static void nothing_outside_is_touched(void **state)
{
	(void)state;
	kb_grid_clear(&s.grid);
	assert_int_equal(kb_grid_puts(&s.grid, -1, 0, 5, KB_STYLE_TEXT, "x"), 0);
	assert_int_equal(kb_grid_puts(&s.grid, 4, 0, 5, KB_STYLE_TEXT, "x"), 0);
	assert_int_equal(kb_grid_puts(&s.grid, 0, 10, 5, KB_STYLE_TEXT, "x"), 0);
	assert_int_equal(kb_grid_puts(&s.grid, 0, -1, 5, KB_STYLE_TEXT, "x"), 0);
	assert_int_equal(kb_grid_puts(&s.grid, 0, 0, -5, KB_STYLE_TEXT, "x"), 0);
	kb_grid_repeat(&s.grid, 3, 8, 10, KB_STYLE_TEXT, "-");
	kb_grid_clear_area(&s.grid, (struct kb_area){-5, -5, 6, 6});
	kb_grid_clear_area(&s.grid, (struct kb_area){3, 9, 50, 50});
	assert_string_equal(as_text(), "\n\n\n        -\n");
}

static void no_half_of_a_wide_character_stays(void **state)
{
	(void)state;
	kb_grid_clear(&s.grid);
	(void)kb_grid_puts(&s.grid, 0, 0, 10, KB_STYLE_TEXT, "日本語");
	(void)kb_grid_puts(&s.grid, 0, 1, 1, KB_STYLE_TEXT, "x");
	(void)kb_grid_puts(&s.grid, 1, 0, 10, KB_STYLE_TEXT, "日本語");
	(void)kb_grid_puts(&s.grid, 1, 2, 1, KB_STYLE_TEXT, "x");
	(void)kb_grid_puts(&s.grid, 2, 0, 10, KB_STYLE_TEXT, "日本語");
	(void)kb_grid_puts(&s.grid, 2, 1, 2, KB_STYLE_TEXT, "語");
	/* No room for its second half: it is left out. */
	(void)kb_grid_puts(&s.grid, 3, 0, 4, KB_STYLE_TEXT, "日本語");
	assert_string_equal(as_text(), " x本語\n日x 語\n 語 語\n日…\n");
	assert_int_equal(kb_grid_cell(&s.grid, 0, 2)->columns, 2);
	assert_int_equal(kb_grid_cell(&s.grid, 0, 3)->columns, 0);
}

static void combining_characters_share_a_cell(void **state)
{
	(void)state;
	kb_grid_clear(&s.grid);
	assert_int_equal(kb_grid_puts(&s.grid, 0, 0, 10, KB_STYLE_TEXT,
				      "e\xcc\x81\xcc\x82\xcc\x83x"),
			 2);
	/* Two fit beside the base, and one without a base has no place. */
	assert_int_equal(kb_grid_puts(&s.grid, 1, 0, 10, KB_STYLE_TEXT, "\xcc\x81y"), 1);
	assert_string_equal(as_text(), "e\xcc\x81\xcc\x82x\ny\n\n\n");
}

static void wrapped_text_says_that_there_is_more(void **state)
{
	const struct kb_area two = {0, 0, 2, 8};
	const struct kb_area four = {0, 0, 4, 8};

	(void)state;
	kb_grid_clear(&s.grid);
	assert_int_equal(kb_grid_wrap(&s.grid, two, KB_STYLE_TEXT,
				      kb_str_from("one two three four")),
			 2);
	assert_string_equal(as_text(), "one two\nthree f…\n\n\n");
	/* A line that ends by itself says so too; line ends alone are no more. */
	kb_grid_clear(&s.grid);
	assert_int_equal(kb_grid_wrap(&s.grid, two, KB_STYLE_TEXT,
				      kb_str_from("one\ntwo\n\nthree")),
			 2);
	assert_string_equal(as_text(), "one\ntwo…\n\n\n");
	kb_grid_clear(&s.grid);
	assert_int_equal(kb_grid_wrap(&s.grid, two, KB_STYLE_TEXT,
				      kb_str_from("one\ntwo four\nfive")),
			 2);
	assert_string_equal(as_text(), "one\ntwo fou…\n\n\n");
	kb_grid_clear(&s.grid);
	assert_int_equal(kb_grid_wrap(&s.grid, two, KB_STYLE_TEXT, kb_str_from("one\ntwo\n\n")), 2);
	assert_string_equal(as_text(), "one\ntwo\n\n\n");
	kb_grid_clear(&s.grid);
	assert_int_equal(kb_grid_wrap(&s.grid, four, KB_STYLE_TEXT,
				      kb_str_from("one two three four")),
			 3);
	assert_string_equal(as_text(), "one two\nthree\nfour\n\n");
	kb_grid_clear(&s.grid);
	assert_int_equal(kb_grid_wrap_clipped(&s.grid, two, -1, 2, KB_STYLE_TEXT,
					      kb_str_from("one\ntwo\nthree\nfour")),
			 4);
	assert_string_equal(as_text(), "  two\n  three\n\n\n");
}

static void sizes_are_clamped(void **state)
{
	struct kb_grid grid = {.symbols = &kb_symbols[KB_CHARSET_ASCII]};

	(void)state;
	assert_int_equal(kb_grid_resize(&grid, 0, -7), 0);
	assert_int_equal(grid.rows, 1);
	assert_int_equal(grid.cols, 1);
	assert_int_equal(kb_grid_resize(&grid, 1 << 30, 1 << 30), 0);
	assert_int_equal(grid.rows, KB_TERMINAL_MAX_ROWS);
	assert_int_equal(grid.cols, KB_TERMINAL_MAX_COLS);
	kb_grid_done(&grid);
}

static int setup(void **state)
{
	(void)state;
	scene_open(&s, 4, 10, KB_CHARSET_UTF8);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	scene_close(&s);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_clipped_with_an_ellipsis),
		cmocka_unit_test(nothing_outside_is_touched),
		cmocka_unit_test(no_half_of_a_wide_character_stays),
		cmocka_unit_test(combining_characters_share_a_cell),
		cmocka_unit_test(wrapped_text_says_that_there_is_more),
		cmocka_unit_test(sizes_are_clamped),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
