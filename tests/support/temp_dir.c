/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "temp_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void insist(int ok, const char *what)
{
	if (!ok) {
		perror(what);
		abort();
	}
}

void temp_dir_init(struct temp_dir *dir)
{
	const char *below = getenv("TMPDIR");

	(void)snprintf(dir->path, sizeof(dir->path), "%s/kboot-test-XXXXXX",
		       below && strlen(below) < 40 ? below : "/tmp");
	insist(mkdtemp(dir->path) != NULL, dir->path);
	dir->fd = open(dir->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	insist(dir->fd >= 0, dir->path);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void temp_dir_done(struct temp_dir *dir)
{
	(void)close(dir->fd);
	(void)nftw(dir->path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void make_parents(struct temp_dir *dir, const char *path)
{
	char part[PATH_MAX];

	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		(void)snprintf(part, sizeof(part), "%.*s", (int)(slash - path), path);
		insist(mkdirat(dir->fd, part, 0755) == 0 || errno == EEXIST, part);
	}
}

void temp_dir_mkdir(struct temp_dir *dir, const char *path)
{
	make_parents(dir, path);
	insist(mkdirat(dir->fd, path, 0755) == 0 || errno == EEXIST, path);
}

void temp_dir_write(struct temp_dir *dir, const char *path, const void *data, size_t len)
{
	int fd;

	make_parents(dir, path);
	fd = openat(dir->fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	insist(fd >= 0 && write(fd, data, len) == (ssize_t)len, path);
	(void)close(fd);
}

void temp_dir_text(struct temp_dir *dir, const char *path, const char *text)
{
	temp_dir_write(dir, path, text, strlen(text));
}

void temp_dir_symlink(struct temp_dir *dir, const char *path, const char *target)
{
	make_parents(dir, path);
	insist(symlinkat(target, dir->fd, path) == 0, path);
}
