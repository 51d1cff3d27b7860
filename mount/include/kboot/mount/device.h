/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device's filesystem as a tree, read-only and without one write reaching the disk.
 * For core, inside a worker that has a mount namespace of its own, or for the prompt's own mounts.
 * Must not replay a journal but into memory, must not take a disk away from who mounted it, must
 * not decide policy (read-write is the caller's word).
 */
#ifndef KBOOT_MOUNT_DEVICE_H
#define KBOOT_MOUNT_DEVICE_H

#include <stdbool.h>

#include "kboot/base/error.h"
#include "kboot/base/sys.h"
#include "kboot/model/device.h"
#include "kboot/mount/mount.h"

/* What is left out is NULL or false. */
struct kb_mount_options {
	const char *dev_dir; /* "/dev" */
	/* "/proc/modules": a driver that is being loaded is waited for. NULL: none is. */
	const char *modules;
	const char *work_dir; /* mount points are made below it: "/run/kboot/mnt" */
	bool read_write;
	/* Mount on exactly this folder, which stays afterwards; may be /proc/self/fd/N of an O_PATH
	 * descriptor. NULL: a fresh folder below work_dir. */
	const char *target;
	const char *subvolume; /* of a btrfs: "@", "@/.snapshots/1/snapshot" */
	/* More options for mount(2) that the caller knows to be safe, from an fstab:
	 * "umask=0077,utf8". Left out where the kernel does not take them. */
	const char *options;
	bool keep;       /* kb_mount_done closes, but does not unmount */
	bool hibernated; /* a system on this machine sleeps in a swap partition: no read_write */
};

/*
 * Mounts device (its fstype decides the type and the options that keep the disk unwritten), or
 * opens device->tree (and subvolume in it) in a simulation. -ENODEV for a type that is no
 * filesystem, -EUCLEAN for a hibernated or broken one, -EBUSY for one in use (also: mounted
 * read-only, where read_write is wanted), others from mount(2); always with a sentence. What is
 * mounted already, in our namespace, is shown once more, without what is mounted inside. Else the
 * block device stays read-only afterwards (BLKROSET), until somebody asks for read_write;
 * `blockdev --setrw` by hand. Waits for others who are mounting the same device.
 */
KB_MUST_CHECK int kb_mount_device(const struct kb_sys *sys, const struct kb_device *device,
				  const struct kb_mount_options *options,
				  struct kb_mount *ret_mount, struct kb_error *err);
/* Can kboot look into this type at all? NULL: no. */
bool kb_mount_knows(const char *fstype);

#endif
