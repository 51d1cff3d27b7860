/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A grid of cells that views draw into; terminal.c puts it on a terminal, tests read it as text.
 * For the views.
 * Must not know a terminal; everything drawn is clipped, nothing outside the grid is touched.
 */
#ifndef KBOOT_UI_GRID_H
#define KBOOT_UI_GRID_H

#include <stdbool.h>
#include <stdint.h>
#include <wchar.h>

#include "kboot/base/str.h"
#include "kboot/terminal/size.h"
#include "kboot/terminal/symbols.h"
#include "theme.h"

enum { KB_CELL_CHARS = 3 };

struct kb_cell {
	wchar_t chars[KB_CELL_CHARS]; /* a character and what combines with it; 0 ends */
	uint8_t columns;              /* 1, 2, or 0: the right half of the wide character before */
	uint8_t style;                /* enum kb_style */
};

struct kb_grid {
	int rows;
	int cols;
	struct kb_cell *cells;
	const struct kb_symbols *symbols;
	int cursor_row; /* where the terminal's cursor rests */
	int cursor_col;
	bool cursor_visible;
};

/* A rectangle of the grid. */
struct kb_area {
	int row;
	int col;
	int rows;
	int cols;
};

/* Sizes are clamped to 1 and what a terminal has at most. -ENOMEM leaves the grid as it was. */
KB_MUST_CHECK int kb_grid_resize(struct kb_grid *grid, int rows, int cols);
void kb_grid_done(struct kb_grid *grid);
void kb_grid_clear(struct kb_grid *grid);
void kb_grid_clear_area(struct kb_grid *grid, struct kb_area area);
/* At most max columns; what does not fit ends in an ellipsis. Returns the columns used. */
int kb_grid_put(struct kb_grid *grid, int row, int col, int max, enum kb_style style,
		struct kb_str text);
int kb_grid_puts(struct kb_grid *grid, int row, int col, int max, enum kb_style style,
		 const char *text);
int kb_grid_printf(struct kb_grid *grid, int row, int col, int max, enum kb_style style,
		   const char *fmt, ...) KB_PRINTF(6, 7);
/* A sign of one column, repeated. */
void kb_grid_repeat(struct kb_grid *grid, int row, int col, int count, enum kb_style style,
		    const char *sign);
/* Text wrapped into the area; the last line of what does not fit ends in an ellipsis. Returns the
 * rows used. */
int kb_grid_wrap(struct kb_grid *grid, struct kb_area area, enum kb_style style,
		 struct kb_str text);
/* As kb_grid_wrap, from any row on, indented; rows outside the area are counted, not drawn. */
int kb_grid_wrap_clipped(struct kb_grid *grid, struct kb_area area, int row, int indent,
			 enum kb_style style, struct kb_str text);
const struct kb_cell *kb_grid_cell(const struct kb_grid *grid, int row, int col);
/* Rows from the top, trailing blanks cut, LF after each. */
void kb_grid_to_text(const struct kb_grid *grid, struct kb_buf *buf);

#endif
