/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which entries are the older kernels of a system that has more than two, and its recovery ones,
 * where their own loader has them in one long list: the menu puts them into a submenu.
 * For rows.c.
 * Must not change an entry.
 */
#ifndef KBOOT_UI_OLDER_H
#define KBOOT_UI_OLDER_H

#include "kboot/model/entry.h"

/*
 * Gives a title for each entry, of the submenu that it belongs into, or NULL; entries of one
 * submenu share the pointer. All that is given lives in the arena. Of each system the two newest
 * versions stay, which are the first two in its loader's order, and the default. -ENOMEM.
 */
KB_MUST_CHECK int kb_older_find(struct kb_arena *arena, const struct kb_entry *entries,
				size_t n_entries, const char ***ret_titles);

#endif
