/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of files as configurations on a tree write them: made absolute, made canonical, looked up.
 * For the readers.
 * Must not open what it looks for.
 */
#ifndef KBOOT_FORMATS_TREE_NAMES_H
#define KBOOT_FORMATS_TREE_NAMES_H

#include "kboot/base/arena.h"
#include "kboot/base/tree.h"
#include "kboot/formats/reader.h"
#include "kboot/model/entry.h"

/* How messages and sources call a path of the tree: "sda2:/boot/kboot.conf", or the path alone
 * where the tree has no name. NULL when out of memory. */
char *tree_canonical(struct kb_arena *arena, const struct kb_tree *tree, const char *path);

/*
 * The name as the catalog wants it: relative ones become absolute from the root of the tree, all
 * others stay as written. The text of a name that cannot be one (too long, …) stays too. -ENOMEM.
 */
KB_MUST_CHECK int tree_name_absolute(struct kb_arena *arena, const char *name,
				     const char **ret_name);
enum { TREE_LOOKUPS = 64 };

/*
 * What was looked up on a tree: the labels of one configuration name the same few files again and
 * again. Zeroed, with a tree, it is ready.
 */
struct tree_lookups {
	const struct kb_tree *tree;
	const struct kb_reader_out *out; /* knows what lies elsewhere; NULL: nothing does */
	struct {
		char path[128]; /* longer ones are not kept */
		int answer;
	} kept[TREE_LOOKUPS]; /* by the hash of the path; the last one stays */
};

/* As kb_tree_has_file. */
KB_MUST_CHECK int tree_lookups_has_file(struct tree_lookups *lookups, const char *path);
/* A problem of the entry when name means a file of this tree that is not there. what: "initrd". */
KB_MUST_CHECK int tree_name_check(struct kb_arena *arena, struct tree_lookups *lookups,
				  const char *what, const char *name, struct kb_entry *entry);

#endif
