/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The systems in the subvolumes of a btrfs: "@" of Ubuntu, "@rootfs" of Debian, "root" of Fedora.
 * For the automounter, and for core, which reads them all. Must not mount.
 */
#ifndef KBOOT_MOUNT_SUBVOLUME_H
#define KBOOT_MOUNT_SUBVOLUME_H

#include "kboot/base/tree.h"
#include "kboot/model/fstab.h"

enum { KB_SUBVOLUMES_MAX = 1024 }; /* names in the root of a btrfs */

/*
 * Calls fn with the tree of each subvolume in the root of a btrfs that holds a system, in byte
 * order; its below is "/NAME". Where the root itself has an /etc there is none. What fn answers
 * stops the search where it is not 0; -E2BIG above KB_SUBVOLUMES_MAX names, -ENOMEM.
 */
KB_MUST_CHECK int kb_subvolumes_list(const struct kb_tree *top,
				     int (*fn)(void *ctx, const struct kb_tree *system), void *ctx);
/* Does the fstab in system say that its root is another subvolume, which is there? A snapshot does.
 */
bool kb_subvolume_is_copy(const struct kb_tree *top, const struct kb_tree *system,
			  const struct kb_fstab *fstab);

#endif
