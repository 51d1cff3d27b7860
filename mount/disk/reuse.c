/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reuse.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "replay.h"
#include "table/mounted.h"

static void mounted_done(struct kb_mounted *mounted)
{
	mounted->root_fd = kb_close(mounted->root_fd);
}

/* mountinfo names subvolumes by their path. */
static bool names_by_id(const struct kb_mount_job *job)
{
	return job->options->options && strstr(job->options->options, "subvolid=");
}

static int look(const struct kb_mount_job *job, int block_fd, const char *source, bool writable,
		struct kb_mounted *mounted)
{
	struct kb_mounted_query query = {
		.mountinfo_path = "/proc/self/mountinfo",
		.source = source,
		.subvolume = job->options->subvolume,
		.writable = writable,
	};
	struct stat st;
	int r;

	if (fstat(block_fd, &st) < 0) {
		return -errno;
	}
	query.device = st.st_rdev;
	r = kb_mounted_look(&query, mounted);
	if (r == 0 && names_by_id(job)) {
		mounted->root_fd = kb_close(mounted->root_fd);
	}
	return r;
}

static int look_at_snapshot(const struct kb_mount_job *job, struct kb_mounted *mounted)
{
	const struct kb_snapshot_maker maker = kb_mount_snapshot_maker(job);
	struct kb_snapshot snapshot;
	int r = kb_snapshot_find(&maker, &snapshot);

	if (r < 0) {
		return 0;
	}
	r = look(job, snapshot.fd, snapshot.path, false, mounted);
	kb_snapshot_done(&snapshot);
	return r;
}

/* A plain bind: what is mounted inside the other mount does not come along. */
static int bind(const struct kb_mount_job *job, int root_fd, bool read_write)
{
	const struct kb_sys *sys = job->sys;
	unsigned long flags = KB_MOUNT_SAFE_FLAGS | (read_write ? 0 : MS_RDONLY);
	char source[64];
	int r;

	(void)snprintf(source, sizeof(source), "/proc/self/fd/%d", root_fd);
	r = sys->mount(sys->ctx, source, job->target, NULL, MS_BIND, NULL);
	if (r == 0) {
		r = sys->mount(sys->ctx, NULL, job->target, NULL, MS_REMOUNT | MS_BIND | flags,
			       NULL);
		if (r < 0) {
			kb_unmount(sys, job->target);
		}
	}
	return r;
}

static int not_for_writing(const struct kb_mount_job *job, struct kb_error *err)
{
	return kb_error_set(err, -EBUSY,
			    "%s is mounted already, but not for writing; unmount it first",
			    job->device->name);
}

/* Some other part of the filesystem is mounted: the driver has the device, whatever its state. */
static int mount_beside(const struct kb_mount_job *job)
{
	return kb_mount_try(job, job->source, job->filesystem->read_only,
			    KB_MOUNT_SAFE_FLAGS | MS_RDONLY);
}

static int show(const struct kb_mount_job *job, const struct kb_mounted *mounted, bool read_write,
		bool *ret_is_there)
{
	if (mounted->root_fd < 0) {
		return mount_beside(job);
	}
	if (strcmp(mounted->target, job->target) == 0) {
		*ret_is_there = true;
		return 0;
	}
	return bind(job, mounted->root_fd, read_write);
}

int kb_mount_reuse(struct kb_mount_job *job, bool read_write, enum kb_reuse *ret_reuse,
		   struct kb_error *err)
{
	KB_CLEANUP(mounted_done) struct kb_mounted mounted = {.root_fd = -1};
	bool is_there = false;
	bool is_snapshot = false;
	int r = look(job, job->block_fd, job->source, read_write, &mounted);

	if (r == 0 && !mounted.is_mounted) {
		r = look_at_snapshot(job, &mounted);
		is_snapshot = mounted.is_mounted;
	}
	if (r < 0) {
		return kb_error_set(err, r, "%s: cannot see what is mounted: %s", job->device->name,
				    strerror(-r));
	}
	if (read_write && mounted.is_mounted && (is_snapshot || mounted.root_fd < 0)) {
		return not_for_writing(job, err);
	}
	if (!mounted.is_mounted || (is_snapshot && mounted.root_fd < 0)) {
		*ret_reuse = KB_REUSE_NONE;
		return 0;
	}
	r = show(job, &mounted, read_write, &is_there);
	if (r < 0) {
		return kb_mount_failure(job, r, err);
	}
	if (is_snapshot) {
		kb_mount_note_replayed(job);
	}
	*ret_reuse = is_there ? KB_REUSE_THERE : KB_REUSE_MOUNTED;
	return 0;
}
