/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line of text being edited, as shells do it.
 * For view_edit.c.
 * Must not draw, and must not hold a NUL or a control byte.
 */
#ifndef KBOOT_UI_LINE_EDIT_H
#define KBOOT_UI_LINE_EDIT_H

#include "kboot/base/str.h"
#include "key.h"
#include "symbols.h"

enum { KB_LINE_EDIT_MAX = 32 << 10 };

struct kb_line_edit {
	struct kb_buf text;
	size_t cursor; /* byte offset, between characters */
	char *killed;  /* what Ctrl-K, Ctrl-U or Ctrl-W took; Ctrl-Y puts it back */
};

/* -EFBIG above KB_LINE_EDIT_MAX, -ENOMEM. The cursor stands at the end. */
KB_MUST_CHECK int kb_line_edit_init(struct kb_line_edit *e, const char *text);
void kb_line_edit_done(struct kb_line_edit *e);
/* False where the key means nothing to a line (Enter, Escape, up, down, …). */
bool kb_line_edit_key(struct kb_line_edit *e, const struct kb_key *key,
		      const struct kb_symbols *symbols);

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
