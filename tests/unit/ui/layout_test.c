/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the ones above first. */
#include <cmocka.h>

#include "kboot/base/cleanup.h"
#include "layout.h"

static void inside(struct kb_area area, int rows, int cols)
{
	if (area.rows == 0) {
		return;
	}
	assert_true(area.rows > 0 && area.row >= 0 && area.row + area.rows <= rows);
	assert_true(area.col >= 0 && area.cols >= 0 && area.col + area.cols <= cols);
}

static bool overlap(struct kb_area a, struct kb_area b)
{
	return a.rows > 0 && b.rows > 0 && a.row < b.row + b.rows && b.row < a.row + a.rows &&
	       a.col < b.col + b.cols && b.col < a.col + a.cols;
}

static void check(int rows, int cols, const struct kb_layout_wish *wish)
{
	struct kb_layout l;

	kb_layout_make(rows, cols, wish, &l);
	const struct kb_area areas[] = {l.title,   l.greeting, l.list,   l.rule,
					l.details, l.notice,   l.status, l.hints};

	assert_true(l.list.rows >= (rows < 3 ? rows : 3));
	for (size_t i = 0; i < KB_ARRAY_LEN(areas); i++) {
		inside(areas[i], rows, cols);
		for (size_t k = 0; k < i; k++) {
			assert_false(overlap(areas[i], areas[k]));
		}
	}
}

static void every_size_has_a_layout(void **state)
{
	static const int greedy[] = {0, 1, 3, 100};

	(void)state;
	for (int rows = 1; rows <= 100; rows++) {
		for (int cols = 1; cols <= 220; cols += cols < 130 ? 1 : 10) {
			for (size_t i = 0; i < 16; i++) {
				check(rows, cols,
				      &(struct kb_layout_wish){greedy[i & 3], greedy[i >> 2],
							       KB_DETAILS_FULL});
			}
			check(rows, cols, &(struct kb_layout_wish){1, 1, KB_DETAILS_LINE});
		}
	}
}

static void widgets_come_and_go_with_the_size(void **state)
{
	const struct kb_layout_wish wish = {1, 0, KB_DETAILS_FULL};
	struct kb_layout l;

	(void)state;
	kb_layout_make(24, 80, &wish, &l);
	assert_false(l.side);
	assert_int_equal(l.details.rows, 6);
	assert_int_equal(l.status.rows, 2);
	assert_int_equal(l.greeting.rows, 1);
	kb_layout_make(60, 200, &wish, &l);
	assert_true(l.side);
	assert_true(l.list.cols > 80 && l.details.cols > 80);
	kb_layout_make(12, 40, &wish, &l);
	assert_int_equal(l.details.rows, 1);
	assert_int_equal(l.status.rows, 1);
	assert_int_equal(l.hints.rows, 1);
	kb_layout_make(4, 20, &wish, &l);
	assert_int_equal(l.title.rows + l.details.rows + l.hints.rows, 0);
	assert_int_equal(l.status.rows, 1);
}

static void expect_margins(int rows, int cols, int above, int beside)
{
	const struct kb_layout_wish wish = {0, 0, KB_DETAILS_FULL};
	struct kb_layout l;

	kb_layout_make(rows, cols, &wish, &l);
	assert_int_equal(l.title.row, above);
	assert_int_equal(l.hints.row + 1, rows - above);
	assert_int_equal(l.title.col, beside + 1);
	assert_int_equal(l.title.cols, kb_layout_text_columns(cols));
	assert_int_equal(l.list.col, beside);
	assert_int_equal(l.hints.col + l.hints.cols, cols - beside);
}

static void a_large_screen_has_margins(void **state)
{
	(void)state;
	expect_margins(24, 80, 0, 0);
	expect_margins(50, 80, 0, 0);
	expect_margins(50, 119, 0, 0);
	expect_margins(24, 120, 0, 6);
	expect_margins(29, 120, 0, 6);
	expect_margins(33, 120, 1, 6);
	expect_margins(50, 160, 2, 8);
	expect_margins(67, 240, 3, 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_size_has_a_layout),
		cmocka_unit_test(a_large_screen_has_margins),
		cmocka_unit_test(widgets_come_and_go_with_the_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
