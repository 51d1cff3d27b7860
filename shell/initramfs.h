/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which program makes the initramfs of a system, and how it is called for one kernel.
 * For `rescue`.
 * Must not run anything, nor look for more than the program's own files.
 */
#ifndef KBOOT_SHELL_INITRAMFS_H
#define KBOOT_SHELL_INITRAMFS_H

#include "rescue_look.h"

enum { KB_INITRAMFS_WORDS = 8 };

struct kb_initramfs_maker {
	const char *program;
	/* The words for a kernel: {V} is its version, {P} its package's name. */
	const char *update; /* where there is one already; NULL: as create */
	const char *create;
	const char *all; /* for all kernels at once; NULL: one after the other */
};

/* The first that the system has; NULL: none. */
const struct kb_initramfs_maker *
kb_initramfs_find(bool (*has)(const void *ctx, const char *program), const void *ctx);
/* The words of a command for kernel, ending with NULL; package: what {P} is, NULL: it is not known.
 * -ENOENT (it is needed), -ENOMEM. */
KB_MUST_CHECK int kb_initramfs_command(struct kb_arena *arena,
				       const struct kb_initramfs_maker *maker,
				       const struct kb_look_kernel *kernel, const char *package,
				       const char *ret_argv[KB_INITRAMFS_WORDS]);
/* For all of them; false: the maker has no such command. */
bool kb_initramfs_command_for_all(struct kb_arena *arena, const struct kb_initramfs_maker *maker,
				  const char *ret_argv[KB_INITRAMFS_WORDS]);

#endif
