/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/dm-ioctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "kboot/base/budget.h"
#include "kboot/base/dm.h"

/* CHUNK_SECTORS: what the first write to a place takes; a page. */
enum { SECTOR_BYTES = 512, CHUNK_SECTORS = 8, PARAMS_BYTES = 128, CREATE_TRIES = 2 };

struct mapper {
	const struct kb_snapshot_maker *maker;
	struct kb_dm dm;
	dev_t origin;
	char name[KB_DM_NAME_BYTES];
};

static void mapper_done(struct mapper *m)
{
	kb_dm_done(&m->dm);
}

/* find: kb_dm_find or kb_dm_open. */
static int mapper_open(struct mapper *m,
		       int (*find)(const struct kb_sys *, const char *, struct kb_dm *))
{
	struct stat st;

	if (fstat(m->maker->origin_fd, &st) < 0) {
		return -errno;
	}
	m->origin = st.st_rdev;
	(void)snprintf(m->name, sizeof(m->name), "kboot-%u:%u", major(m->origin), minor(m->origin));
	return find(m->maker->sys, m->maker->dev_dir, &m->dm);
}

static void remove_at_once(const struct mapper *m)
{
	(void)!kb_dm_remove(&m->dm, &(struct kb_dm_id){.name = m->name}, 0);
}

static int open_snapshot(const struct mapper *m, dev_t device, struct kb_snapshot *snapshot)
{
	(void)snprintf(snapshot->path, sizeof(snapshot->path), "%s/dm-%u", m->maker->dev_dir,
		       minor(device));
	/* Not for writing: a kernel may refuse to mount what somebody else can write to. */
	snapshot->fd = open(snapshot->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	return snapshot->fd < 0 ? -errno : 0;
}

int kb_snapshot_find(const struct kb_snapshot_maker *maker, struct kb_snapshot *ret_snapshot)
{
	const uint32_t in_use = DM_ACTIVE_PRESENT_FLAG | DM_DEFERRED_REMOVE;
	KB_CLEANUP(mapper_done) struct mapper m = {.maker = maker, .dm = {.control_fd = -1}};
	struct kb_snapshot snapshot = {.fd = -1};
	struct kb_dm_status status;

	if (mapper_open(&m, kb_dm_find) < 0 ||
	    kb_dm_status(&m.dm, &(struct kb_dm_id){.name = m.name}, &status) < 0) {
		return -ENOENT;
	}
	if ((status.flags & in_use) != in_use) {
		/* Whoever made it was killed half-way: it keeps the origin busy, for nobody. */
		remove_at_once(&m);
		return -ENOENT;
	}
	if (open_snapshot(&m, status.dev, &snapshot) < 0) {
		return -ENOENT;
	}
	*ret_snapshot = snapshot;
	return 0;
}

/* All snapshots share one room; this is only the most that one of them can take of it. */
static uint64_t memory_bytes(void)
{
	KB_CLOSE int procfs_fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct kb_memory memory = {0};
	uint64_t bytes;

	if (kb_memory_read(procfs_fd, &memory) < 0) {
		return KB_SNAPSHOT_BLIND_BYTES;
	}
	bytes = kb_memory_share(&memory, KB_SHARE_SNAPSHOTS);
	return bytes - bytes % ((uint64_t)CHUNK_SECTORS * SECTOR_BYTES);
}

static int load_table(const struct mapper *m, dev_t memory)
{
	off_t size = lseek(m->maker->origin_fd, 0, SEEK_END);
	char params[PARAMS_BYTES];
	const struct kb_dm_target target = {.length = (uint64_t)size / SECTOR_BYTES,
					    .type = "snapshot",
					    .params = params};

	if (size < 0) {
		return -errno;
	}
	/* N: not persistent, so that the memory holds no tables. */
	(void)snprintf(params, sizeof(params), "%u:%u %u:%u N %d", major(m->origin),
		       minor(m->origin), major(memory), minor(memory), CHUNK_SECTORS);
	return kb_dm_load(&m->dm, m->name, 0, &target, 1);
}

static int create(const struct mapper *m, dev_t *ret_device)
{
	char uuid[KB_DM_UUID_BYTES];
	int r = -EBUSY;

	(void)snprintf(uuid, sizeof(uuid), KB_DM_SNAPSHOT "%u:%u", major(m->origin),
		       minor(m->origin));
	for (int i = 0; r == -EBUSY && i < CREATE_TRIES; i++) {
		r = kb_dm_create(&m->dm, m->name, uuid, ret_device);
		if (r == -EBUSY) {
			remove_at_once(m); /* half made, or unusable */
		}
	}
	return r;
}

/* The device is there. From the deferred removal on it lives as long as somebody has it open. */
static int set_up(const struct mapper *m, dev_t device, int memory_fd, struct kb_snapshot *snapshot)
{
	const struct kb_dm_id id = {.name = m->name};
	struct stat st;
	int r = fstat(memory_fd, &st) < 0 ? -errno : load_table(m, st.st_rdev);

	r = r < 0 ? r : kb_dm_suspend(&m->dm, m->name, 0); /* resumes */
	r = r < 0 ? r : open_snapshot(m, device, snapshot);
	r = r < 0 ? r : kb_dm_remove(&m->dm, &id, DM_DEFERRED_REMOVE);
	if (r < 0) {
		kb_snapshot_done(snapshot);
		remove_at_once(m);
	}
	return r;
}

static int make(const struct mapper *m, struct kb_snapshot *snapshot, struct kb_error *err)
{
	const struct kb_sys *sys = m->maker->sys;
	KB_CLOSE int memory_fd = -1;
	dev_t device = 0;
	int r = sys->memory_disk(sys->ctx, memory_bytes(), &memory_fd);

	if (r < 0) {
		return kb_error_set(err, r, "no loop device over memory: %s", strerror(-r));
	}
	r = create(m, &device);
	if (r == 0) {
		r = set_up(m, device, memory_fd, snapshot);
	}
	return r < 0 ? kb_error_set(err, r, "no snapshot by device-mapper: %s", strerror(-r)) : 0;
}

int kb_snapshot_make(const struct kb_snapshot_maker *maker, struct kb_snapshot *ret_snapshot,
		     struct kb_error *err)
{
	KB_CLEANUP(mapper_done) struct mapper m = {.maker = maker, .dm = {.control_fd = -1}};
	struct kb_snapshot snapshot = {.fd = -1};
	int r = mapper_open(&m, kb_dm_open);

	if (r < 0) {
		return kb_error_set(err, r, "no device-mapper: %s", strerror(-r));
	}
	r = make(&m, &snapshot, err);
	if (r == 0) {
		*ret_snapshot = snapshot;
	}
	return r;
}

void kb_snapshot_done(struct kb_snapshot *snapshot)
{
	if (snapshot) {
		snapshot->fd = kb_close(snapshot->fd);
	}
}
