/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What there is to repair in the tree of a system: kernels, accounts, the files below /boot.
 * For rescue*.c.
 * Must not write, nor believe anything that it reads: numbers are capped, names are checked.
 */
#ifndef KBOOT_SHELL_RESCUE_LOOK_H
#define KBOOT_SHELL_RESCUE_LOOK_H

#include "kboot/base/arena.h"
#include "kboot/base/tree.h"

enum {
	KB_LOOK_KERNELS = 64,
	KB_LOOK_ACCOUNTS = 64,
	KB_LOOK_FILES = 4096,
	KB_LOOK_DEPTH = 4, /* below /boot */
};

struct kb_look_kernel {
	const char *version; /* its modules' folder */
	const char *initrd;  /* NULL: none that would be called so is in /boot */
};

/* By version, the newest first. -ENOMEM. */
KB_MUST_CHECK int kb_look_kernels(struct kb_arena *arena, const struct kb_tree *tree,
				  struct kb_look_kernel *ret_kernels, size_t *ret_n);

/* Those that people log in as, root first; a name that is no plain word is left out. -ENOMEM. */
KB_MUST_CHECK int kb_look_accounts(struct kb_arena *arena, struct kb_str passwd,
				   const char **ret_names, size_t *ret_n);
/* Is that a name of an account, and no option? */
bool kb_look_is_account(struct kb_str name);

struct kb_look_file {
	const char *path;
	int64_t size_bytes;
	int64_t changed_ns;
};

struct kb_look_files {
	struct kb_arena arena;
	struct kb_look_file *files;
	size_t n;
};

/* The regular files below folder, added to *files. What cannot be read is left out. -ENOMEM. */
KB_MUST_CHECK int kb_look_files(const struct kb_tree *tree, const char *folder,
				struct kb_look_files *files);
/* Has file come or changed since? */
bool kb_look_is_new(const struct kb_look_files *before, const struct kb_look_file *file);
void kb_look_files_done(struct kb_look_files *files);

#endif
