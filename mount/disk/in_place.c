/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/mount/in_place.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "journal.h"
#include "kboot/base/arena.h"

enum {
	SECTOR_BYTES = 512,
	MAX_BLOCKS = KB_IN_PLACE_MAX_BYTES / SECTOR_BYTES,
	BUSY_PAUSE_MS = 50, /* a snapshot that has just lost its last mount */
	BUSY_TRIES = 40,
};

/* A file's bytes, and where they are on the device. */
struct blocks {
	struct kb_buf old;
	struct kb_buf new;
	size_t block_bytes;
	uint64_t at[MAX_BLOCKS]; /* bytes from the device's start, one a block */
	size_t n;
};

static void blocks_done(struct blocks *b)
{
	kb_buf_done(&b->old);
	kb_buf_done(&b->new);
}

static const char *const writable[] = {"ext2", "ext3", "ext4", "vfat", "xfs"};

const char *kb_in_place_refusal(const char *fstype)
{
	for (size_t i = 0; fstype && i < KB_ARRAY_LEN(writable); i++) {
		if (strcmp(writable[i], fstype) == 0) {
			return NULL;
		}
	}
	return "a filesystem that keeps sums or copies of its blocks cannot be changed in place";
}

/* FIBMAP knows no block where the data is inside the inode, shared, unwritten, or a hole. */
static int find_blocks(int fd, struct blocks *b)
{
	int size = 0;

	if (ioctl(fd, FIGETBSZ, &size) < 0) {
		return -errno;
	}
	if (size < SECTOR_BYTES) {
		return -EOPNOTSUPP;
	}
	b->block_bytes = (size_t)size;
	b->n = (b->old.len + b->block_bytes - 1) / b->block_bytes;
	if (b->n > MAX_BLOCKS) {
		return -EFBIG;
	}
	for (size_t i = 0; i < b->n; i++) {
		int block = (int)i;

		if (ioctl(fd, FIBMAP, &block) < 0) {
			return errno == EINVAL ? -EOPNOTSUPP : -errno;
		}
		if (block <= 0) {
			return -EOPNOTSUPP;
		}
		b->at[i] = (uint64_t)block * b->block_bytes;
	}
	return 0;
}

static bool is_same(const struct blocks *b)
{
	return b->old.len == b->new.len &&memcmp(b->old.data, b->new.data, b->old.len) == 0;
}

static struct kb_str block_of(const struct blocks *b, const struct kb_buf *whole, size_t i)
{
	return kb_str_head(kb_str_skip(kb_buf_view(whole), i * b->block_bytes), b->block_bytes);
}

static int compare(int fd, const struct blocks *b)
{
	KB_BUF struct kb_buf there = {0};
	int r = 0;

	for (size_t i = 0; r == 0 && i < b->n; i++) {
		struct kb_str old = block_of(b, &b->old, i);

		kb_buf_reset(&there);
		kb_buf_append(&there, old.data, old.len);
		r = kb_buf_error(&there);
		if (r == 0) {
			r = kb_read_at(fd, b->at[i], there.data, old.len);
		}
		if (r == 0 && memcmp(there.data, old.data, old.len) != 0) {
			r = -EUCLEAN;
		}
	}
	return r;
}

static int write_blocks(int fd, const struct blocks *b)
{
	for (size_t i = 0; i < b->n; i++) {
		struct kb_str new = block_of(b, &b->new, i);
		ssize_t n = pwrite(fd, new.data, new.len, (off_t)b->at[i]);

		if (n != (ssize_t) new.len) {
			return n < 0 ? -errno : -EIO;
		}
	}
	return fsync(fd) < 0 ? -errno : 0;
}

/* Nobody else has it: mounted, or below something that is. */
static int open_alone(const char *path, int *ret_fd)
{
	const struct timespec pause = {.tv_nsec = BUSY_PAUSE_MS * 1000000L};

	for (int try = 0;; try++) {
		*ret_fd = open(path, O_RDWR | O_EXCL | O_CLOEXEC | O_NOCTTY);
		if (*ret_fd >= 0 || errno != EBUSY || try == BUSY_TRIES) {
			return *ret_fd < 0 ? -errno : 0;
		}
		(void)nanosleep(&pause, NULL);
	}
}

static int set_read_only(const struct kb_sys *sys, const char *path, bool read_only)
{
	KB_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? -errno : sys->set_block_read_only(sys->ctx, fd, read_only);
}

static int write_on_device(const struct kb_sys *sys, const char *path, const struct blocks *b)
{
	KB_CLOSE int fd = -1;
	int r = set_read_only(sys, path, false);

	if (r == 0) {
		r = open_alone(path, &fd);
	}
	if (r == 0) {
		r = compare(fd, b);
	}
	if (r == 0) {
		r = write_blocks(fd, b);
	}
	(void)set_read_only(sys, path, true);
	return r;
}

