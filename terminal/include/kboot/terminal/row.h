/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line being edited behind its prompt, in one row of a terminal that may be able to do no more
 * than Backspace and Carriage Return. What does not fit is scrolled sideways.
 * For the prompt.
 * Must not write in the last column: where the cursor is behind that, terminals disagree.
 */
#ifndef KBOOT_TERMINAL_ROW_H
#define KBOOT_TERMINAL_ROW_H

#include "kboot/terminal/line_edit.h"
#include "kboot/terminal/size.h"

/* A character, its first column: what combines with it beyond that is left out. */
struct kb_row_cell {
	char bytes[15];
	unsigned char len; /* 0: the right half of a wide one */
};

/* Zero-initialised is an empty row with the cursor at its start. */
struct kb_row {
	struct kb_row_cell cells[KB_TERMINAL_MAX_COLS]; /* what is there */
	int n;
	int col;    /* of the cursor */
	int start;  /* so many columns of the line are left of the row */
	bool erase; /* the terminal knows CSI K */
	bool lost;  /* what is there is not known, but the row is the cursor's */
};

struct kb_row_line {
	struct kb_str prompt;
	const struct kb_line_edit *edit;
	int columns; /* of the terminal */
	const struct kb_symbols *symbols;
};

/* The bytes after which the row shows the line. */
void kb_row_draw(struct kb_row *row, const struct kb_row_line *line, struct kb_buf *out);
/* The same, for a line that is not edited any more: all of it, in as many rows as it takes. */
void kb_row_leave(struct kb_row *row, const struct kb_row_line *line, struct kb_buf *out);
/* The cursor is at the start of another row, which is empty. */
void kb_row_begin(struct kb_row *row);

#endif
