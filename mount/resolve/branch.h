/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the lines of an environment's fstab are mounted: links on the way to a mount point are
 * followed inside the environment, as mount(8) does it.
 * For environment.c alone.
 * Must not mount anything: what is behind a mount point is known once something is mounted there.
 */
#ifndef KBOOT_MOUNT_BRANCH_H
#define KBOOT_MOUNT_BRANCH_H

#include "automount_private.h"

/* A branch for each line, its mount point looked for from the environment's root. */
KB_MUST_CHECK int kb_branches_init(struct kb_automount_namespace *ns, struct kb_error *err);
/* Something was mounted at a mount point: lines that go on from there are followed further. */
KB_MUST_CHECK int kb_branches_follow(struct kb_automount_namespace *ns, const char *at,
				     struct kb_error *err);
/* The branch that dir is in, with the longest mount point; *ret_rest is what is left of dir, "" or
 * "/x", borrowed from it. NULL: the root filesystem's own. */
struct branch *kb_branch_covering(const struct kb_automount_namespace *ns, const char *dir,
				  const char **ret_rest);
/* The line of a branch. */
const struct kb_fstab_line *kb_branch_line(const struct kb_automount_namespace *ns,
					   const struct branch *b);

#endif
