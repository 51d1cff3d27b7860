/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list as rows: entries under a heading for each source, and submenus, each a row of its own
 * with what is in it below while it is open.
 * For model.c and the list.
 * Must not draw.
 */
#ifndef KBOOT_UI_ROWS_H
#define KBOOT_UI_ROWS_H

#include "folds.h"
#include "kboot/model/entry.h"

enum kb_row_kind {
	KB_ROW_SOURCE, /* device and file of the entries below, as in entry */
	KB_ROW_SUBMENU,
	KB_ROW_ENTRY,
};

struct kb_row {
	enum kb_row_kind kind;
	const struct kb_entry *entry; /* of the catalog: the row's own, or the first one below */
	size_t node;                  /* of the tree; 0: a heading */
	size_t parent;                /* the submenu around it, a node; 0: none */
	size_t depth;                 /* submenus around it */
	size_t nth;                   /* of the rows that are listed and can be chosen, from 1 */
	/* Of an entry. */
	size_t number;     /* from 1, as `kboot list` has it: also of what is in a closed submenu */
	bool shares_title; /* another entry around has its title */
	/* Of a submenu. */
	const char *title;
	uint64_t key;     /* the same in each catalog; never 0 */
	size_t n_entries; /* in it, and in what is in it */
	bool open;
	bool has_default; /* it is in there */
	bool is_older;    /* no loader's: see older.h */
};

struct kb_row_node;

struct kb_rows {
	struct kb_row *rows; /* heap: what is listed */
	size_t n_rows;
	size_t n_choices; /* of them entries and submenus */
	size_t n_entries; /* also in closed submenus */
	size_t n_submenus;
	struct kb_row_node *nodes; /* heap: all that could be listed, as a tree */
	size_t n_nodes;
	struct kb_arena arena; /* titles */
};

/* What an entry calls itself. Never NULL. */
const char *kb_entry_title(const struct kb_entry *entry);
void kb_rows_done(struct kb_rows *rows);
/*
 * Hidden entries are left out, but not the default one. A submenu, which is a path in one source,
 * is where its first entry is, and as open as it was; at first open where the default is in it,
 * which folds keeps in mind. On -ENOMEM *rows stays as it was.
 */
KB_MUST_CHECK int kb_rows_build(struct kb_rows *rows, struct kb_folds *folds,
				const struct kb_entry *entries, size_t n_entries);
/* Opens or closes the submenu of a row; rows above it, and it, stay where they are. */
void kb_rows_fold(struct kb_rows *rows, struct kb_folds *folds, size_t row, bool open);
/* The row of the entry with that number or id; submenus around it are opened. n_rows where there is
 * none. */
size_t kb_rows_show_number(struct kb_rows *rows, struct kb_folds *folds, size_t number);
size_t kb_rows_show_id(struct kb_rows *rows, struct kb_folds *folds, const char *id);
/* The row of an entry that is listed, of a submenu by its key, of the submenu around a row, or the
 * nearest to a row that can be chosen, going down, then up. n_rows where there is none. */
size_t kb_rows_of_id(const struct kb_rows *rows, const char *id);
size_t kb_rows_of_key(const struct kb_rows *rows, uint64_t key);
size_t kb_rows_around(const struct kb_rows *rows, size_t row);
size_t kb_rows_nearest(const struct kb_rows *rows, size_t row);
/* count entries or submenus further down, or up where negative; stops at the ends. */
size_t kb_rows_move(const struct kb_rows *rows, size_t row, long count);
/* Appends what a submenu's row has in it: "4 entries: one; another; …". */
void kb_rows_describe(const struct kb_rows *rows, const struct kb_row *row, struct kb_buf *buf);

#endif
