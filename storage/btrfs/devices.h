/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * btrfs on several devices: the kernel is told of each, so that a mount of one finds the others.
 * For assemble.c.
 * Must not mount anything.
 */
#ifndef KBOOT_STORAGE_BTRFS_DEVICES_H
#define KBOOT_STORAGE_BTRFS_DEVICES_H

#include "kboot/storage/assembly.h"

/* Filesystems on one device are no sets: nobody is told of them. */
KB_MUST_CHECK int kb_btrfs_assemble(const struct kb_assembly *a, const struct kb_set_sink *sink,
				    struct kb_error *err);

#endif
