/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A block device that reads as another one and keeps in memory what is written to it: there a
 * filesystem may replay its journal.
 * For replay.c.
 * Must not write to the other device, nor make it writable.
 */
#ifndef KBOOT_MOUNT_SNAPSHOT_H
#define KBOOT_MOUNT_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

#include "kboot/base/error.h"
#include "kboot/base/sys.h"

/* What may be written to a snapshot where nothing tells how much memory there is. */
enum { KB_SNAPSHOT_BLIND_BYTES = 16 << 20 };

struct kb_snapshot {
	char path[128]; /* "/dev/dm-0" */
	int fd;         /* open on it */
};

/*
 * One origin has one snapshot, which all workers share: there cannot be two mounted filesystems of
 * one UUID. It goes by itself when nobody has it open or mounted any more, however they end.
 * Callers have a lock on the origin (flock) meanwhile.
 */
struct kb_snapshot_maker {
	const struct kb_sys *sys;
	const char *dev_dir;
	int origin_fd;
};

/* The one that is there: -ENOENT where none is. A half-made one is removed. */
KB_MUST_CHECK int kb_snapshot_find(const struct kb_snapshot_maker *maker,
				   struct kb_snapshot *ret_snapshot);
/* Makes it. -EBUSY where the origin is mounted; always with a sentence (that names no device). */
KB_MUST_CHECK int kb_snapshot_make(const struct kb_snapshot_maker *maker,
				   struct kb_snapshot *ret_snapshot, struct kb_error *err);
/* Closes. NULL is fine. */
void kb_snapshot_done(struct kb_snapshot *snapshot);

#endif
