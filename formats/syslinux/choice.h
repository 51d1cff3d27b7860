/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a configuration would start by itself, and when.
 * For the reader syslinux.c.
 * Must not give entries.
 */
#ifndef KBOOT_FORMATS_SYSLINUX_CHOICE_H
#define KBOOT_FORMATS_SYSLINUX_CHOICE_H

#include "syslinux/start.h"

struct syslinux_choice {
	const struct syslinux_label *label; /* NULL: none */
	const char *timeout;                /* seconds; NULL: it waits for ever */
	struct kb_position at;              /* of that */
	bool has_menu;                      /* else it starts without asking, or from a prompt */
};

/*
 * Reads the files that a menu program is given, too. A default that is a command becomes a label of
 * its own. -ENOMEM.
 */
KB_MUST_CHECK int syslinux_choose(struct syslinux_config *config, struct tree_lookups *lookups,
				  struct syslinux_choice *ret_choice);

#endif
