/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A read-only mount that shows what the journal holds, without a write to the disk.
 * For device.c; reuse.c shows what was mounted so.
 * Must not replay a journal anywhere but in memory.
 */
#ifndef KBOOT_MOUNT_REPLAY_H
#define KBOOT_MOUNT_REPLAY_H

#include "job.h"
#include "snapshot.h"

/*
 * Mounts the job's device read-only. A journal that waits is replayed into a snapshot, or, where
 * that cannot be made, left alone; job->note tells. The block device stays read-only, unless the
 * mount failed and it was not before. Plain -errno.
 */
KB_MUST_CHECK int kb_mount_unwritten(struct kb_mount_job *job);
/* The sentence for a mount from a snapshot. */
void kb_mount_note_replayed(struct kb_mount_job *job);
/* For kb_snapshot_find(). */
struct kb_snapshot_maker kb_mount_snapshot_maker(const struct kb_mount_job *job);

#endif
