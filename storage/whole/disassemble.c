/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/dm-ioctl.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <string.h>
#include <sys/stat.h>

#include "kboot/storage/assemble.h"
#include "md/array.h"
#include "part/name.h"

/* PASSES: as deep as devices are made of devices, and one more. */
enum { PASSES = 16, MAX_DEVICES = 512, VALUE_BYTES = 160 };

static bool is_of(const char *name, const char *prefix)
{
	return kb_str_starts(kb_str_from(name), kb_str_from(prefix)) &&
	       kb_is_digit(name[strlen(prefix)]);
}

static int open_device(const char *dev_dir, const char *name, int *ret_fd)
{
	char path[PATH_MAX];
	int fd;

	if (strchr(name, '/') || snprintf(path, sizeof(path), "%s/%s", dev_dir, name) >= PATH_MAX) {
		return -EINVAL;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0) {
		return -errno;
	}
	*ret_fd = fd;
	return 0;
}

/* --- device-mapper */

/* Whoever has it open gets errors from now on. */
static int replace_by_errors(const struct kb_dm *dm, const char *name, uint64_t sectors)
{
	const struct kb_dm_target target = {.length = sectors, .type = "error", .params = ""};
	int r = kb_dm_load(dm, name, DM_READONLY_FLAG, &target, 1);

	r = r < 0 ? r : kb_dm_suspend(dm, name, DM_SUSPEND_FLAG | DM_NOFLUSH_FLAG);
	return r < 0 ? r : kb_dm_suspend(dm, name, 0);
}

static int remove_dm(const struct kb_sys *sys, const char *dev_dir, int fd, bool force)
{
	KB_CLEANUP(kb_dm_done) struct kb_dm dm = {.control_fd = -1};
	struct kb_dm_status status;
	uint64_t bytes = 0;
	struct stat st;
	int r = fstat(fd, &st) < 0 ? -errno : kb_dm_find(sys, dev_dir, &dm);

	r = r < 0 ? r : kb_dm_status(&dm, &(struct kb_dm_id){.dev = st.st_rdev}, &status);
	if (r < 0) {
		return r;
	}
	bytes = (uint64_t)lseek(fd, 0, SEEK_END);
	(void)kb_close(fd); /* we are a user, too */
	r = kb_dm_remove(&dm, &(struct kb_dm_id){.name = status.name}, 0);
	if (r == -EBUSY && force) {
		r = replace_by_errors(&dm, status.name, bytes / 512);
		r = r < 0 ? r
			  : kb_dm_remove(&dm, &(struct kb_dm_id){.name = status.name},
					 DM_DEFERRED_REMOVE);
	}
	if (r == 0) {
		kb_name_unlink(dev_dir, status.name);
	}
	return r;
}

/* --- any */

static int remove_device(const struct kb_sys *sys, const char *dev_dir, const char *name,
			 bool force)
{
	int fd = -1;
	int r = open_device(dev_dir, name, &fd);

	if (r < 0) {
		return r;
	}
	if (is_of(name, "dm-")) {
		return remove_dm(sys, dev_dir, fd, force);
	}
	if (is_of(name, "md")) {
		r = kb_md_stop(sys, fd);
	} else if (is_of(name, "loop")) {
		int off = 0;

		r = sys->device_ioctl(sys->ctx, fd, LOOP_CLR_FD, NULL);
		/* The flag outlives the file. */
		(void)sys->device_ioctl(sys->ctx, fd, BLKROSET, &off);
	} else {
		r = -EINVAL;
	}
	(void)kb_close(fd);
	return r;
}

int kb_disassemble(const struct kb_sys *sys, const char *dev_dir, const char *name, bool force,
		   struct kb_error *err)
{
	int r = remove_device(sys, dev_dir, name, force);

	return r < 0 ? kb_error_set(err, r, "%s cannot be taken apart: %s", name, strerror(-r)) : 0;
}

/* --- all */

