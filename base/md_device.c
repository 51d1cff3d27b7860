/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "md_device.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* Its word for a new device, since Linux 4.12; the node in /dev is there when it answers. */
static int make(unsigned number)
{
	KB_CLOSE int fd = open("/sys/module/md_mod/parameters/new_array", O_WRONLY | O_CLOEXEC);
	char name[32];
	int n = snprintf(name, sizeof(name), "md%u", number);

	return fd < 0 || write(fd, name, (size_t)n) < 0 ? -errno : 0;
}

static int open_device(unsigned number, int *ret_fd)
{
	char path[32];
	int fd;

	(void)snprintf(path, sizeof(path), "/dev/md%u", number);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		return -errno;
	}
	*ret_fd = fd;
	return 0;
}

int kb_md_device(unsigned number, int *ret_fd)
{
	int r = open_device(number, ret_fd);

	if (r != -ENOENT) {
		return r;
	}
	r = make(number);
	return r < 0 ? r : open_device(number, ret_fd);
}
