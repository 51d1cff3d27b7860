/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A regular file that holds a filesystem (an ISO image, a squashfs) as a tree, read-only.
 * For core, inside a worker that has a mount namespace of its own, and for the automounter.
 * Must not outlive what mounts it: the loop device goes with the mount.
 */
#ifndef KBOOT_MOUNT_IMAGE_H
#define KBOOT_MOUNT_IMAGE_H

#include "kboot/mount/device.h"

/* The type of the filesystem that the file is ("iso9660", whatever partitions a hybrid one has
 * besides; "squashfs"), as libblkid calls it; NULL: none that is mounted from a file. */
const char *kb_image_fstype(int fd);
/*
 * Mounts the file fd, called name in messages ("sda1:/isos/x.iso"), as kb_mount_device mounts a
 * device; of the options work_dir, target, modules and keep count. -ENODEV: it is no such file, or
 * the kernel lacks a driver; -EUCLEAN for a broken one, others; always with a sentence.
 */
KB_MUST_CHECK int kb_mount_image(const struct kb_sys *sys, int fd, const char *name,
				 const struct kb_mount_options *options, struct kb_mount *ret_mount,
				 struct kb_error *err);

#endif
