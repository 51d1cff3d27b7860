/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list as rows: entries under a heading for each source, submenus under a heading of their own.
 * For model.c and the list.
 * Must not draw.
 */
#ifndef KBOOT_UI_ROWS_H
#define KBOOT_UI_ROWS_H

#include "kboot/model/entry.h"

enum kb_row_kind {
	KB_ROW_SOURCE,  /* device and file of the entries below, as in entry */
	KB_ROW_SUBMENU, /* entry->path[depth] */
	KB_ROW_ENTRY,
};

struct kb_row {
	enum kb_row_kind kind;
	const struct kb_entry *entry; /* of the catalog: the row's own, or the first one below */
	size_t number;                /* of an entry, from 1, as the person sees it */
	size_t depth;                 /* submenus around it */
	bool shares_title;            /* another row's entry has its title */
};

struct kb_rows {
	struct kb_row *rows; /* heap */
	size_t n_rows;
	size_t n_entries; /* rows that are entries */
};

/* What an entry calls itself. Never NULL. */
const char *kb_entry_title(const struct kb_entry *entry);
/* Do they stand below one heading? */
bool kb_rows_same_source(const struct kb_entry *a, const struct kb_entry *b);
void kb_rows_done(struct kb_rows *rows);
/* Hidden entries are left out, but not the default one. On -ENOMEM *rows stays as it was. */
KB_MUST_CHECK int kb_rows_build(struct kb_rows *rows, const struct kb_entry *entries,
				size_t n_entries);
/* The row of the entry with that number, id, or nearest to a row going down, then up. n_rows where
 * there is none. */
size_t kb_rows_of_number(const struct kb_rows *rows, size_t number);
size_t kb_rows_of_id(const struct kb_rows *rows, const char *id);
size_t kb_rows_nearest(const struct kb_rows *rows, size_t row);
/* count entries further down, or up where negative; stops at the ends. */
size_t kb_rows_move(const struct kb_rows *rows, size_t row, long count);
/* The file of a source without the device's name in front of it; NULL for a bare kernel's. */
const char *kb_rows_source_file(const struct kb_entry *entry);

#endif
