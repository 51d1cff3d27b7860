/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lets a block device be written to, with all that it stands on: partitions, arrays, volumes, what
 * is encrypted. A person has asked for it. For device.c. Must not do so where what is written would
 * stay in memory.
 */
#ifndef KBOOT_MOUNT_WRITABLE_H
#define KBOOT_MOUNT_WRITABLE_H

#include "kboot/base/error.h"
#include "kboot/base/sys.h"

/*
 * name: the kernel's, below dev_dir. sysfs_fd: of /sys. -EROFS, with a sentence: kboot can only
 * read this kind. What was made writable before an error stays so.
 */
KB_MUST_CHECK int kb_make_writable(const struct kb_sys *sys, int sysfs_fd, const char *dev_dir,
				   const char *name, struct kb_error *err);

#endif
