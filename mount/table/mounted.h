/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is a block device mounted already, and where can it be seen?
 * For reuse.c; automount.c asks for mount points.
 * Must not trust that a line of mountinfo still speaks of what is at that path.
 */
#ifndef KBOOT_MOUNT_MOUNTED_H
#define KBOOT_MOUNT_MOUNTED_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "kboot/mount/mount.h"

struct kb_mounted_query {
	const char *mountinfo_path; /* "/proc/self/mountinfo" */
	dev_t device;
	const char *source;    /* "/dev/sda2": a btrfs has a device number of its own */
	const char *subvolume; /* NULL: the whole filesystem */
	bool writable;         /* a read-only mount will not do */
};

struct kb_mounted {
	bool is_mounted; /* in our mount namespace, even if not as wanted */
	int root_fd;     /* O_PATH; -1: no mount shows what is wanted */
	char target[KB_MOUNT_TARGET_BYTES];
};

/* The number, as in mountinfo, of the mount that a descriptor (O_PATH too) is on. */
KB_MUST_CHECK int kb_mount_id(int fd, uint64_t *ret_id);
/* What of its filesystem the mount is that a descriptor is on, of size bytes: "/", "/@". -ENOENT,
 * -ENAMETOOLONG, … */
KB_MUST_CHECK int kb_mounted_root(int fd, const char *mountinfo_path, char *ret_root, size_t size);
/* -ENOMEM, -errno of reading mountinfo. */
KB_MUST_CHECK int kb_mounted_look(const struct kb_mounted_query *query,
				  struct kb_mounted *ret_mounted);

#endif
