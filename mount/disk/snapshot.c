/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/dm-ioctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include "kboot/base/budget.h"

/* CHUNK_SECTORS: what the first write to a place takes; a page. */
enum { SECTOR_BYTES = 512, CHUNK_SECTORS = 8, PARAMS_BYTES = 128, CREATE_TRIES = 2 };

/* A request as the kernel wants it: one run of bytes. */
struct command {
	struct dm_ioctl head;
	struct dm_target_spec spec;
	char params[PARAMS_BYTES];
};

struct mapper {
	const struct kb_snapshot_maker *maker;
	int control_fd;
	dev_t origin;
};

static void mapper_done(struct mapper *m)
{
	m->control_fd = kb_close(m->control_fd);
}

static int mapper_open(struct mapper *m)
{
	char path[128];
	struct stat st;

	if (fstat(m->maker->origin_fd, &st) < 0) {
		return -errno;
	}
	m->origin = st.st_rdev;
	(void)snprintf(path, sizeof(path), "%s/mapper/control", m->maker->dev_dir);
	m->control_fd = open(path, O_RDWR | O_CLOEXEC | O_NOCTTY);
	return m->control_fd < 0 ? -errno : 0;
}

/* Neither device-mapper nor loop devices have hardware whose appearance would load them. The
 * kernel asks for the target itself. */
static void load_modules(const struct kb_sys *sys)
{
	static const char *const argv[] = {"/sbin/modprobe", "-ab", "loop", "dm-mod", NULL};
	static const char *const envp[] = {"PATH=/sbin:/bin", NULL};
	const struct kb_spawn spawn = {
		.argv = argv, .envp = envp, .stdin_fd = -1, .stdout_fd = -1, .stderr_fd = -1};
	pid_t pid = -1;

	/* Whether it helped shows when the control device is opened. */
	if (sys->spawn(sys->ctx, &spawn, &pid) == 0) {
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
		}
	}
}

static void command_init(struct command *c, const struct mapper *m, uint32_t flags)
{
	*c = (struct command){
		.head = {.version = {DM_VERSION_MAJOR, 0, 0},
			 .data_size = sizeof(*c),
			 .data_start = offsetof(struct command, spec),
			 .flags = flags},
	};
	(void)snprintf(c->head.name, sizeof(c->head.name), "kboot-%u:%u", major(m->origin),
		       minor(m->origin));
}

static int send_command(const struct mapper *m, unsigned long request, struct command *c)
{
	const struct kb_sys *sys = m->maker->sys;

	return sys->dm_ioctl(sys->ctx, m->control_fd, request, &c->head);
}

static int ask(const struct mapper *m, unsigned long request, uint32_t flags)
{
	struct command c;

	command_init(&c, m, flags);
	return send_command(m, request, &c);
}

static int open_snapshot(const struct mapper *m, uint64_t device, struct kb_snapshot *snapshot)
{
	(void)snprintf(snapshot->path, sizeof(snapshot->path), "%s/dm-%u", m->maker->dev_dir,
		       minor((dev_t)device));
	/* Not for writing: a kernel may refuse to mount what somebody else can write to. */
	snapshot->fd = open(snapshot->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	return snapshot->fd < 0 ? -errno : 0;
}

int kb_snapshot_find(const struct kb_snapshot_maker *maker, struct kb_snapshot *ret_snapshot)
{
	const uint32_t in_use = DM_ACTIVE_PRESENT_FLAG | DM_DEFERRED_REMOVE;
	KB_CLEANUP(mapper_done) struct mapper m = {.maker = maker, .control_fd = -1};
	struct kb_snapshot snapshot = {.fd = -1};
	struct command c;

	if (mapper_open(&m) < 0) {
		return -ENOENT;
	}
	command_init(&c, &m, 0);
	if (send_command(&m, DM_DEV_STATUS, &c) < 0) {
		return -ENOENT;
	}
	if ((c.head.flags & in_use) != in_use) {
		/* Whoever made it was killed half-way: it keeps the origin busy, for nobody. */
		(void)ask(&m, DM_DEV_REMOVE, 0);
		return -ENOENT;
	}
	if (open_snapshot(&m, c.head.dev, &snapshot) < 0) {
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
	struct command c;

	if (size < 0) {
		return -errno;
	}
	command_init(&c, m, 0);
	c.head.target_count = 1;
	c.spec.length = (uint64_t)size / SECTOR_BYTES;
	c.spec.next = sizeof(c) - offsetof(struct command, spec);
	(void)snprintf(c.spec.target_type, sizeof(c.spec.target_type), "snapshot");
	/* N: not persistent, so that the memory holds no tables. */
	(void)snprintf(c.params, sizeof(c.params), "%u:%u %u:%u N %d", major(m->origin),
		       minor(m->origin), major(memory), minor(memory), CHUNK_SECTORS);
	return send_command(m, DM_TABLE_LOAD, &c);
}

static int create(const struct mapper *m, uint64_t *ret_device)
{
	struct command c;
	int r = -EBUSY;

	for (int i = 0; r == -EBUSY && i < CREATE_TRIES; i++) {
		command_init(&c, m, 0);
		(void)snprintf(c.head.uuid, sizeof(c.head.uuid), "KBOOT-%u:%u", major(m->origin),
			       minor(m->origin));
		r = send_command(m, DM_DEV_CREATE, &c);
		if (r == -EBUSY) {
			(void)ask(m, DM_DEV_REMOVE, 0); /* half made, or unusable */
		}
	}
	if (r == 0) {
		*ret_device = c.head.dev;
	}
	return r;
}

/* The device is there. From the deferred removal on it lives as long as somebody has it open. */
static int set_up(const struct mapper *m, uint64_t device, int memory_fd,
		  struct kb_snapshot *snapshot)
{
	struct stat st;
	int r = fstat(memory_fd, &st) < 0 ? -errno : load_table(m, st.st_rdev);

	if (r == 0) {
		r = ask(m, DM_DEV_SUSPEND, 0); /* without DM_SUSPEND_FLAG: resume */
	}
	if (r == 0) {
		r = open_snapshot(m, device, snapshot);
	}
	if (r == 0) {
		r = ask(m, DM_DEV_REMOVE, DM_DEFERRED_REMOVE);
	}
	if (r < 0) {
		kb_snapshot_done(snapshot);
		(void)ask(m, DM_DEV_REMOVE, 0);
	}
	return r;
}

static int make(const struct mapper *m, struct kb_snapshot *snapshot, struct kb_error *err)
{
	const struct kb_sys *sys = m->maker->sys;
	KB_CLOSE int memory_fd = -1;
	uint64_t device = 0;
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
	KB_CLEANUP(mapper_done) struct mapper m = {.maker = maker, .control_fd = -1};
	struct kb_snapshot snapshot = {.fd = -1};
	int r = mapper_open(&m);

	if (r == -ENOENT || r == -ENODEV || r == -ENXIO) {
		load_modules(maker->sys);
		r = mapper_open(&m);
	}
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
