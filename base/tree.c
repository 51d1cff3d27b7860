/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/base/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "kboot/base/arena.h"
#include "kboot/base/checked.h"

enum { READ_BYTES = 16 << 10, OPEN_TRIES = 16 };

const struct kb_tree_mount *kb_tree_mount_of(const struct kb_tree *tree, const char *path,
					     const char **ret_rest)
{
	const struct kb_tree_mount *found = NULL;
	size_t longest = 0;

	*ret_rest = path;
	path += strspn(path, "/");
	for (size_t i = 0; i < tree->n_mounts; i++) {
		const struct kb_tree_mount *mount = &tree->mounts[i];
		const char *at = mount->at + strspn(mount->at, "/");
		const char *rest = kb_path_below(path, at);

		if (rest && strlen(at) > longest) {
			found = mount;
			longest = strlen(at);
			*ret_rest = rest[0] ? rest : "/";
		}
	}
	return found;
}

/*
 * openat2 (Linux 5.6) is required: a walk of our own could be raced out of the tree, so there is
 * none. EAGAIN means that a rename ran beside a "..": openat2(2) asks for another try.
 */
static int open_how(const struct kb_tree *tree, const char *path, int flags, uint64_t resolve)
{
	struct open_how how = {
		.flags = (uint64_t)flags | O_CLOEXEC | O_NOCTTY,
		.resolve = resolve | RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};

	const struct kb_tree_mount *mount = kb_tree_mount_of(tree, path, &path);
	int root_fd = mount ? mount->root_fd : tree->root_fd;

	if (tree->source) {
		return -ENOENT;
	}
	if (flags & O_PATH) {
		how.flags &= ~(uint64_t)O_NOCTTY; /* openat2 refuses what O_PATH cannot use */
	}
	for (int i = 0; i < OPEN_TRIES; i++) {
		long fd = syscall(SYS_openat2, root_fd, path, &how, sizeof(how));

		if (fd >= 0) {
			return (int)fd;
		}
		if (errno != EAGAIN && errno != EINTR) {
			break;
		}
	}
	return -errno;
}

static int open_beneath(const struct kb_tree *tree, const char *path, int flags)
{
	return open_how(tree, path, flags, 0);
}

int kb_tree_look(const struct kb_tree *tree, const char *path, enum kb_tree_type *ret_type,
		 char *link)
{
	KB_CLOSE int fd = open_how(tree, path, O_PATH | O_NOFOLLOW, RESOLVE_NO_SYMLINKS);
	struct stat st;
	ssize_t n = 0;

	if (fd < 0) {
		return fd;
	}
	if (fstat(fd, &st) < 0) {
		return -errno;
	}
	if (S_ISLNK(st.st_mode)) {
		n = readlinkat(fd, "", link, KB_TREE_LINK_BYTES);
		if (n < 0 || n == KB_TREE_LINK_BYTES) {
			return n < 0 ? -errno : -ENAMETOOLONG;
		}
		*ret_type = KB_TREE_LINK;
	} else if (S_ISDIR(st.st_mode)) {
		*ret_type = KB_TREE_DIR;
	} else {
		*ret_type = S_ISREG(st.st_mode) ? KB_TREE_FILE : KB_TREE_OTHER;
	}
	link[n] = '\0';
	return 0;
}

static int check_regular(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0) {
		return -errno;
	}
	if (S_ISDIR(st.st_mode)) {
		return -EISDIR;
	}
	return S_ISREG(st.st_mode) ? 0 : -EINVAL;
}

int kb_tree_has_file(const struct kb_tree *tree, const char *path)
{
	KB_CLOSE int fd = -1;

	if (tree->source) {
		return tree->source->open(tree->source->ctx, path, &fd);
	}
	fd = open_beneath(tree, path, O_PATH);
	return fd < 0 ? fd : check_regular(fd);
}

int kb_tree_open(const struct kb_tree *tree, const char *path, int *ret_fd)
{
	KB_CLOSE int fd = -1;
	int flags;
	int r;

	if (tree->source) {
		return tree->source->open(tree->source->ctx, path, ret_fd);
	}
	/* Looked at first: merely opening a device can rewind, eject or arm it. */
	r = kb_tree_has_file(tree, path);
	if (r < 0) {
		return r;
	}
	fd = open_beneath(tree, path, O_RDONLY | O_NONBLOCK);
	if (fd < 0) {
		return fd;
	}
	r = check_regular(fd);
	if (r < 0) {
		return r;
	}
	flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0) {
		return -errno;
	}
	*ret_fd = kb_steal_fd(&fd);
	return 0;
}

