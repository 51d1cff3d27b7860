/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the lines of an environment's fstab are mounted: links on the way to a mount point are
 * followed inside the environment, as mount(8) does it.
 * For environment.c alone.
 * Must not mount anything: what is behind a mount point is known once something is mounted there.
 */
#ifndef KBOOT_MOUNT_FSTAB_MOUNT_H
#define KBOOT_MOUNT_FSTAB_MOUNT_H

#include "namespace.h"

/* An fstab mount for each line, its mount point looked for from the environment's root. */
KB_MUST_CHECK int kb_fstab_mounts_init(struct kb_automount_namespace *ns, struct kb_error *err);
/* Something was mounted at a mount point: lines that go on from there are followed further. */
KB_MUST_CHECK int kb_fstab_mounts_follow(struct kb_automount_namespace *ns, const char *at,
					 struct kb_error *err);
/* The fstab mount that dir is in, with the longest mount point; *ret_rest is what is left of dir,
 * "" or
 * "/x", borrowed from it. NULL: the root filesystem's own. */
struct fstab_mount *kb_fstab_mount_covering(const struct kb_automount_namespace *ns,
					    const char *dir, const char **ret_rest);
/* The line of an fstab mount. */
const struct kb_fstab_line *kb_fstab_mount_line(const struct kb_automount_namespace *ns,
						const struct fstab_mount *m);

#endif
