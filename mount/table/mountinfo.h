/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /proc/self/mountinfo, as proc(5) describes it.
 * For the rooms of mount, and the tests.
 * Must not trust a byte of it: whoever mounts chooses names and sources.
 */
#ifndef KBOOT_MOUNT_MOUNTINFO_H
#define KBOOT_MOUNT_MOUNTINFO_H

#include <stdbool.h>
#include <stdint.h>

#include "kboot/base/arena.h"
#include "kboot/base/str.h"

enum { KB_MOUNTINFO_BYTES = 4 << 20, KB_MOUNTINFO_MAX = 8192 };

struct kb_mountinfo {
	uint64_t id;
	uint64_t parent;
	uint64_t major; /* 0: no block device behind it, or btrfs */
	uint64_t minor;
	bool read_only;   /* the mount, or its filesystem */
	const char *root; /* what of the filesystem: "/", "/subvolume" */
	const char *target;
	const char *fstype;
	const char *source;
};

/* One line without its LF; escapes (\040) are undone. -EINVAL, -ENOMEM. */
KB_MUST_CHECK int kb_mountinfo_parse(struct kb_arena *arena, struct kb_str line,
				     struct kb_mountinfo *ret_info);

struct kb_mounts {
	struct kb_mountinfo *mounts; /* in the order of the file */
	size_t n;
	unsigned unreadable; /* lines, also those above KB_MOUNTINFO_MAX */
};

/* Reads path ("/proc/self/mountinfo"). -ENOMEM, -errno of reading. */
KB_MUST_CHECK int kb_mountinfo_read(struct kb_arena *arena, const char *path,
				    struct kb_mounts *ret_mounts);

#endif