/* On a read-only mount, which has gone afterwards. */
static int look_up(const struct kb_sys *sys, const struct kb_device *device,
		   const struct kb_mount_options *options, const char *path, struct blocks *b,
		   struct kb_error *err)
{
	KB_CLEANUP(kb_mount_done) struct kb_mount mount = {0};
	KB_CLOSE int fd = -1;
	int r = kb_mount_device(sys, device, options, &mount, err);

	if (r < 0) {
		return r;
	}
	r = kb_tree_open(&mount.tree, path, &fd);
	if (r == 0) {
		r = kb_read_all(fd, KB_IN_PLACE_MAX_BYTES, &b->old);
	}
	if (r == 0) {
		r = find_blocks(fd, b);
	}
	return r < 0 ? kb_error_set(err, r, "%s", strerror(-r)) : 0;
}

int kb_in_place_edit(const struct kb_sys *sys, const struct kb_device *device,
		     const struct kb_mount_options *options, const char *path,
		     int (*edit)(void *ctx, struct kb_str old, struct kb_buf *out), void *ctx,
		     struct kb_error *err)
{
	KB_CLEANUP(blocks_done) struct blocks b = {0};
	const char *refusal =
		device->tree ? "a folder has no blocks" : kb_in_place_refusal(device->fstype);
	KB_ARENA struct kb_arena arena = {0};
	const char *node;
	int r;

	if (refusal) {
		return kb_error_set(err, -EOPNOTSUPP, "%s", refusal);
	}
	r = look_up(sys, device, options, path, &b, err);
	if (r < 0) {
		return r;
	}
	r = edit(ctx, kb_buf_view(&b.old), &b.new);
	if (r == 0 && b.new.len != b.old.len) {
		r = -EINVAL;
	}
	if (r == 0 && !is_same(&b)) {
		node = kb_arena_printf(&arena, "%s/%s", options->dev_dir, device->name);
		r = node ? write_on_device(sys, node, &b) : -ENOMEM;
	}
	return r < 0 ? kb_error_set(err, r, "%s",
				    r == -EUCLEAN
					    ? "it is not on the disk where the filesystem says"
					    : strerror(-r))
		     : 0;
}

/* A mount for writing would replay a journal, and that is not ours to do. */
static int may_rename(const struct kb_device *device, const char *dev_dir, struct kb_error *err)
{
	KB_ARENA struct kb_arena arena = {0};
	const char *node;
	KB_CLOSE int fd = -1;

	if (device->tree) {
		return 0;
	}
	if (!device->fstype || strcmp(device->fstype, "xfs") == 0 ||
	    kb_in_place_refusal(device->fstype)) {
		return kb_error_set(err, -EOPNOTSUPP, "nothing is renamed on %s",
				    device->fstype ? device->fstype : "it");
	}
	node = kb_arena_printf(&arena, "%s/%s", dev_dir, device->name);
	if (!node) {
		return kb_error_no_memory(err);
	}
	fd = open(node, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		return kb_error_set(err, -errno, "%s", strerror(errno));
	}
	return kb_journal_look(fd, device->fstype) == KB_JOURNAL_CLEAN
		       ? 0
		       : kb_error_set(err, -EUCLEAN, "its journal waits to be replayed");
}

int kb_in_place_rename(const struct kb_sys *sys, const struct kb_device *device,
		       const struct kb_mount_options *options, const char *path, const char *name,
		       struct kb_error *err)
{
	KB_CLEANUP(kb_mount_done) struct kb_mount mount = {0};
	struct kb_mount_options writing = *options;
	const char *slash = strrchr(path, '/');
	KB_ARENA struct kb_arena arena = {0};
	const char *folder = slash && slash > path
				     ? kb_arena_printf(&arena, "%.*s", (int)(slash - path), path)
				     : "/";
	KB_CLOSE int fd = -1;
	int r;

	if (!folder) {
		return kb_error_no_memory(err);
	}
	writing.read_write = true;
	r = may_rename(device, options->dev_dir, err);
	if (r == 0) {
		r = kb_mount_device(sys, device, &writing, &mount, err);
	}
	if (r < 0) {
		return r;
	}
	r = kb_tree_has_file(&mount.tree, path);
	if (r == 0) {
		r = kb_tree_open_dir(&mount.tree, folder, &fd);
	}
	if (r == 0 &&
	    syscall(SYS_renameat2, fd, slash ? slash + 1 : path, fd, name, RENAME_NOREPLACE) < 0) {
		r = -errno;
	}
	if (r == 0 && syncfs(fd) < 0) {
		r = -errno;
	}
	return r < 0 ? kb_error_set(err, r, "%s", strerror(-r)) : 0;
}
