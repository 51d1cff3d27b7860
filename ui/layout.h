/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the widgets of the menu go on a screen of any size.
 * For the views.
 * Must not draw; a widget without room has no rows.
 */
#ifndef KBOOT_UI_LAYOUT_H
#define KBOOT_UI_LAYOUT_H

#include "grid.h"

enum kb_details { KB_DETAILS_NONE, KB_DETAILS_LINE, KB_DETAILS_FULL };

struct kb_layout_wish {
	int greeting_rows; /* as wrapped at this width */
	int notice_rows;
	enum kb_details details;
};

struct kb_layout {
	struct kb_area title;
	struct kb_area greeting;
	struct kb_area list;
	struct kb_area rule; /* above details, or the wall to their left */
	struct kb_area details;
	struct kb_area notice;
	struct kb_area status; /* one row, or two: the second for a bar */
	struct kb_area hints;
	bool side; /* the details stand to the right of the list */
};

/* Columns that text in the greeting and the notice may take. */
int kb_layout_text_columns(int cols);
/* Details as a pane need this much; below they are a line. */
bool kb_layout_has_pane(int rows, int cols);
void kb_layout_make(int rows, int cols, const struct kb_layout_wish *wish,
		    struct kb_layout *ret_layout);

#endif