static void read_value(int block_fd, const char *name, const char *attribute,
		       char value[static VALUE_BYTES])
{
	char path[PATH_MAX];
	KB_CLOSE int fd = -1;
	ssize_t n;

	value[0] = '\0';
	(void)snprintf(path, sizeof(path), "%s/%s", name, attribute);
	fd = openat(block_fd, path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, value, VALUE_BYTES - 1);
	if (n > 0) {
		value[n] = '\0';
		value[strcspn(value, "\n")] = '\0';
	}
}

/* By its uuid: what others are made of, and no person sees. */
static bool says_part(const char *uuid)
{
	return kb_str_starts(kb_str_from(uuid), KB_STR(KB_DM_PART));
}

static bool is_part(int block_fd, const char *name)
{
	char uuid[VALUE_BYTES];

	read_value(block_fd, name, "dm/uuid", uuid);
	return says_part(uuid);
}

/* A device of ours that has to go; a snapshot, and the memory below it, go by themselves. */
static bool is_assembled(int block_fd, const char *name)
{
	char value[VALUE_BYTES];

	if (is_of(name, "dm-")) {
		read_value(block_fd, name, "dm/uuid", value);
		return !kb_str_starts(kb_str_from(value), KB_STR(KB_DM_SNAPSHOT)) ||
		       says_part(value);
	}
	if (is_of(name, "md")) {
		read_value(block_fd, name, "md/array_state", value);
		return value[0] && strcmp(value, "clear") != 0;
	}
	if (is_of(name, "loop")) {
		read_value(block_fd, name, "loop/autoclear", value);
		if (strcmp(value, "1") == 0) {
			return false;
		}
		read_value(block_fd, name, "loop/backing_file", value);
		return value[0] != '\0';
	}
	return false;
}

static bool has_holder(int block_fd, const char *name)
{
	char path[PATH_MAX];
	KB_CLOSEDIR DIR *dir = NULL;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/holders", name);
	fd = openat(block_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		(void)kb_close(fd);
		return false;
	}
	for (struct dirent *d = readdir(dir); d; d = readdir(dir)) {
		if (d->d_name[0] != '.') {
			return true;
		}
	}
	return false;
}

typedef bool is_meant_fn(int block_fd, const char *name);

/* How many went; *ret_left: how many are still there. */
static unsigned pass(const struct kb_sys *sys, int block_fd, const char *dev_dir,
		     is_meant_fn *is_meant, unsigned *ret_left)
{
	int fd = openat(block_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	KB_CLOSEDIR DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	unsigned gone = 0;

	*ret_left = 0;
	for (struct dirent *d = dir ? readdir(dir) : NULL; d; d = readdir(dir)) {
		if (d->d_name[0] == '.' || !is_meant(block_fd, d->d_name)) {
			continue;
		}
		if (!has_holder(block_fd, d->d_name) &&
		    remove_device(sys, dev_dir, d->d_name, false) == 0) {
			gone++;
		} else {
			(*ret_left)++;
		}
	}
	return gone;
}

static int pass_by_pass(const struct kb_sys *sys, int sysfs_fd, const char *dev_dir,
			is_meant_fn *is_meant, unsigned *ret_left, struct kb_error *err)
{
	KB_CLOSE int block_fd = openat(sysfs_fd, "block", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	unsigned left = 0;

	if (block_fd < 0) {
		return kb_error_set(err, -errno, "the block devices cannot be listed: %s",
				    strerror(errno));
	}
	for (int i = 0; i < PASSES && pass(sys, block_fd, dev_dir, is_meant, &left) > 0; i++) {
	}
	*ret_left = left;
	return 0;
}

int kb_disassemble_all(const struct kb_sys *sys, int sysfs_fd, const char *dev_dir,
		       unsigned *ret_left, struct kb_error *err)
{
	return pass_by_pass(sys, sysfs_fd, dev_dir, is_assembled, ret_left, err);
}

int kb_disassemble_parts(const struct kb_sys *sys, int sysfs_fd, const char *dev_dir,
			 struct kb_error *err)
{
	unsigned left;

	return pass_by_pass(sys, sysfs_fd, dev_dir, is_part, &left, err);
}
