/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words of a script to arguments: variables, splitting, wildcards.
 * For the evaluator.
 * Must not run anything.
 */
#ifndef KBOOT_FORMATS_GRUB_EXPAND_H
#define KBOOT_FORMATS_GRUB_EXPAND_H

#include "state.h"

/* args->arena is given. block: becomes the last word, braces and all, unless it is an entry's;
 * NULL: there is none. A limit stops g. */
void grub_expand(struct grub *g, const struct grub_word *words, struct grub_arguments *args,
		 const struct grub_source *block);

#endif
