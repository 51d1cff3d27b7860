/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A mounted filesystem, of a disk or a server, and the end of it; unmounting all that there is.
 * For core, and for whatever mounts.
 * Must not remove anything but an empty folder of ours.
 */
#ifndef KBOOT_MOUNT_MOUNT_H
#define KBOOT_MOUNT_MOUNT_H

#include <stdbool.h>

#include "kboot/base/error.h"
#include "kboot/base/sys.h"
#include "kboot/base/tree.h"

enum { KB_MOUNT_TARGET_BYTES = 1024, KB_MOUNT_NOTE_BYTES = 256 };

struct kb_mount {
	const struct kb_sys *sys;
	char target[KB_MOUNT_TARGET_BYTES]; /* where it is mounted; "" in a simulation */
	bool is_ours;                       /* kb_mount_done unmounts it, */
	bool is_fresh;                      /* and removes the folder */
	struct kb_tree tree;
	char name[64];
	/* Of a btrfs, which subvolume it is, from the top: "/@"; "" for the top itself. */
	char subvolume[KB_MOUNT_TARGET_BYTES];
	/* One sentence worth logging ("sda2: its journal was replayed in memory"), or "". */
	char note[KB_MOUNT_NOTE_BYTES];
};

/* Unmounts and closes. NULL and zeroed are fine. */
void kb_mount_done(struct kb_mount *mount);
/* Leaves the tree alone, until it is closed: for who gives away the means to unmount. */
void kb_mount_detach(struct kb_mount *mount);
/* Unmounts target, at once or as soon as nobody uses it. */
void kb_unmount(const struct kb_sys *sys, const char *target);
/*
 * Unmounts what is mounted from a block device or the network, children first, reading
 * mountinfo_path ("/proc/self/mountinfo"). What cannot be unmounted is detached (MNT_DETACH) and
 * counted in *ret_busy. Never / and the system's own (proc, tmpfs, …), but those on a mount that
 * goes; loop devices only where something stays busy without that.
 */
KB_MUST_CHECK int kb_unmount_all(const struct kb_sys *sys, const char *mountinfo_path,
				 unsigned *ret_busy, struct kb_error *err);

#endif
