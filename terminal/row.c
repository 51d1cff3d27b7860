/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/terminal/row.h"

#include <limits.h>

#include "kboot/terminal/text.h"

enum { MARKED_ROOM = 8, ERASE_BYTES = 3 };

static const struct kb_row_cell blank = {.bytes = " ", .len = 1};

/* The glyphs of prompt and text, one behind the other. */
struct walk {
	const struct kb_row_line *line;
	struct kb_str rest;
	bool in_text;
	int col; /* behind the glyph */
	struct kb_glyph glyph;
};

static size_t offset(const struct walk *w)
{
	return w->in_text ? w->line->edit->text.len - w->rest.len : 0;
}

static bool next_glyph(struct walk *w)
{
	if (w->rest.len == 0 && !w->in_text) {
		w->in_text = true;
		w->rest = kb_buf_view(&w->line->edit->text);
	}
	if (w->rest.len == 0) {
		return false;
	}
	w->glyph = kb_text_glyph(w->rest, w->line->symbols);
	w->rest = kb_str_skip(w->rest, w->glyph.bytes);
	w->col += w->glyph.columns;
	return true;
}

static struct walk begin(const struct kb_row_line *line)
{
	return (struct walk){.line = line, .rest = line->prompt};
}

static size_t encode(wchar_t ch, char *bytes)
{
	mbstate_t state = {0};
	size_t len = wcrtomb(bytes, ch, &state);

	if (len > MB_LEN_MAX) {
		bytes[0] = '?';
		return 1;
	}
	return len;
}

static int min(int a, int b)
{
	return a < b ? a : b;
}

static int max(int a, int b)
{
	return a > b ? a : b;
}

/* Columns that may be written. */
static int room_of(const struct kb_row_line *line)
{
	return min(max(line->columns, 1), KB_TERMINAL_MAX_COLS) - 1;
}

static bool has_marks(int room)
{
	return room >= MARKED_ROOM;
}

static void measure(const struct kb_row_line *line, int *ret_cursor, int *ret_total)
{
	struct walk w = begin(line);
	int cursor = 0;

	while (next_glyph(&w)) {
		if (!w.in_text || offset(&w) <= line->edit->cursor) {
			cursor = w.col;
		}
	}
	*ret_cursor = cursor;
	*ret_total = w.col;
}

/* As it was, while the cursor can be seen and nothing is left out for no reason. */
static int scroll(int start, int cursor, int total, int room)
{
	int mark = has_marks(room) ? 1 : 0;
	/* At the end of the line the cursor may rest behind the row, else on a character. */
	int last = cursor == total ? room : max(room - 2 - mark, 0);

	if (total <= room) {
		return 0;
	}
	if (cursor >= start + (start > 0 ? mark : 0) && cursor <= start + last) {
		return start;
	}
	return cursor <= last ? 0 : max(cursor - max(room / 2, 1), 0);
}

/* A cell instead of what is there, of which no half stays. */
static void put_mark(struct kb_row *row, int col, char mark)
{
	if (row->cells[col].len == 0 && col > 0) {
		row->cells[col - 1] = blank;
	}
	if (col + 1 < row->n && row->cells[col + 1].len == 0) {
		row->cells[col + 1] = blank;
	}
	row->cells[col] = (struct kb_row_cell){.bytes = {mark}, .len = 1};
}

static void combine(struct kb_row_cell *cell, wchar_t ch)
{
	char bytes[MB_LEN_MAX];
	size_t len = encode(ch, bytes);

	if (cell->len > 0 && cell->len + len <= sizeof(cell->bytes)) {
		memcpy(cell->bytes + cell->len, bytes, len);
		cell->len = (unsigned char)(cell->len + len);
	}
}

static void put_glyph(struct kb_row *row, const struct walk *w, int room)
{
	int at = w->col - w->glyph.columns - row->start;
	char bytes[MB_LEN_MAX];

	if (w->glyph.columns == 0) {
		if (at > 0 && at <= row->n) {
			at -= at > 1 && row->cells[at - 1].len == 0 ? 2 : 1;
			combine(&row->cells[at], w->glyph.ch);
		}
		return;
	}
	for (int i = max(at, 0); i < min(at + w->glyph.columns, room); i++) {
		row->cells[i] = blank;
		row->n = i + 1;
	}
	if (at >= 0 && at + w->glyph.columns <= room) {
		row->cells[at].len = (unsigned char)encode(w->glyph.ch, bytes);
		memcpy(row->cells[at].bytes, bytes, row->cells[at].len);
		if (w->glyph.columns == 2) {
			row->cells[at + 1].len = 0;
		}
	}
}