int kb_tree_open_dir(const struct kb_tree *tree, const char *path, int *ret_fd)
{
	int fd = open_beneath(tree, path, O_RDONLY | O_DIRECTORY | O_NONBLOCK);

	if (fd < 0) {
		return fd;
	}
	*ret_fd = fd;
	return 0;
}

/* One piece; 1 when there may be more, 0 at the end. */
static int read_piece(int fd, size_t max_bytes, size_t start, struct kb_buf *buf)
{
	char chunk[READ_BYTES];
	ssize_t n;

	do {
		n = read(fd, chunk, sizeof(chunk));
	} while (n < 0 && errno == EINTR);
	if (n <= 0) {
		return n < 0 ? -errno : 0;
	}
	if ((size_t)n > max_bytes - (buf->len - start)) {
		return -EFBIG;
	}
	kb_buf_append(buf, chunk, (size_t)n);
	return kb_buf_error(buf) ? kb_buf_error(buf) : 1;
}

int kb_read_at(int fd, uint64_t offset, void *buf, size_t len)
{
	char *to = buf;

	while (len > 0) {
		ssize_t n = pread(fd, to, len, (off_t)offset);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			return n < 0 ? -errno : -EUCLEAN;
		}
		to += n;
		offset += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

int kb_read_all(int fd, size_t max_bytes, struct kb_buf *buf)
{
	size_t start = buf->len;
	int r;

	kb_buf_append(buf, NULL, 0); /* an empty file is an empty string, not NULL */
	r = kb_buf_error(buf);
	if (r < 0) {
		return r;
	}
	do {
		r = read_piece(fd, max_bytes, start, buf);
	} while (r > 0);
	if (r < 0) {
		buf->len = start;
		buf->data[start] = '\0';
	}
	return r;
}

int kb_tree_read(const struct kb_tree *tree, const char *path, size_t max_bytes, struct kb_buf *buf)
{
	KB_CLOSE int fd = -1;
	int r = kb_tree_open(tree, path, &fd);

	return r < 0 ? r : kb_read_all(fd, max_bytes, buf);
}

struct names {
	struct kb_arena arena;
	const char **list;
	size_t count;
	size_t cap;
};

static void names_done(struct names *n)
{
	free(n->list);
	kb_arena_done(&n->arena);
}

static int names_add(struct names *n, const char *name)
{
	if (n->count == n->cap) {
		size_t cap = n->cap ? n->cap * 2 : 64;
		const char **list = reallocarray(n->list, cap, sizeof(*list));

		if (!list) {
			return -ENOMEM;
		}
		n->list = list;
		n->cap = cap;
	}
	n->list[n->count] = kb_arena_strdup(&n->arena, name);
	if (!n->list[n->count]) {
		return -ENOMEM;
	}
	n->count++;
	return 0;
}

static int names_collect(struct names *n, DIR *dir, size_t max)
{
	for (;;) {
		const struct dirent *entry;
		int r;

		errno = 0;
		entry = readdir(dir);
		if (!entry) {
			return -errno;
		}
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
			continue;
		}
		if (n->count == max) {
			return -E2BIG;
		}
		r = names_add(n, entry->d_name);
		if (r < 0) {
			return r;
		}
	}
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int kb_tree_list(const struct kb_tree *tree, const char *path, size_t max,
		 int (*fn)(void *ctx, const char *name), void *ctx)
{
	KB_CLEANUP(names_done) struct names names = {0};
	KB_CLOSEDIR DIR *dir = NULL;
	int fd;
	int r = kb_tree_open_dir(tree, path, &fd);

	if (r < 0) {
		return r;
	}
	dir = fdopendir(fd);
	if (!dir) {
		r = -errno;
		(void)kb_close(fd);
		return r;
	}
	r = names_collect(&names, dir, max);
	if (r == 0 && names.count > 0) {
		qsort(names.list, names.count, sizeof(*names.list), by_bytes);
	}
	for (size_t i = 0; r == 0 && i < names.count; i++) {
		r = fn(ctx, names.list[i]);
		r = r > 0 ? 0 : r;
	}
	return r;
}
