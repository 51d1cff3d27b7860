/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/base/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kboot/base/cleanup.h"

int kb_write_all(int fd, struct kb_str bytes)
{
	while (bytes.len > 0) {
		ssize_t n = write(fd, bytes.data, bytes.len);

		if (n < 0 && errno != EINTR) {
			return -errno;
		}
		bytes = kb_str_skip(bytes, n > 0 ? (size_t)n : 0);
	}
	return 0;
}

/* Filesystems without owners and modes refuse, and need none. */
static void copy_rights(int dir_fd, const char *name, int fd)
{
	struct stat old;
	mode_t mode = 0644;

	if (fstatat(dir_fd, name, &old, AT_SYMLINK_NOFOLLOW) == 0) {
		mode = old.st_mode & 0777;
		(void)!fchown(fd, old.st_uid, old.st_gid);
	}
	(void)fchmod(fd, mode);
}

static int fill(int dir_fd, const char *name, const char *fresh, struct kb_str bytes)
{
	KB_CLOSE int fd =
		openat(dir_fd, fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int r = fd < 0 ? -errno : kb_write_all(fd, bytes);

	if (r < 0) {
		return r;
	}
	copy_rights(dir_fd, name, fd);
	return fsync(fd) < 0 ? -errno : 0;
}

int kb_replace_file(int dir_fd, const char *name, struct kb_str bytes)
{
	char fresh[NAME_MAX + 1];
	int n = snprintf(fresh, sizeof(fresh), ".kboot-%ld", (long)getpid());
	int r;

	if (n < 0 || strchr(name, '/')) {
		return -EINVAL;
	}
	r = fill(dir_fd, name, fresh, bytes);
	if (r == 0 && renameat(dir_fd, fresh, dir_fd, name) < 0) {
		r = -errno;
	}
	if (r < 0) {
		if (r != -EEXIST) {
			(void)unlinkat(dir_fd, fresh, 0);
		}
		return r;
	}
	return fsync(dir_fd) < 0 ? -errno : 0;
}