/* What the row is to be. */
static void lay_out(const struct kb_row_line *line, struct kb_row *row)
{
	struct walk w = begin(line);
	int room = room_of(line);
	int cursor;
	int total;

	measure(line, &cursor, &total);
	row->start = scroll(row->start, cursor, total, room);
	row->n = 0;
	while (next_glyph(&w)) {
		put_glyph(row, &w, room);
	}
	row->col = min(cursor - row->start, room);
	if (has_marks(room) && row->start > 0) {
		put_mark(row, 0, '<');
	}
	if (has_marks(room) && total - row->start > room) {
		put_mark(row, room - 1, '>');
	}
}

static const struct kb_row_cell *cell_at(const struct kb_row *row, int col)
{
	return col < row->n ? &row->cells[col] : &blank;
}

static bool same(const struct kb_row *a, const struct kb_row *b, int col)
{
	const struct kb_row_cell *x = cell_at(a, col);
	const struct kb_row_cell *y = cell_at(b, col);

	return x->len == y->len && memcmp(x->bytes, y->bytes, x->len) == 0;
}

static bool is_half(const struct kb_row *a, const struct kb_row *b, int col)
{
	return cell_at(a, col)->len == 0 || cell_at(b, col)->len == 0;
}

static void put_cells(const struct kb_row *row, int from, int to, struct kb_buf *out)
{
	for (int i = from; i < to; i++) {
		kb_buf_append(out, cell_at(row, i)->bytes, cell_at(row, i)->len);
	}
}

/* To the left by Backspace or from the start of the row, whichever is shorter. */
static void go_to(const struct kb_row *row, int from, int to, struct kb_buf *out)
{
	size_t before = out->len;

	if (to >= from) {
		put_cells(row, from, to, out);
		return;
	}
	kb_buf_putc(out, '\r');
	put_cells(row, 0, to, out);
	if (out->len - before > (size_t)(from - to)) {
		out->len = before;
		for (int i = to; i < from; i++) {
			kb_buf_putc(out, '\b');
		}
	}
}

/* From the cursor at `from` up to `to` nothing is to be there. Where the cursor then is. */
static int erase(const struct kb_row *row, int from, int to, struct kb_buf *out)
{
	if (row->erase && to - from > ERASE_BYTES) {
		kb_buf_puts(out, "\x1b[K");
		return from;
	}
	for (int i = from; i < to; i++) {
		kb_buf_putc(out, ' ');
	}
	return max(from, to);
}

void kb_row_draw(struct kb_row *row, const struct kb_row_line *line, struct kb_buf *out)
{
	struct kb_row next = *row;
	int first = 0;
	int last;
	int at = row->col;

	lay_out(line, &next);
	if (row->lost) {
		kb_buf_putc(out, '\r');
		put_cells(&next, 0, next.n, out);
		at = erase(row, next.n, room_of(line), out);
	} else {
		last = max(row->n, next.n);
		while (first < last && same(row, &next, first)) {
			first++;
		}
		while (last > first && same(row, &next, last - 1)) {
			last--;
		}
		while (first > 0 && is_half(row, &next, first)) {
			first--;
		}
		while (last > first && is_half(row, &next, last)) {
			last++;
		}
		if (last > first) {
			go_to(row, at, first, out);
			put_cells(&next, first, min(last, next.n), out);
			at = erase(row, max(first, min(last, next.n)), last, out);
		}
	}
	go_to(&next, at, next.col, out);
	next.lost = false;
	*row = next;
}

void kb_row_leave(struct kb_row *row, const struct kb_row_line *line, struct kb_buf *out)
{
	struct walk w = begin(line);
	char bytes[MB_LEN_MAX];
	int cursor;
	int total;

	kb_row_draw(row, line, out);
	measure(line, &cursor, &total);
	if (total <= room_of(line)) {
		return;
	}
	kb_buf_putc(out, '\r');
	while (next_glyph(&w)) {
		kb_buf_append(out, bytes, encode(w.glyph.ch, bytes));
	}
}

void kb_row_begin(struct kb_row *row)
{
	*row = (struct kb_row){.erase = row->erase};
}
