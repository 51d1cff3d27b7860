/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sysfs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "kboot/base/replace.h"

int kb_sysfs_text(int dir_fd, const char *name, char *buf, size_t size)
{
	KB_CLOSE int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, size - 1);

	if (n < 0) {
		return -errno;
	}
	while (n > 0 && kb_is_blank(buf[n - 1])) {
		n--;
	}
	buf[n] = '\0';
	return 0;
}

int kb_sysfs_number(int dir_fd, const char *name, unsigned long *ret_number)
{
	char text[32] = "";
	char *end;
	unsigned long number;
	int r = kb_sysfs_text(dir_fd, name, text, sizeof(text));

	if (r < 0) {
		return r;
	}
	number = strtoul(text, &end, 0);
	if (end == text || *end != '\0' || text[0] == '-') {
		return -EINVAL;
	}
	*ret_number = number;
	return 0;
}

int kb_sysfs_hex(struct kb_str text, unsigned *ret_number)
{
	unsigned number = 0;

	if (text.len == 0 || text.len > 8) {
		return -EINVAL;
	}
	for (size_t i = 0; i < text.len; i++) {
		unsigned digit = kb_hex_value(text.data[i]);

		if (digit > 15) {
			return -EINVAL;
		}
		number = number << 4 | digit;
	}
	*ret_number = number;
	return 0;
}

int kb_sysfs_write(int dir_fd, const char *path, const char *text)
{
	KB_CLOSE int fd = openat(dir_fd, path, O_WRONLY | O_CLOEXEC);

	return fd < 0 ? -errno : kb_write_all(fd, kb_str_from(text));
}

int kb_sysfs_open(int dir_fd, const char *path)
{
	return openat(dir_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}
