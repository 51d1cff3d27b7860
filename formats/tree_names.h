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
/* A problem of the entry when name means a file of this tree that is not there. what: "initrd". */
KB_MUST_CHECK int tree_name_check(struct kb_arena *arena, const struct kb_tree *tree,
				  const char *what, const char *name, struct kb_entry *entry);

#endif
