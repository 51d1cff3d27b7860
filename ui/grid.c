/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "grid.h"

#include <errno.h>

#include "kboot/terminal/text.h"

static const struct kb_cell blank = {.chars = {' '}, .columns = 1, .style = KB_STYLE_TEXT};

static int clamp(int value, int low, int high)
{
	return value < low ? low : value > high ? high : value;
}

int kb_grid_resize(struct kb_grid *grid, int rows, int cols)
{
	struct kb_cell *cells;

	rows = clamp(rows, 1, KB_TERMINAL_MAX_ROWS);
	cols = clamp(cols, 1, KB_TERMINAL_MAX_COLS);
	cells = calloc((size_t)rows * (size_t)cols, sizeof(*cells));
	if (!cells) {
		return -ENOMEM;
	}
	free(grid->cells);
	grid->cells = cells;
	grid->rows = rows;
	grid->cols = cols;
	kb_grid_clear(grid);
	return 0;
}

void kb_grid_done(struct kb_grid *grid)
{
	if (grid) {
		free(grid->cells);
		*grid = (struct kb_grid){0};
	}
}

static struct kb_cell *cell_at(const struct kb_grid *grid, int row, int col)
{
	return &grid->cells[(size_t)row * (size_t)grid->cols + (size_t)col];
}

void kb_grid_clear(struct kb_grid *grid)
{
	for (size_t i = 0; i < (size_t)grid->rows * (size_t)grid->cols; i++) {
		grid->cells[i] = blank;
	}
	grid->cursor_row = 0;
	grid->cursor_col = 0;
	grid->cursor_visible = false;
}

/* Writes one cell and leaves no half of a wide character that it hits. */
static void set_cell(struct kb_grid *grid, int row, int col, struct kb_cell cell)
{
	struct kb_cell *at = cell_at(grid, row, col);

	if (at->columns == 0 && col > 0) {
		at[-1] = (struct kb_cell){.chars = {' '}, .columns = 1, .style = at[-1].style};
	}
	if (at->columns == 2 && col + 1 < grid->cols) {
		at[1] = (struct kb_cell){.chars = {' '}, .columns = 1, .style = at[1].style};
	}
	*at = cell;
}

void kb_grid_clear_area(struct kb_grid *grid, struct kb_area area)
{
	int end_row = clamp(area.row + area.rows, 0, grid->rows);
	int end_col = clamp(area.col + area.cols, 0, grid->cols);

	for (int row = area.row < 0 ? 0 : area.row; row < end_row; row++) {
		for (int col = area.col < 0 ? 0 : area.col; col < end_col; col++) {
			set_cell(grid, row, col, blank);
		}
	}
}

static void combine(struct kb_cell *cell, wchar_t ch)
{
	for (int i = 1; i < KB_CELL_CHARS; i++) {
		if (cell->chars[i] == 0) {
			cell->chars[i] = ch;
			return;
		}
	}
}

/* Puts what fits into columns, no ellipsis. Returns the columns used. */
static int put_glyphs(struct kb_grid *grid, int row, int col, int columns, enum kb_style style,
		      struct kb_str text)
{
	int used = 0;
	struct kb_cell *base = NULL;

	while (text.len > 0) {
		struct kb_glyph glyph = kb_text_glyph(text, grid->symbols);
		struct kb_cell cell = {.chars = {glyph.ch},
				       .columns = (uint8_t)glyph.columns,
				       .style = (uint8_t)style};

		text = kb_str_skip(text, glyph.bytes);
		if (glyph.columns == 0) {
			if (base) {
				combine(base, glyph.ch);
			}
			continue;
		}
		if (used + glyph.columns > columns) {
			break;
		}
		base = cell_at(grid, row, col + used);
		set_cell(grid, row, col + used, cell);
		if (glyph.columns == 2) {
			set_cell(grid, row, col + used + 1,
				 (struct kb_cell){.style = (uint8_t)style});
		}
		used += glyph.columns;
	}
	return used;
}

int kb_grid_put(struct kb_grid *grid, int row, int col, int max, enum kb_style style,
		struct kb_str text)
{
	int room = col < 0 ? 0 : clamp(max, 0, grid->cols - col);
	struct kb_str dots = kb_str_from(grid->symbols->ellipsis);
	int dot_columns = kb_text_columns(dots, grid->symbols);
	int used;

	if (row < 0 || row >= grid->rows || room == 0) {
		return 0;
	}
	if (kb_text_fit(text, room, grid->symbols).len == text.len) {
		return put_glyphs(grid, row, col, room, style, text);
	}
	if (room <= dot_columns) {
		return put_glyphs(grid, row, col, room, style, text);
	}
	used = put_glyphs(grid, row, col, room - dot_columns, style, text);
	return used + put_glyphs(grid, row, col + used, dot_columns, style, dots);
}

