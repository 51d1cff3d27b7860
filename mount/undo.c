/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>

#include "kboot/base/arena.h"
#include "kboot/mount/device.h"
#include "mountinfo.h"

enum { MOUNTINFO_BYTES = 4 << 20, MOUNTS_MAX = 8192, DEPTH_MAX = 256 };

struct place {
	struct kb_mountinfo info;
	unsigned depth; /* below how many other mounts */
	unsigned line;
	bool undo;
};

struct table {
	struct kb_arena arena;
	struct place *places;
	size_t count;
	unsigned unreadable; /* lines */
};

static void table_done(struct table *t)
{
	kb_arena_done(&t->arena);
}

static bool is_one_of(const char *word, const char *const *words)
{
	for (; *words; words++) {
		if (strcmp(*words, word) == 0) {
			return true;
		}
	}
	return false;
}

/* Whatever backs it: these hold the running system, not somebody's files. */
static bool is_systems_own(const char *fstype)
{
	static const char *const own[] = {"proc",     "sysfs",     "devtmpfs", "devpts",
					  "tmpfs",    "ramfs",     "rootfs",   "cgroup",
					  "cgroup2",  "debugfs",   "tracefs",  "securityfs",
					  "bpf",      "mqueue",    "pstore",   "efivarfs",
					  "configfs", "hugetlbfs", "autofs",   "binfmt_misc",
					  NULL};

	return is_one_of(fstype, own);
}

/* Files elsewhere, or stacked on other mounts that they keep busy. */
static bool is_remote_or_stacked(const char *fstype)
{
	static const char *const types[] = {"nfs",  "nfs4", "cifs",    "smb3", "9p",
					    "ceph", "afs",  "overlay", "fuse", NULL};

	return is_one_of(fstype, types) || strncmp(fstype, "fuse.", 5) == 0;
}

static bool wants_undo(const struct kb_mountinfo *info)
{
	if (is_systems_own(info->fstype)) {
		return false;
	}
	/* btrfs has an anonymous device number and its disk as the source. */
	return info->major != 0 || strncmp(info->source, "/dev/", 5) == 0 ||
	       is_remote_or_stacked(info->fstype);
}

static int add_line(struct table *t, struct kb_str line, unsigned number)
{
	struct place place = {.line = number};
	int r = kb_mountinfo_parse(&t->arena, line, &place.info);

	if (r == -EINVAL || (r == 0 && t->count == MOUNTS_MAX)) {
		t->unreadable++;
		return 0;
	}
	if (r == 0) {
		t->places[t->count++] = place;
	}
	return r;
}

static int read_table(struct table *t, const char *path)
{
	KB_BUF struct kb_buf buf = {0};
	KB_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct kb_str rest, line;
	int r = fd < 0 ? -errno : kb_read_all(fd, MOUNTINFO_BYTES, &buf);

	if (r < 0) {
		return r;
	}
	t->places = kb_arena_array(&t->arena, MOUNTS_MAX, sizeof(*t->places));
	if (!t->places) {
		return -ENOMEM;
	}
	rest = kb_buf_view(&buf);
	for (unsigned number = 1; r == 0 && kb_str_next_line(&rest, &line); number++) {
		r = add_line(t, line, number);
	}
	return r;
}

static int by_id(const void *a, const void *b)
{
	const struct place *x = a;
	const struct place *y = b;

	return (x->info.id > y->info.id) - (x->info.id < y->info.id);
}

static int by_depth(const void *a, const void *b)
{
	const struct place *x = a;
	const struct place *y = b;

	if (x->depth != y->depth) {
		return x->depth < y->depth ? -1 : 1;
	}
	return (x->line > y->line) - (x->line < y->line);
}

/* The places are sorted by id. NULL for the root, whose parent is not in our namespace. */
static struct place *parent_of(const struct table *t, const struct place *place)
{
	const struct place key = {.info.id = place->info.parent};

	if (place->info.parent == place->info.id) {
		return NULL;
	}
	return bsearch(&key, t->places, t->count, sizeof(key), by_id);
}

/* Marks what is to be undone and sorts it, outermost first. */
static void arrange(struct table *t)
{
	if (t->count == 0) {
		return;
	}
	qsort(t->places, t->count, sizeof(*t->places), by_id);
	for (size_t i = 0; i < t->count; i++) {
		struct place *place = &t->places[i];

		place->undo = wants_undo(&place->info);
		/* The bound also ends the walk should the parents go in a circle. */
		for (const struct place *p = parent_of(t, place); p && place->depth < DEPTH_MAX;
		     p = parent_of(t, p)) {
			place->depth++;
			/*
			 * The /proc and /dev that a chroot got are the system's own, but on a mount
			 * that goes they keep it busy.
			 */
			place->undo = place->undo ||
				      (wants_undo(&p->info) && strcmp(p->info.target, "/") != 0);
		}
		place->undo = place->undo && strcmp(place->info.target, "/") != 0;
	}
	qsort(t->places, t->count, sizeof(*t->places), by_depth);
}

/* Children first. Whether any went: then a busy one may be free now (a loop, an overlay). */
static bool unmount_round(const struct kb_sys *sys, struct table *t)
{
	bool any = false;

	for (size_t i = t->count; i > 0; i--) {
		struct place *place = &t->places[i - 1];

		if (place->undo &&
		    sys->umount(sys->ctx, place->info.target, UMOUNT_NOFOLLOW) == 0) {
			place->undo = false;
			any = true;
		}
	}
	return any;
}

static unsigned detach_rest(const struct kb_sys *sys, struct table *t)
{
	unsigned busy = 0;

	for (size_t i = t->count; i > 0; i--) {
		struct place *place = &t->places[i - 1];

		if (place->undo) {
			(void)sys->umount(sys->ctx, place->info.target,
					  UMOUNT_NOFOLLOW | MNT_DETACH);
			busy++;
		}
	}
	return busy;
}

int kb_mount_undo_all(const struct kb_sys *sys, const char *mountinfo_path, unsigned *ret_busy,
		      struct kb_error *err)
{
	KB_CLEANUP(table_done) struct table table = {0};
	int r = read_table(&table, mountinfo_path);

	if (r < 0) {
		return kb_error_set(err, r, "cannot read what is mounted from %s: %s",
				    mountinfo_path, strerror(-r));
	}
	arrange(&table);
	while (unmount_round(sys, &table)) {
	}
	*ret_busy = detach_rest(sys, &table) + table.unreadable;
	return 0;
}
