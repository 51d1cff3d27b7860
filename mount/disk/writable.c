/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "writable.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <string.h>
#include <sys/stat.h>

#include "kboot/base/dm.h"
#include "kboot/base/tree.h"

enum { STACK_MAX = 8, SLAVES_MAX = 64 };

struct writable {
	const struct kb_sys *sys;
	const struct kb_tree sysfs;
	const char *dev_dir;
	struct kb_error *err;
	unsigned depth;
};

static int make(struct writable *w, const char *name);

static int make_member(void *ctx, const char *name)
{
	return make(ctx, name);
}

static int make_members(struct writable *w, const char *name)
{
	/* Of a disk, and of a partition. */
	static const char *const folders[] = {"slaves", "../slaves"};
	int r = -ENOENT;

	if (w->depth == STACK_MAX) {
		return kb_error_set(w->err, -ELOOP, "%s stands on too many others", name);
	}
	w->depth++;
	for (size_t i = 0; r == -ENOENT && i < KB_ARRAY_LEN(folders); i++) {
		char path[256];

		(void)snprintf(path, sizeof(path), "/class/block/%s/%s", name, folders[i]);
		r = kb_tree_list(&w->sysfs, path, SLAVES_MAX, make_member, w);
	}
	w->depth--;
	return r == -ENOENT || r == -ENOTDIR ? 0 : r;
}

/* Of others the kernel, or kboot, keeps more than a map: what is written to them would be lost, or
 * change what must not be changed. */
static bool is_plain_map(const struct kb_dm_table *table)
{
	static const char *const plain[] = {"linear", "striped", "crypt"};

	for (size_t i = 0; i < table->n_targets; i++) {
		bool is_plain = false;

		for (size_t k = 0; k < KB_ARRAY_LEN(plain); k++) {
			is_plain = is_plain || strcmp(table->targets[i].type, plain[k]) == 0;
		}
		if (!is_plain) {
			return false;
		}
	}
	return table->n_targets > 0;
}

/* The same table, without what makes it read-only. */
static int map_again(const struct kb_dm *dm, const struct kb_dm_status *status,
		     const struct kb_dm_table *table)
{
	int r = kb_dm_load(dm, status->name, 0, table->targets, table->n_targets);

	return r < 0 ? r : kb_dm_suspend(dm, status->name, 0);
}

static int make_map(struct writable *w, const char *name, dev_t dev)
{
	const struct kb_dm_id id = {.dev = dev};
	struct kb_dm_table table = {0};
	struct kb_dm_status status;
	struct kb_dm dm;
	int r = kb_dm_find(w->sys, w->dev_dir, &dm);

	if (r < 0) {
		return 0; /* without device-mapper it is none of its devices */
	}
	r = kb_dm_status(&dm, &id, &status);
	if (r < 0 || !(status.flags & DM_READONLY_FLAG)) {
		kb_dm_done(&dm);
		return r == -ENXIO || r == 0 ? 0 : r;
	}
	r = kb_dm_table(&dm, &id, &table);
	if (r == 0 && !is_plain_map(&table)) {
		r = kb_error_set(w->err, -EROFS,
				 "%s can only be read: kboot keeps in memory what this kind of "
				 "volume would write",
				 name);
	}
	r = r < 0 ? r : map_again(&dm, &status, &table);
	kb_dm_table_done(&table);
	kb_dm_done(&dm);
	return r;
}

static int make(struct writable *w, const char *name)
{
	char path[256];
	KB_CLOSE int fd = -1;
	struct stat st;
	int r = make_members(w, name);

	if (r < 0) {
		return r;
	}
	(void)snprintf(path, sizeof(path), "%s/%s", w->dev_dir, name);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	r = fd < 0 || fstat(fd, &st) < 0 ? -errno : make_map(w, name, st.st_rdev);
	if (r == 0) {
		r = w->sys->set_block_read_only(w->sys->ctx, fd, false);
	}
	return r < 0 && !w->err->code ? kb_error_set(w->err, r, "%s cannot be made writable: %s",
						     name, strerror(-r))
				      : r;
}

int kb_make_writable(const struct kb_sys *sys, int sysfs_fd, const char *dev_dir, const char *name,
		     struct kb_error *err)
{
	struct writable w = {.sys = sys,
			     .sysfs = {.root_fd = sysfs_fd, .name = "sysfs"},
			     .dev_dir = dev_dir,
			     .err = err};

	return make(&w, name);
}
