/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names in a line that is edited: which one the cursor stands behind, and what it is completed to.
 * For view_edit.c.
 * Must not ask the engine, nor draw.
 */
#ifndef KBOOT_UI_COMPLETE_H
#define KBOOT_UI_COMPLETE_H

#include "kboot/base/table.h"
#include "kboot/terminal/line_edit.h"

enum kb_name_wanted {
	KB_WANTS_NOTHING, /* an argument of the kernel: its own business */
	KB_WANTS_KEYWORD, /* initrd= and its like */
	KB_WANTS_DEVICE,  /* of which a file may follow */
	KB_WANTS_ROOT,    /* a device, and no file on it */
	KB_WANTS_FILE,    /* in a folder that is named */
};

/* What stands before the cursor, in bytes of the line. */
struct kb_name_typed {
	enum kb_name_wanted wants;
	size_t start; /* of the name, behind a quote that is open there */
	size_t last;  /* of what is to be completed of it: behind the folder */
	char quote;   /* the one that is open, or 0 */
	bool is_list; /* commas part names */
};

struct kb_name_typed kb_name_typed(const struct kb_line_edit *e);
/* What of a table's names it may become, as far as they can be typed; the second cell goes behind
 * one that is not its end. */
void kb_name_candidates(const struct kb_line_edit *e, const struct kb_name_typed *typed,
			const struct kb_table_row *rows, size_t n_rows, struct kb_table *names);
/* As far as all of them agree. False where nothing was added by that. */
bool kb_name_complete(struct kb_line_edit *e, const struct kb_name_typed *typed,
		      const struct kb_table *names);

#endif
