/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A btrfs whose default subvolume is not its top, with the subvolumes that the fstab there mounts:
 * openSUSE's /.snapshots. For the worker that looks at the device.
 * Must mount before anything is read, and lay over each other without a mount.
 */
#ifndef KBOOT_CORE_SCAN_SUBVOLUMES_H
#define KBOOT_CORE_SCAN_SUBVOLUMES_H

#include "kboot/model/fstab.h"
#include "kboot/mount/device.h"

enum { KB_SCAN_SUBVOLUMES_MAX = 32 };

/* Zeroed is empty. */
struct kb_scan_subvolumes {
	struct kb_mount top;
	struct kb_tree_mount mounts[KB_SCAN_SUBVOLUMES_MAX];
	size_t n;
};

/* Mounts the top beside what is mounted; nothing where that is the top, or it cannot be had. */
void kb_scan_subvolumes_open(struct kb_scan_subvolumes *s, const struct kb_sys *sys,
			     const struct kb_device *device, const struct kb_mount *mount,
			     const struct kb_mount_options *options);
/* The mounts of tree, the default subvolume, and of the fstab in it; all of it outlives s. Those
 * above KB_SCAN_SUBVOLUMES_MAX are left out. */
void kb_scan_subvolumes_lay(struct kb_scan_subvolumes *s, struct kb_arena *arena,
			    const struct kb_device *device, const struct kb_mount *mount,
			    const struct kb_fstab *fstab, struct kb_tree *tree);
void kb_scan_subvolumes_done(struct kb_scan_subvolumes *s);

#endif
