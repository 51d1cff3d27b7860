/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "replay.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include "journal.h"

/* A snapshot that was let go is taken apart in the background, and keeps its origin meanwhile. */
enum { BUSY_TRIES = 10, BUSY_PAUSE_MS = 50 };

static const unsigned long flags = KB_MOUNT_SAFE_FLAGS | MS_RDONLY;

struct kb_snapshot_maker kb_mount_snapshot_maker(const struct kb_mount_job *job)
{
	return (struct kb_snapshot_maker){job->sys, job->options->dev_dir, job->block_fd};
}

/* From the disk itself. */
static int mount_plain(const struct kb_mount_job *job,
		       const struct kb_mount_attempt attempts[static KB_MOUNT_ATTEMPTS])
{
	const struct timespec pause = {.tv_nsec = BUSY_PAUSE_MS * 1000000L};
	int r = kb_mount_try(job, job->source, attempts, flags);

	for (int i = 1; r == -EBUSY && i < BUSY_TRIES; i++) {
		(void)nanosleep(&pause, NULL);
		r = kb_mount_try(job, job->source, attempts, flags);
	}
	return r;
}

void kb_mount_note_replayed(struct kb_mount_job *job)
{
	(void)snprintf(job->note, sizeof(job->note), "%s: its journal was replayed in memory",
		       job->device->name);
}

static void note_left_alone(struct kb_mount_job *job, const char *why)
{
	(void)snprintf(job->note, sizeof(job->note),
		       "%s: its journal could not be replayed in memory (%.*s); files changed last "
		       "may be missing",
		       job->device->name, KB_MOUNT_NOTE_BYTES / 2, why);
}

static int mount_snapshot(struct kb_mount_job *job, struct kb_snapshot *snapshot)
{
	int r = kb_mount_try(job, snapshot->path, job->filesystem->replay, flags);

	if (r == 0) {
		/* Nobody shall make it writable and lose what he writes. */
		(void)job->sys->set_block_read_only(job->sys->ctx, snapshot->fd, true);
		kb_mount_note_replayed(job);
	}
	kb_snapshot_done(snapshot);
	return r;
}

/* The snapshot that another mount of this device uses. -ENOENT: none. */
static int mount_shared_snapshot(struct kb_mount_job *job)
{
	const struct kb_snapshot_maker maker = kb_mount_snapshot_maker(job);
	struct kb_snapshot snapshot;
	int r = kb_snapshot_find(&maker, &snapshot);

	return r < 0 ? r : mount_snapshot(job, &snapshot);
}

static int mount_replaying(struct kb_mount_job *job)
{
	const struct kb_snapshot_maker maker = kb_mount_snapshot_maker(job);
	struct kb_snapshot snapshot;
	struct kb_error why = {0};
	int r = kb_snapshot_make(&maker, &snapshot, &why);

	if (r == 0) {
		r = mount_snapshot(job, &snapshot);
		if (r == 0) {
			return 0;
		}
		kb_error_set(&why, r, "%s", strerror(-r));
	}
	r = mount_plain(job, job->filesystem->read_only);
	if (r == 0) {
		note_left_alone(job, why.text);
	}
	return r;
}

/* What drivers say when there is something to be done that takes writing: btrfs and xfs (a change
 * of its quota's state) have words of their own for it. */
static bool wants_to_write(int code)
{
	return code == -EROFS || code == -EACCES || code == -EPERM;
}

static int mount_asking(struct kb_mount_job *job)
{
	int r = mount_plain(job, job->filesystem->replay);
	int why = r;

	if (wants_to_write(r)) {
		return mount_replaying(job);
	}
	if (r == 0 || r == -EBUSY || r == -ENODEV) {
		return r;
	}
	/* A journal may be broken where the files are not. */
	r = mount_plain(job, job->filesystem->read_only);
	if (r == 0) {
		note_left_alone(job, strerror(-why));
	}
	return r;
}

static int mount_by_journal(struct kb_mount_job *job)
{
	int r = mount_shared_snapshot(job);

	if (r == 0) {
		return 0;
	}
	switch (kb_journal_look(job->block_fd, job->device->fstype)) {
	case KB_JOURNAL_DIRTY:
		return mount_replaying(job);
	case KB_JOURNAL_ASK:
		return mount_asking(job);
	case KB_JOURNAL_ELSEWHERE:
		r = mount_plain(job, job->filesystem->read_only);
		if (r == 0) {
			note_left_alone(job, "other devices belong to it");
		}
		return r;
	default:
		return mount_plain(job, job->filesystem->read_only);
	}
}

/*
 * The block device itself is made read-only before the mount: ext4 truncates and frees the orphaned
 * inodes of an unclean filesystem even on a read-only mount, f2fs does the like, and both write
 * error counters into their superblock later; all ask the device first whether it can be written.
 * The device must have been told by then, so the order matters. (The block layer only warns about
 * writes to a read-only device, so this does not replace the options in filesystem.c.)
 */
int kb_mount_unwritten(struct kb_mount_job *job)
{
	const struct kb_sys *sys = job->sys;
	int was_read_only;
	bool known = ioctl(job->block_fd, BLKROGET, &was_read_only) == 0;
	int r = sys->set_block_read_only(sys->ctx, job->block_fd, true);

	if (r < 0) {
		return r;
	}
	r = mount_by_journal(job);
	if (r < 0 && known && !was_read_only) {
		/* Somebody may have it mounted read-write: that is why we failed. */
		(void)sys->set_block_read_only(sys->ctx, job->block_fd, false);
	}
	return r;
}
