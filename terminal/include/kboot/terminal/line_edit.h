/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line of text being edited, as shells do it.
 * For the menu and the prompt.
 * Must not draw, and must not hold a NUL.
 */
#ifndef KBOOT_TERMINAL_LINE_EDIT_H
#define KBOOT_TERMINAL_LINE_EDIT_H

#include "kboot/base/str.h"
#include "kboot/terminal/key.h"
#include "kboot/terminal/symbols.h"

enum { KB_LINE_EDIT_MAX = 32 << 10, KB_LINE_EDIT_UNDO = 100 };

struct kb_line_edit {
	struct kb_buf text;
	size_t cursor; /* byte offset, between characters */
	char *killed;  /* what was last cut (Ctrl-K and its like); Ctrl-Y puts it back */
	struct kb_line_before *undo; /* what it was before the last changes, the newest last */
	size_t n_undo;
	size_t typed_to; /* behind what is being typed, which is one change; 0: nothing is */
};

/* -EFBIG above KB_LINE_EDIT_MAX, -ENOMEM. The cursor stands at the end. */
KB_MUST_CHECK int kb_line_edit_init(struct kb_line_edit *e, const char *text);
void kb_line_edit_done(struct kb_line_edit *e);
/* False where the key means nothing to a line (Enter, up, down, …). */
bool kb_line_edit_key(struct kb_line_edit *e, const struct kb_key *key,
		      const struct kb_symbols *symbols);

/* Other bytes instead of those from `from` up to `to`; the cursor stands behind them. False, with
 * nothing changed, where there is no room. */
bool kb_line_edit_replace(struct kb_line_edit *e, size_t from, size_t to, struct kb_str by);

/* The line folded into rows of so many columns (at least 2). Row and column from 0. */
struct kb_line_place {
	int row;
	int col;
};
/* Where the cursor is. At the right edge it stands at the head of the next row. */
struct kb_line_place kb_line_edit_place(const struct kb_line_edit *e, int columns,
					const struct kb_symbols *symbols);
/* The text of one row; empty below the last. */
struct kb_str kb_line_edit_row(const struct kb_line_edit *e, int columns, int row,
			       const struct kb_symbols *symbols);
/* To the same column of the row above (by -1) or below (1); at the ends to the line's ends. */
void kb_line_edit_vertical(struct kb_line_edit *e, int columns, int by,
			   const struct kb_symbols *symbols);

#endif
