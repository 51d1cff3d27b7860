/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the readers of other boot loaders share: the head of a text, names of files as a loader
 * means them, and the initrds and root= of a command line.
 * For the readers.
 * Must not know any one loader.
 */
#ifndef KBOOT_FORMATS_LOADER_FILES_H
#define KBOOT_FORMATS_LOADER_FILES_H

#include "tree_names.h"

/* The first max_bytes of a file, and one more where there are more. -errno as kb_tree_open. */
KB_MUST_CHECK int loader_read_head(const struct kb_tree *tree, const char *path, size_t max_bytes,
				   struct kb_buf *text);
/* The folder that holds a file: "/boot" of "/boot/a", "" of "/a". NULL: out of memory. */
char *loader_folder(struct kb_arena *arena, const char *path);
/* The absolute path of name, which begins at folder unless it begins with a slash; without "." and
 * "..". NULL when out of memory. */
char *loader_join(struct kb_arena *arena, const char *folder, struct kb_str name);
/*
 * An absolute path on the filesystem that holds the configuration, whose folder is given, as it is
 * there. A subvolume is a part of one, whose root the names begin at; and /boot may be named, or
 * left out, by whoever took a partition for the whole or the other way round. NULL: out of memory.
 */
const char *loader_find(struct kb_arena *arena, struct tree_lookups *lookups, const char *folder,
			const char *path);
/* Sets args, NULL where there are none, and what their root= names. -ENOMEM. */
KB_MUST_CHECK int loader_set_args(struct kb_arena *arena, struct kb_str args,
				  struct kb_entry *entry);
/* line without its words that begin with key; their blanks go with them. */
void loader_drop_words(struct kb_str line, struct kb_str key, struct kb_buf *out);

#endif
