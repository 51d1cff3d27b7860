/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The menu of a script opened: every body run in a copy of what it would see, submenus within, and
 * what came of it as entries.
 * For the reader.
 * Must not keep what it gives.
 */
#ifndef KBOOT_FORMATS_GRUB_OPEN_H
#define KBOOT_FORMATS_GRUB_OPEN_H

#include "entry.h"

/* default_value: what GRUB would start of it; NULL: nothing of this menu. What out answers below 0,
 * or -ENOMEM. */
KB_MUST_CHECK int grub_open_menu(struct grub_opening *o, const struct grub_menu *menu,
				 const char *default_value);

#endif
