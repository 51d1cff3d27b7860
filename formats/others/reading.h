/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One configuration of a small boot loader while it is read: its lines, its files, what it gives.
 * For the readers of this folder.
 * Must not know a grammar.
 */
#ifndef KBOOT_FORMATS_OTHERS_READING_H
#define KBOOT_FORMATS_OTHERS_READING_H

#include "loader_files.h"
#include "text_lines.h"

/* Above, a file's entries are left out; a reader reads two more, so that this is said. */
enum { READING_MAX_ENTRIES = 10000 };

struct reading {
	const struct kb_tree *tree;
	const struct kb_reader_out *out;
	struct kb_arena arena; /* of this file */
	struct tree_lookups lookups;
	struct conf_diags diags;
	const char *path;
	const char *shown; /* canonical */
	const char *folder;
	struct text_lines lines;
	size_t n_entries;
	bool has_default; /* one of all files of the reader */
};

/* A reader's files: read is called for each that is there, up to the first of a group that gives
 * entries, with its lines started. */
struct reading_place {
	unsigned group;
	const char *path;
};

KB_MUST_CHECK int reading_run(const struct kb_tree *tree, const struct kb_reader_out *out,
			      const struct reading_place *places, size_t n_places,
			      int (*read)(struct reading *r), struct kb_error *err);
/* The same of one file. */
KB_MUST_CHECK int reading_check(const struct kb_tree *tree, const char *path,
				const struct kb_reader_out *out, int (*read)(struct reading *r),
				struct kb_error *err);
/* A file of the entry: absolute in the tree, looked up, a problem where it is not there. -ENOMEM.
 */
KB_MUST_CHECK int reading_file(struct reading *r, const char *what, struct kb_str name,
			       struct kb_entry *entry, const char **ret_name);
KB_MUST_CHECK int reading_initrd(struct reading *r, const char *what, struct kb_str name,
				 struct kb_entry *entry);
/* Gives it, as the default where that is wanted and it is the first. Above a cap: one diagnostic,
 * and no more. */
KB_MUST_CHECK int reading_emit(struct reading *r, struct kb_entry *entry, bool is_default);
/* Gives a timeout: at line, or at the first where that is 0. */
KB_MUST_CHECK int reading_timeout(struct reading *r, unsigned seconds, unsigned line);
/* The seconds of a text; tenths: of so many parts. False: it is no number. */
bool reading_seconds(struct kb_str text, unsigned parts, unsigned *ret_seconds);

#endif
