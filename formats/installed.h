/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a tree tells of the system installed on it: its name, and the arguments its kernel wants.
 * For the readers of kernels that come without a configuration.
 * Must not guess: what is not written anywhere is NULL.
 */
#ifndef KBOOT_FORMATS_INSTALLED_H
#define KBOOT_FORMATS_INSTALLED_H

#include "kboot/base/arena.h"
#include "kboot/base/tree.h"

struct installed {
	const char *name; /* "Debian GNU/Linux 12 (bookworm)", os-release(5) */
	const char *args; /* kernel arguments, root= in them where it is known */
	const char *root; /* what root= in args names */
};

/* -ENOMEM. */
KB_MUST_CHECK int installed_read(struct kb_arena *arena, const struct kb_tree *tree,
				 struct installed *ret_installed);

#endif
