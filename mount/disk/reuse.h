/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device that is mounted already is shown once more, not taken away from who mounted it.
 * For device.c.
 * Must not change the mount that is there, nor the block device.
 */
#ifndef KBOOT_MOUNT_REUSE_H
#define KBOOT_MOUNT_REUSE_H

#include "job.h"

enum kb_reuse {
	KB_REUSE_NONE,    /* it is not mounted, or only in ways that are no use */
	KB_REUSE_MOUNTED, /* on the job's target, without what is mounted inside the other mount */
	KB_REUSE_THERE,   /* the target had it already */
};

/* Looks in our mount namespace, for the job's device and its snapshot. -EBUSY where it is mounted
 * but not for writing, which is wanted; always with a sentence. */
KB_MUST_CHECK int kb_mount_reuse(struct kb_mount_job *job, bool read_write,
				 enum kb_reuse *ret_reuse, struct kb_error *err);

#endif
