/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a tree tells of the system installed on it: its name, and the arguments its kernel wants.
 * For the reader of kernels that come without a configuration, and for core.
 * Must not guess, nor evaluate what a shell would: what is not written anywhere is NULL.
 */
#ifndef KBOOT_FORMATS_INSTALLED_H
#define KBOOT_FORMATS_INSTALLED_H

#include "kboot/base/arena.h"
#include "kboot/base/tree.h"

struct kb_installed {
	const char *name;     /* "Debian GNU/Linux 12 (bookworm)", os-release(5) */
	const char *args;     /* kernel arguments, root= in them where it is known */
	const char *root;     /* what root= in args names */
	const char *crypttab; /* its lines, as kb_crypttab_next reads them; NULL: none */
};

/*
 * The arguments are those of /etc/kernel/cmdline, else /usr/lib/kernel/cmdline, else "ro" and the
 * GRUB_CMDLINE_ words of /etc/default/grub. Where they say no root=, what fstab mounts at / comes
 * first; where they say no rootflags=, the subvolume that tree is. -ENOMEM.
 */
KB_MUST_CHECK int kb_installed_read(struct kb_arena *arena, const struct kb_tree *tree,
				    struct kb_installed *ret_installed);

/* The value that a text like os-release(5) assigns last to the name in key ("ID="). NULL in
 * *ret_value: none, or nothing to be shown. -ENOMEM. */
KB_MUST_CHECK int kb_os_release_get(struct kb_arena *arena, struct kb_str text, struct kb_str key,
				    const char **ret_value);

#endif
