/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names as they are typed, patterns too, made paths for a program that knows nothing else: what is
 * on the way is mounted.
 * For ls, cat, less and vi.
 * Must not look at a match by its path alone: a folder may be a mount point, and a link leads
 * elsewhere in the booted environment than in kboot's own root.
 */
#ifndef KBOOT_SHELL_NAMES_H
#define KBOOT_SHELL_NAMES_H

#include "private.h"

/* The command, its options and a path for each name, shown as the name, in the arena; *ret_named
 * counts the names. may_be_new: of a file that is not there its folder counts. What cannot be found
 * is told; the status is 0 as long as there was another. */
int kb_names_find(struct kb_shell *s, struct kb_arena *arena, const struct kb_shell_words *words,
		  bool may_be_new, struct kb_shell_words *ret_found, size_t *ret_named);

#endif
