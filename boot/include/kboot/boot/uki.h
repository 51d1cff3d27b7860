/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A unified kernel image taken apart, as its stub would (UAPI.5): kexec starts the kernel in it,
 * not the stub. For the worker that loads. Must not trust an offset or a size in the file, and must
 * not take more memory than it may.
 */
#ifndef KBOOT_BOOT_UKI_H
#define KBOOT_BOOT_UKI_H

#include "kboot/base/arena.h"
#include "kboot/boot/load.h"

enum { KB_UKI_MAX_ARCHIVES = 4 };

/* Files in memory, the caller's to close; -1: there is no such part. */
struct kb_uki_parts {
	struct kb_boot_file kernel;
	struct kb_boot_file microcode; /* goes before the other initrds */
	struct kb_boot_file initrd;
	struct kb_boot_file dtb;
	/* What the image says of itself, for the system that boots: goes behind them. */
	struct kb_boot_file archives[KB_UKI_MAX_ARCHIVES];
	const char *args;  /* its own command line; "" for none */
	const char *uname; /* the version of its kernel; "" where it says none */
	unsigned machine;
};

/* The number of the profile that a command line begins with ("@1 quiet"), which is taken off it; 0
 * without one. */
unsigned kb_uki_profile(const char **args);
/*
 * Copies what it needs into memory, of which *room bytes may be taken, and are taken off; names and
 * texts live in the arena. -ENOENT where the profile is not there, -ENOMEM with a sentence,
 * -EUCLEAN.
 */
KB_MUST_CHECK int kb_uki_take_apart(const struct kb_boot_file *image, unsigned profile,
				    uint64_t *room, struct kb_arena *arena,
				    struct kb_uki_parts *ret_parts, struct kb_error *err);
/* The same of an addon of that image. -ENOEXEC, with a sentence, where it is none, or none for this
 * one. */
KB_MUST_CHECK int kb_uki_take_addon(const struct kb_boot_file *addon,
				    const struct kb_uki_parts *image, uint64_t *room,
				    struct kb_arena *arena, struct kb_uki_parts *ret_parts,
				    struct kb_error *err);
/* Which command line counts: the given one, unless it is empty or Secure Boot is on and the image
 * has its own. */
const char *kb_uki_args(const struct kb_uki_parts *parts, const struct kb_boot_host *host,
			const char *given);
void kb_uki_parts_close(struct kb_uki_parts *parts);

#endif
