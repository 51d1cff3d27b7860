/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A system that a worker of the engine holds mounted, and programs that run in it.
 * For `chroot` and `rescue`.
 * Must not mount anything itself, and must not leave the worker behind.
 */
#ifndef KBOOT_SHELL_CHROOT_H
#define KBOOT_SHELL_CHROOT_H

#include "private.h"

/* Zeroed but for the descriptor (-1): nothing is held. */
struct kb_chroot {
	pid_t worker;
	int namespace_fd; /* its mounts */
	char *path;       /* the system's root in them */
};

/* A CHROOT: says what there is to say of it. Not 0: told why. */
int kb_chroot_open(struct kb_shell *s, const struct kb_intent *intent,
		   struct kb_chroot *ret_chroot);
/* Forgets it here; the engine holds it until CHROOT_END. */
void kb_chroot_done(struct kb_chroot *c);
/* In a child: becomes the program, a login shell where argv is empty. Only what went wrong, an exit
 * status, comes back. */
int kb_chroot_become(const struct kb_chroot *c, char *const *argv);

#endif
