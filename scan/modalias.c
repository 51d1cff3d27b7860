/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/scan/modalias.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "kboot/base/arena.h"
#include "kboot/base/tree.h"

/* A chain of USB hubs reaches a depth of about 20; big servers have some 10,000 folders. */
enum { DEPTH_MAX = 32, FOLDERS_MAX = 1 << 18 };

struct walk {
	struct kb_arena arena;
	const char **list; /* KB_MODALIAS_MAX at most; sorted, distinct */
	size_t count;
	size_t folders;
	bool too_many;
};

static void walk_done(struct walk *w)
{
	kb_arena_done(&w->arena);
}

/* Where alias is, or belongs. */
static size_t find(const struct walk *w, const char *alias, bool *ret_found)
{
	size_t low = 0;
	size_t high = w->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int r = strcmp(w->list[middle], alias);

		if (r == 0) {
			*ret_found = true;
			return middle;
		}
		if (r < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	*ret_found = false;
	return low;
}

static int add(struct walk *w, const char *alias)
{
	bool found;
	size_t at = find(w, alias, &found);
	char *copy;

	if (found) {
		return 0;
	}
	if (w->count == KB_MODALIAS_MAX) {
		w->too_many = true;
		return 0;
	}
	copy = kb_arena_strdup(&w->arena, alias);
	if (!copy) {
		return -ENOMEM;
	}
	memmove(&w->list[at + 1], &w->list[at], (w->count - at) * sizeof(w->list[0]));
	w->list[at] = copy;
	w->count++;
	return 0;
}

static bool is_alias(struct kb_str alias)
{
	for (size_t i = 0; i < alias.len; i++) {
		if (alias.data[i] <= ' ' || alias.data[i] == 0x7f) {
			return false; /* modprobe's words have no blanks; a bus that has them is
					 lying */
		}
	}
	return alias.len > 0;
}

/* A device without a driver: its alias. What cannot be read has gone, or is none. */
static int look_at(struct walk *w, int dir_fd)
{
	KB_BUF struct kb_buf buf = {0};
	KB_CLOSE int fd = -1;
	struct stat st;
	struct kb_str alias;

	if (fstatat(dir_fd, "driver", &st, AT_SYMLINK_NOFOLLOW) == 0) {
		return 0;
	}
	fd = openat(dir_fd, "modalias", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    kb_read_all(fd, KB_MODALIAS_BYTES, &buf) < 0) {
		return kb_buf_error(&buf) == -ENOMEM ? -ENOMEM : 0;
	}
	alias = kb_str_trim(kb_buf_view(&buf));
	if (!is_alias(alias)) {
		return 0;
	}
	buf.data[(size_t)(alias.data - buf.data) + alias.len] = '\0';
	return add(w, alias.data);
}

static int walk_folder(struct walk *w, int dir_fd, unsigned depth);

static int walk_child(struct walk *w, DIR *dir, const struct dirent *entry, unsigned depth)
{
	int fd;

	if (entry->d_name[0] == '.' || (entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN)) {
		return 0;
	}
	if (depth == DEPTH_MAX || w->folders == FOLDERS_MAX) {
		w->too_many = true;
		return 0;
	}
	fd = openat(dirfd(dir), entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		return errno == EMFILE || errno == ENFILE || errno == ENOMEM ? -errno : 0;
	}
	w->folders++;
	return walk_folder(w, fd, depth + 1);
}

/* Takes dir_fd. */
static int walk_folder(struct walk *w, int dir_fd, unsigned depth)
{
	KB_CLOSEDIR DIR *dir = fdopendir(dir_fd);
	const struct dirent *entry;
	int r;

	if (!dir) {
		r = -errno;
		(void)kb_close(dir_fd);
		return r;
	}
	r = look_at(w, dirfd(dir));
	while (r == 0 && (entry = readdir(dir)) != NULL) {
		r = walk_child(w, dir, entry, depth);
	}
	return r;
}

int kb_modalias_collect(int sysfs_fd, int (*fn)(void *ctx, const char *modalias), void *ctx)
{
	KB_CLEANUP(walk_done) struct walk w = {0};
	const struct kb_tree sysfs = {.root_fd = sysfs_fd, .name = "sysfs"};
	int fd;
	int r;

	w.list = kb_arena_array(&w.arena, KB_MODALIAS_MAX, sizeof(*w.list));
	r = w.list ? kb_tree_open_dir(&sysfs, "/devices", &fd) : -ENOMEM;
	if (r == 0) {
		r = walk_folder(&w, fd, 0);
	}
	for (size_t i = 0; r == 0 && i < w.count; i++) {
		r = fn(ctx, w.list[i]);
		r = r > 0 ? 0 : r;
	}
	return r == 0 && w.too_many ? -E2BIG : r;
}
