/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A walk through what is usually needed to repair a system that does not boot.
 * For rescue*.c; holding a disk is report.c's too.
 * Must not write to a disk before the person has said yes in so many letters, nor leave anything
 * mounted.
 */
#ifndef KBOOT_SHELL_RESCUE_H
#define KBOOT_SHELL_RESCUE_H

#include "chroot.h"
#include "kboot/base/tree.h"
#include "kboot/model/device.h"

/* The system that is being repaired. Texts live in the arena. */
struct kb_rescue {
	struct kb_shell *shell;
	struct kb_arena arena;
	struct kb_device device; /* its name is "/" for the folder of a simulation */
	const char *title;       /* os-release's; NULL */
	const char *asleep;      /* why nothing may be written to any disk; NULL: it may */
	bool rescans;            /* what was written is looked at anew when it is unmounted */
	bool is_held;
	bool is_writable; /* the person said yes */
	struct kb_chroot held;
	struct kb_tree tree; /* its files, with what its fstab mounts; root_fd -1: none are held */
};

/* rescue_hold.c: mounts it, for reading only or not, instead of how it is mounted. Not 0: told why.
 */
int kb_rescue_hold(struct kb_rescue *r, bool is_writable);
/* Unmounts it, and waits until it is. */
void kb_rescue_release(struct kb_rescue *r);
/* A program in it, with the terminal; argv empty: a shell. Its exit status. */
int kb_rescue_run(struct kb_rescue *r, const char *const *argv);
/* The same of one that only tells something: a page at a time. */
int kb_rescue_show(struct kb_rescue *r, const char *const *argv);
/* Is a program of that name in it? */
bool kb_rescue_has_program(const struct kb_rescue *r, const char *name);

/* rescue_write.c: asks for the yes, unless it was said. False: nothing is to be written. */
bool kb_rescue_may_write(struct kb_rescue *r);

/* The steps. Each tells what it does, and comes back. */
void kb_rescue_initramfs(struct kb_rescue *r);
void kb_rescue_password(struct kb_rescue *r);
void kb_rescue_boot(struct kb_rescue *r);
void kb_rescue_journal(struct kb_rescue *r);
void kb_rescue_pstore(struct kb_rescue *r);
void kb_rescue_check(struct kb_rescue *r);

/* Does the shell still have somebody to talk to? */
static inline bool kb_rescue_goes_on(const struct kb_rescue *r)
{
	return !r->shell->engine.leaving && !r->shell->events.hung_up;
}

#endif
