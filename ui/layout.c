/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "layout.h"

enum {
	PANE_MIN_ROWS = 20, /* of the screen, for details of several rows */
	PANE_MIN_COLS = 60,
	SIDE_MIN_COLS = 120,  /* for details beside the list, and margins */
	MARGIN_MIN_ROWS = 30, /* for margins above and below */
	LIST_MIN_ROWS = 3,
};

static int at_most(int value, int max)
{
	return value < max ? value : max;
}

/* What the margins of a large screen leave of it. */
static struct kb_area inside_margins(int rows, int cols)
{
	int side = cols >= SIDE_MIN_COLS ? cols / 20 : 0;
	int edge = cols >= SIDE_MIN_COLS && rows >= MARGIN_MIN_ROWS ? rows / 20 : 0;

	return (struct kb_area){edge, side, rows - 2 * edge, cols - 2 * side};
}

/* A column of air at both sides where there is room for air. */
static int air(int cols)
{
	return cols >= 40 ? 1 : 0;
}

int kb_layout_text_columns(int cols)
{
	int columns = inside_margins(1, cols).cols;

	return columns - 2 * air(columns);
}

bool kb_layout_has_pane(int rows, int cols)
{
	return rows >= PANE_MIN_ROWS && cols >= PANE_MIN_COLS;
}

/* Takes rows off the top or bottom of what is left; none where the list would get too few. */
static struct kb_area take(struct kb_area *left, int rows, bool bottom)
{
	struct kb_area area = *left;

	if (left->rows - rows < LIST_MIN_ROWS) {
		rows = left->rows > LIST_MIN_ROWS ? left->rows - LIST_MIN_ROWS : 0;
	}
	area.rows = rows;
	if (bottom) {
		area.row = left->row + left->rows - rows;
	} else {
		left->row += rows;
	}
	left->rows -= rows;
	return area;
}

static struct kb_area inset(struct kb_area area)
{
	int columns = air(area.cols);

	area.col += columns;
	area.cols -= 2 * columns;
	return area;
}

static int details_rows(int rows, int cols, enum kb_details details)
{
	if (details == KB_DETAILS_FULL && kb_layout_has_pane(rows, cols)) {
		return rows >= 40 ? 10 : rows >= 24 ? 6 : 5;
	}
	return rows >= 10 && details != KB_DETAILS_NONE ? 1 : 0;
}

static void split_side(struct kb_layout *l, struct kb_area *left)
{
	int list_cols = left->cols / 2;

	l->side = true;
	l->rule = *left;
	l->rule.col += list_cols;
	l->rule.cols = 1;
	l->details = *left;
	l->details.col += list_cols + 2;
	l->details.cols -= list_cols + 3;
	left->cols = list_cols;
}

void kb_layout_make(int rows, int cols, const struct kb_layout_wish *wish,
		    struct kb_layout *ret_layout)
{
	struct kb_layout l = {0};
	struct kb_area left = inside_margins(rows, cols);
	bool pane = wish->details == KB_DETAILS_FULL && kb_layout_has_pane(rows, cols);

	l.hints = take(&left, rows >= 8 ? 1 : 0, true);
	l.status = inset(take(&left, rows >= 20 ? 2 : 1, true));
	l.title = inset(take(&left, rows >= 10 ? 1 : 0, false));
	l.notice = inset(take(&left, at_most(wish->notice_rows, rows / 6 + 1), true));
	if (pane && cols >= SIDE_MIN_COLS) {
		l.greeting = inset(take(&left, at_most(wish->greeting_rows, rows / 4), false));
		(void)take(&left, 1, false);
		(void)take(&left, 1, true);
		split_side(&l, &left);
		l.list = left;
		*ret_layout = l;
		return;
	}
	l.details = inset(take(&left, details_rows(rows, cols, wish->details), true));
	l.rule = take(&left, l.details.rows > 0 ? 1 : 0, true);
	l.greeting =
		inset(take(&left, rows >= 16 ? at_most(wish->greeting_rows, rows / 8) : 0, false));
	(void)take(&left, rows >= 20 ? 1 : 0, false);
	l.list = left;
	*ret_layout = l;
}
