/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the body of a menu entry named, as an entry of kboot; and the menus that are open meanwhile.
 * For what opens menus.
 * Must not run anything.
 */
#ifndef KBOOT_FORMATS_GRUB_ENTRY_H
#define KBOOT_FORMATS_GRUB_ENTRY_H

#include "menu.h"
#include "tree_names.h"

struct grub_opening {
	struct grub *g;
	const struct kb_reader_out *out;
	struct tree_lookups lookups;
	const char *path[KB_ENTRY_MAX_PATH]; /* titles of the open submenus */
	const char *ids[KB_ENTRY_MAX_PATH];
	size_t n_path;
	const char *remark;   /* on the default */
	unsigned n_protected; /* of those submenus */
	unsigned menus;       /* that entries opened */
	unsigned long steps;
	size_t n_entries;
	bool is_full;
};

/* False where it restarts, powers off, leaves GRUB or opens the firmware's setup: kboot has its own
 * ways to all of them. And in a snapshot's menu where it is only a text. */
bool grub_entry_is_for_kboot(const struct grub_opening *o, const struct grub_item *item,
			     const struct grub_boot *boot);
/* Whether GRUB asks for a name and a password first. */
bool grub_entry_is_protected(const struct grub *g, const struct grub_item *item);
/* Complete but for what only the menu knows; it lives in boot->arena. -ENOMEM. */
KB_MUST_CHECK int grub_entry_make(struct grub_opening *o, const struct grub_item *item,
				  const struct grub_boot *boot, struct kb_entry *ret_entry);

#endif
