/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "part/member.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

int kb_part_open(const struct kb_assembly *a, const struct kb_member *member,
		 struct kb_part *ret_part, struct kb_error *err)
{
	char path[PATH_MAX];
	struct stat st;
	KB_CLOSE int fd = -1;
	off_t size;
	int r;

	(void)snprintf(path, sizeof(path), "%s/%s", a->dev_dir, member->name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0) {
		return kb_error_set(err, -errno, "%s cannot be opened: %s", member->name,
				    strerror(errno));
	}
	r = a->sys->set_block_read_only(a->sys->ctx, fd, true);
	if (r < 0) {
		return kb_error_set(err, r, "%s cannot be made read-only: %s", member->name,
				    strerror(-r));
	}
	size = lseek(fd, 0, SEEK_END);
	if (size < 0) {
		return kb_error_set(err, -errno, "%s has no size: %s", member->name,
				    strerror(errno));
	}
	*ret_part = (struct kb_part){.member = member,
				     .fd = kb_steal_fd(&fd),
				     .dev = st.st_rdev,
				     .size_bytes = (uint64_t)size};
	return 0;
}

void kb_part_done(struct kb_part *part)
{
	part->fd = kb_close(part->fd);
}

int kb_part_read(const struct kb_part *part, uint64_t offset, void *buf, size_t len)
{
	size_t done = 0;

	if (offset > INT64_MAX - len) {
		return -EINVAL;
	}
	while (done < len) {
		ssize_t n = pread(part->fd, (char *)buf + done, len - done, (off_t)(offset + done));

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			return n < 0 ? -errno : -EIO;
		}
		done += (size_t)n;
	}
	return 0;
}

bool kb_part_is_held(const struct kb_assembly *a, const char *name, const char *prefix)
{
	char path[PATH_MAX];
	KB_CLOSEDIR DIR *dir = NULL;

	(void)snprintf(path, sizeof(path), "%s/class/block/%s/holders",
		       a->sys_dir ? a->sys_dir : "/sys", name);
	dir = opendir(path);
	for (struct dirent *d = dir ? readdir(dir) : NULL; d; d = readdir(dir)) {
		if (kb_str_starts(kb_str_from(d->d_name), kb_str_from(prefix))) {
			return true;
		}
	}
	return false;
}
