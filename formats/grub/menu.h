/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What menuentry and submenu have listed, and which of it GRUB would start.
 * For the commands that list and for what opens entries.
 * Must not run bodies.
 */
#ifndef KBOOT_FORMATS_GRUB_MENU_H
#define KBOOT_FORMATS_GRUB_MENU_H

#include "state.h"

enum { GRUB_MAX_ENTRIES = 10000 };

struct grub_item {
	const char *title;
	const char *id;     /* the title where none was given */
	bool has_id;        /* one was */
	const char *hotkey; /* NULL: none */
	bool is_submenu;
	bool is_unrestricted;
	char **params; /* $1 is the title */
	size_t n_params;
	struct grub_source body;
	struct kb_position at;
	struct grub_item *next;
};

struct grub_menu {
	struct grub_item *first;
	struct grub_item **tail; /* NULL: empty */
	size_t n;
};

void grub_menu_add(struct grub_menu *menu, struct grub_item *item);
/* What the script says; the first, where it does not. */
const char *grub_menu_own_default(const struct grub *g);
/*
 * The item that a value of `default` means; NULL: there is none at all. -ENOMEM. As
 * GRUB up to 2.12 and Debian have it: a number at the head is an index; names_first, as Fedora has
 * it: unless it is a name. *ret_rest: what is behind a ">", for the submenu; NULL: nothing is.
 */
KB_MUST_CHECK int grub_menu_default(const struct grub_menu *menu, const char *value,
				    bool names_first, const struct grub_item **ret_item,
				    const char **ret_rest);
int grub_menuentry(struct grub *g, struct grub_arguments *args, const struct grub_node *node);

#endif
