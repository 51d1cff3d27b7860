/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A label as an entry: its files, its command line, and what hinders it.
 * For the reader syslinux.c.
 * Must not open anything.
 */
#ifndef KBOOT_FORMATS_SYSLINUX_ENTRY_H
#define KBOOT_FORMATS_SYSLINUX_ENTRY_H

#include "syslinux/start.h"

/* Not every label is one: separators, menus, "back". Texts in the arena. -ENOMEM. */
KB_MUST_CHECK int syslinux_entry_make(const struct syslinux_config *config,
				      struct tree_lookups *lookups,
				      const struct syslinux_label *label, struct kb_entry *entry,
				      bool *ret_is_entry);

#endif
