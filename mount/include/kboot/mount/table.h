/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is mounted below a folder, as the kernel tells it.
 * For core: the list of the prompt's mounts, and unmounting them.
 * Must not trust what the kernel repeats of a source's name.
 */
#ifndef KBOOT_MOUNT_TABLE_H
#define KBOOT_MOUNT_TABLE_H

#include <stdbool.h>

#include "kboot/base/cleanup.h"

/* Strings are borrowed for the call. */
struct kb_mount_row {
	const char *target;
	const char *source;
	const char *fstype;
	bool read_only;
};

/*
 * Calls fn for every mount below folder, what was mounted last first, reading mountinfo_path
 * ("/proc/self/mountinfo"). An answer of fn other than 0 ends it and is the result.
 */
KB_MUST_CHECK int kb_mount_table(const char *mountinfo_path, const char *folder,
				 int (*fn)(void *ctx, const struct kb_mount_row *mounted),
				 void *ctx);

#endif
