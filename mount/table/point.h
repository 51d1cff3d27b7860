/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mount points: a fresh folder for a mount, or one that is there.
 * For device.c and automount.c.
 * Must not remove anything but an empty folder.
 */
#ifndef KBOOT_MOUNT_POINT_H
#define KBOOT_MOUNT_POINT_H

#include <stddef.h>

#include "kboot/base/cleanup.h"

/* Makes a folder (0700) with its parents; one that is there is fine. */
KB_MUST_CHECK int kb_mount_folder_make(const char *path);

/*
 * Makes work_dir (0700, with its parents) and a folder below it whose name starts with name. It is
 * new in every call: workers with mount namespaces of their own share the folder, and removing a
 * mount point unmounts what others have there. -ENAMETOOLONG, other -errno.
 */
KB_MUST_CHECK int kb_mount_point_make(const char *work_dir, const char *name, char *ret_path,
				      size_t size);

/*
 * The path of a folder that is there, as text: one opened through /proc/self/fd/N is the folder
 * itself, not what was mounted on it later. -ENAMETOOLONG, other -errno.
 */
KB_MUST_CHECK int kb_mount_point_resolve(const char *target, char *ret_path, size_t size);

#endif