int kb_grid_puts(struct kb_grid *grid, int row, int col, int max, enum kb_style style,
		 const char *text)
{
	return kb_grid_put(grid, row, col, max, style, kb_str_from(text));
}

int kb_grid_printf(struct kb_grid *grid, int row, int col, int max, enum kb_style style,
		   const char *fmt, ...)
{
	KB_BUF struct kb_buf buf = {0};
	va_list args;

	va_start(args, fmt);
	kb_buf_vprintf(&buf, fmt, args);
	va_end(args);
	return kb_grid_put(grid, row, col, max, style, kb_buf_view(&buf));
}

void kb_grid_repeat(struct kb_grid *grid, int row, int col, int count, enum kb_style style,
		    const char *sign)
{
	for (int i = 0; i < count; i++) {
		(void)kb_grid_puts(grid, row, col + i, 1, style, sign);
	}
}

static bool says_something(struct kb_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] != ' ' && text.data[i] != '\n') {
			return true;
		}
	}
	return false;
}

/* The last row that there is for a text that goes on: however short, it ends in an ellipsis. */
static void put_cut_line(struct kb_grid *grid, int row, int col, int max, enum kb_style style,
			 struct kb_str line)
{
	struct kb_str dots = kb_str_from(grid->symbols->ellipsis);
	int dot_columns = kb_text_columns(dots, grid->symbols);
	int used;

	if (kb_text_columns(line, grid->symbols) > max - dot_columns) {
		line = kb_text_fit(line, max - dot_columns, grid->symbols);
	}
	used = kb_grid_put(grid, row, col, max, style, line);
	(void)kb_grid_put(grid, row, col + used, max - used, style, dots);
}

int kb_grid_wrap(struct kb_grid *grid, struct kb_area area, enum kb_style style, struct kb_str text)
{
	struct kb_str line;
	int row = 0;

	while (row < area.rows) {
		struct kb_str here = text;

		if (!kb_text_wrap(&text, area.cols, grid->symbols, &line)) {
			break;
		}
		if (row == area.rows - 1 && says_something(text)) {
			line = kb_str_head(here, kb_str_find(here, '\n'));
			put_cut_line(grid, area.row + row, area.col, area.cols, style, line);
		} else {
			(void)kb_grid_put(grid, area.row + row, area.col, area.cols, style, line);
		}
		row++;
	}
	return row;
}

int kb_grid_wrap_clipped(struct kb_grid *grid, struct kb_area area, int row, int indent,
			 enum kb_style style, struct kb_str text)
{
	struct kb_str line;
	int rows = 0;

	while (kb_text_wrap(&text, area.cols - indent, grid->symbols, &line)) {
		if (row + rows >= area.row && row + rows < area.row + area.rows) {
			(void)kb_grid_put(grid, row + rows, area.col + indent, area.cols - indent,
					  style, line);
		}
		rows++;
	}
	return rows;
}

const struct kb_cell *kb_grid_cell(const struct kb_grid *grid, int row, int col)
{
	return cell_at(grid, row, col);
}

static void append_char(struct kb_buf *buf, unsigned ch)
{
	if (ch < 0x80) {
		kb_buf_putc(buf, (char)ch);
	} else if (ch < 0x800) {
		kb_buf_putc(buf, (char)(0xc0 | ch >> 6));
		kb_buf_putc(buf, (char)(0x80 | (ch & 0x3f)));
	} else if (ch < 0x10000) {
		kb_buf_putc(buf, (char)(0xe0 | ch >> 12));
		kb_buf_putc(buf, (char)(0x80 | (ch >> 6 & 0x3f)));
		kb_buf_putc(buf, (char)(0x80 | (ch & 0x3f)));
	} else {
		kb_buf_putc(buf, (char)(0xf0 | ch >> 18));
		kb_buf_putc(buf, (char)(0x80 | (ch >> 12 & 0x3f)));
		kb_buf_putc(buf, (char)(0x80 | (ch >> 6 & 0x3f)));
		kb_buf_putc(buf, (char)(0x80 | (ch & 0x3f)));
	}
}

void kb_grid_to_text(const struct kb_grid *grid, struct kb_buf *buf)
{
	for (int row = 0; row < grid->rows; row++) {
		int end = grid->cols;

		while (end > 0 && cell_at(grid, row, end - 1)->chars[0] == ' ') {
			end--;
		}
		for (int col = 0; col < end; col++) {
			const struct kb_cell *cell = cell_at(grid, row, col);

			for (int i = 0; i < KB_CELL_CHARS && cell->chars[i]; i++) {
				append_char(buf, (unsigned)cell->chars[i]);
			}
		}
		kb_buf_putc(buf, '\n');
	}
}
