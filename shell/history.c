/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "history.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "kboot/base/replace.h"
#include "kboot/base/tree.h"

/* What a file that somebody else filled may at most make us read. */
enum { READ_MAX_BYTES = 4 * KB_HISTORY_MAX_BYTES };

/* Ours alone, and a file: what stands in /run may be anybody's pipe. */
static int open_file(const char *file, int flags, int *ret_fd)
{
	KB_CLOSE int fd = open(file, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0) {
		return -errno;
	}
	if (!S_ISREG(st.st_mode)) {
		return -EINVAL;
	}
	*ret_fd = kb_steal_fd(&fd);
	return 0;
}

/* The newer half stays, from a line's beginning. The lock is held. */
static int shorten(int fd)
{
	KB_BUF struct kb_buf text = {0};
	struct kb_str rest;
	int r = lseek(fd, 0, SEEK_SET) < 0 ? -errno : kb_read_all(fd, READ_MAX_BYTES, &text);

	if (r == -EFBIG) {
		return ftruncate(fd, 0) < 0 ? -errno : 0;
	}
	if (r < 0) {
		return r;
	}
	rest = kb_str_skip(kb_buf_view(&text), text.len - text.len / 2);
	rest = kb_str_skip(rest, kb_str_find(rest, '\n') + 1);
	if (ftruncate(fd, 0) < 0) {
		return -errno;
	}
	return kb_write_all(fd, rest);
}

int kb_history_add(const char *file, struct kb_str line)
{
	KB_BUF struct kb_buf text = {0};
	KB_CLOSE int fd = -1;
	struct stat st;
	int r = open_file(file, O_RDWR | O_CREAT | O_APPEND, &fd);

	if (r < 0) {
		return r;
	}
	kb_buf_str(&text, line);
	kb_buf_putc(&text, '\n');
	if (kb_buf_error(&text) < 0) {
		return kb_buf_error(&text);
	}
	/* Closing gives the lock back. */
	if (flock(fd, LOCK_EX) < 0 || fstat(fd, &st) < 0) {
		return -errno;
	}
	if (st.st_size + (off_t)text.len > KB_HISTORY_MAX_BYTES) {
		r = shorten(fd);
	}
	return r < 0 ? r : kb_write_all(fd, kb_buf_view(&text));
}

int kb_history_read(const char *file, struct kb_buf *text)
{
	KB_CLOSE int fd = -1;
	int r = open_file(file, O_RDONLY, &fd);

	if (r == 0 && flock(fd, LOCK_SH) < 0) {
		r = -errno;
	}
	return r < 0 ? r : kb_read_all(fd, READ_MAX_BYTES, text);
}
