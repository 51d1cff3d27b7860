/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two changes that a boot leaves on a disk: some bytes of a small file, where they are; the
 * name of a file.
 * For core, inside a worker that has a mount namespace of its own.
 * Must not change anything else, and must not decide whether the disk may be written.
 */
#ifndef KBOOT_MOUNT_IN_PLACE_H
#define KBOOT_MOUNT_IN_PLACE_H

#include "kboot/base/str.h"
#include "kboot/mount/device.h"

enum { KB_IN_PLACE_MAX_BYTES = 64 << 10 };

/* NULL, or why files of this type of filesystem are not changed in place. */
const char *kb_in_place_refusal(const char *fstype);

/*
 * Replaces what path holds by what edit makes of it, which is as long. The file is looked up on a
 * read-only mount; then its blocks, and no others, are written on the device itself, which nobody
 * may have mounted: no journal, no time stamp, no superblock changes. They are only written where
 * the device has there what the file says. Nothing is written where nothing changes. -EOPNOTSUPP
 * for a type of filesystem whose blocks have sums or copies, or a file with holes; -EFBIG above
 * KB_IN_PLACE_MAX_BYTES; -EBUSY; what edit answers below 0; always with a sentence.
 */
KB_MUST_CHECK int kb_in_place_edit(const struct kb_sys *sys, const struct kb_device *device,
				   const struct kb_mount_options *options, const char *path,
				   int (*edit)(void *ctx, struct kb_str old, struct kb_buf *out),
				   void *ctx, struct kb_error *err);
/* Renames path, which must be a file, within its folder, on a mount for writing: of FAT, or of an
 * ext2 to ext4 whose journal does not wait. -EOPNOTSUPP, -EUCLEAN; -EEXIST where name is taken. */
KB_MUST_CHECK int kb_in_place_rename(const struct kb_sys *sys, const struct kb_device *device,
				     const struct kb_mount_options *options, const char *path,
				     const char *name, struct kb_error *err);

#endif
