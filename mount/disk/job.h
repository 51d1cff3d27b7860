/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One mount in the making, and mount(2) with the options that its filesystem wants.
 * For device.c, replay.c, reuse.c.
 * Must not decide whether a disk may be written: the flags are the caller's.
 */
#ifndef KBOOT_MOUNT_JOB_H
#define KBOOT_MOUNT_JOB_H

#include <sys/mount.h>

#include "filesystem.h"
#include "kboot/mount/device.h"

/* Nothing on a found disk may act on kboot's own system. */
enum { KB_MOUNT_SAFE_FLAGS = MS_NODEV | MS_NOSUID | MS_NOEXEC | MS_NOATIME };

struct kb_mount_job {
	const struct kb_sys *sys;
	const struct kb_device *device;
	const struct kb_mount_options *options;
	const struct kb_filesystem *filesystem;
	int block_fd;
	char source[512]; /* "/dev/sda2" */
	char target[KB_MOUNT_TARGET_BYTES];
	char note[KB_MOUNT_NOTE_BYTES];
};

/*
 * Mounts source (the job's, or its snapshot) on the job's target by the first attempt that the
 * kernel takes; with the subvolume and the options that the caller of kb_mount_device wants.
 */
KB_MUST_CHECK int kb_mount_try(const struct kb_mount_job *job, const char *source,
			       const struct kb_mount_attempt attempts[static KB_MOUNT_ATTEMPTS],
			       unsigned long flags);
/* The sentence for what mount(2) said; answers the code that kb_mount_device answers. */
int kb_mount_failure(const struct kb_mount_job *job, int code, struct kb_error *err);

#endif
