/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>

#include "kboot/base/arena.h"
#include "kboot/mount/mount.h"
#include "mountinfo.h"

enum { DEPTH_MAX = 256, LOOP_MAJOR = 7 };

/*
 * A loop device's file may be on a disk, which then stays busy until the loop goes; or in kboot's
 * own memory, as the stock kernel's modules are, which had better stay for the case that the jump
 * fails. So loops go only where without that something stays busy.
 */
enum fate { KEPT, IF_BUSY, UNMOUNTED };

struct place {
	struct kb_mountinfo info;
	unsigned depth; /* below how many other mounts */
	unsigned line;
	enum fate fate;
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

static enum fate own_fate(const struct kb_mountinfo *info)
{
	if (strcmp(info->target, "/") == 0 || is_systems_own(info->fstype)) {
		return KEPT;
	}
	if (info->major == LOOP_MAJOR) {
		return IF_BUSY;
	}
	/* btrfs has an anonymous device number and its disk as the source. */
	return info->major != 0 || strncmp(info->source, "/dev/", 5) == 0 ||
			       is_remote_or_stacked(info->fstype)
		       ? UNMOUNTED
		       : KEPT;
}

static int read_table(struct table *t, const char *path)
{
	struct kb_mounts all = {0};
	int r = kb_mountinfo_read(&t->arena, path, &all);

	if (r < 0) {
		return r;
	}
	t->unreadable = all.unreadable;
	t->places = kb_arena_array(&t->arena, all.n, sizeof(*t->places));
	if (!t->places) {
		return -ENOMEM;
	}
	for (t->count = 0; t->count < all.n; t->count++) {
		t->places[t->count] =
			(struct place){.info = all.mounts[t->count], .line = (unsigned)t->count};
	}
	return 0;
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

/*
 * Depth and fate. What is mounted on something that goes, goes with it: the /proc and /dev that a
 * chroot got are the system's own, but there they keep a disk busy.
 */
static void judge(const struct table *t, struct place *place)
{
	place->fate = own_fate(&place->info);
	/* The bound also ends the walk should the parents go in a circle. */
	for (const struct place *p = parent_of(t, place); p && place->depth < DEPTH_MAX;
	     p = parent_of(t, p)) {
		enum fate fate = own_fate(&p->info);

		place->depth++;
		place->fate = fate > place->fate ? fate : place->fate;
	}
	if (strcmp(place->info.target, "/") == 0) {
		place->fate = KEPT;
	}
}

/* Outermost first. */
static void arrange(struct table *t)
{
	if (t->count == 0) {
		return;
	}
	qsort(t->places, t->count, sizeof(*t->places), by_id);
	for (size_t i = 0; i < t->count; i++) {
		judge(t, &t->places[i]);
	}
	qsort(t->places, t->count, sizeof(*t->places), by_depth);
}

/* Children first, again while any goes: then a busy one may be free (an overlay's disk). How many
 * are left. */
static unsigned unmount_all(const struct kb_sys *sys, struct table *t, int flags)
{
	unsigned left;
	bool any;

	do {
		any = false;
		left = 0;
		for (size_t i = t->count; i > 0; i--) {
			struct place *place = &t->places[i - 1];

			if (place->fate != UNMOUNTED) {
				continue;
			}
			if (sys->umount(sys->ctx, place->info.target, flags) == 0) {
				place->fate = KEPT;
				any = true;
			} else {
				left++;
			}
		}
	} while (any && left > 0);
	return left;
}

static void condemn_loops(struct table *t)
{
	for (size_t i = 0; i < t->count; i++) {
		if (t->places[i].fate == IF_BUSY) {
			t->places[i].fate = UNMOUNTED;
		}
	}
}

int kb_unmount_all(const struct kb_sys *sys, const char *mountinfo_path, unsigned *ret_busy,
		   struct kb_error *err)
{
	KB_CLEANUP(table_done) struct table table = {0};
	unsigned busy;
	int r = read_table(&table, mountinfo_path);

	if (r < 0) {
		return kb_error_set(err, r, "cannot read what is mounted from %s: %s",
				    mountinfo_path, strerror(-r));
	}
	arrange(&table);
	busy = unmount_all(sys, &table, UMOUNT_NOFOLLOW);
	if (busy > 0) {
		condemn_loops(&table);
		busy = unmount_all(sys, &table, UMOUNT_NOFOLLOW);
	}
	if (busy > 0) {
		(void)unmount_all(sys, &table, UMOUNT_NOFOLLOW | MNT_DETACH);
	}
	*ret_busy = busy + table.unreadable;
	return 0;
}
