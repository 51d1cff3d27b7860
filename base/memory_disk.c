/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "memory_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/loop.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kboot/base/sys.h"

/* A free loop device may be taken by somebody else before we take it. */
enum { TRIES = 16 };

static int attach(int control_fd, int file_fd, bool read_only, int *ret_fd)
{
	const struct loop_config config = {
		.fd = (uint32_t)file_fd,
		.info = {.lo_flags = LO_FLAGS_AUTOCLEAR | (read_only ? LO_FLAGS_READ_ONLY : 0)},
	};
	char path[32];
	KB_CLOSE int fd = -1;
	int number = ioctl(control_fd, LOOP_CTL_GET_FREE);

	if (number < 0) {
		return -errno;
	}
	(void)snprintf(path, sizeof(path), "/dev/loop%d", number);
	fd = open(path, (read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, LOOP_CONFIGURE, &config) < 0) {
		return -errno;
	}
	*ret_fd = kb_steal_fd(&fd);
	return 0;
}

int kb_memory_room(const struct kb_sys *sys, uint64_t bytes)
{
	char options[48];
	struct stat run;
	struct stat room;

	if ((mkdir(KB_MEMORY_DIR, 0700) < 0 && errno != EEXIST) ||
	    stat(KB_MEMORY_DIR "/..", &run) < 0 || stat(KB_MEMORY_DIR, &room) < 0) {
		return -errno;
	}
	if (run.st_dev != room.st_dev) {
		return 0;
	}
	(void)snprintf(options, sizeof(options), "mode=0700,size=%" PRIu64, bytes);
	return sys->mount(sys->ctx, "tmpfs", KB_MEMORY_DIR, "tmpfs", MS_NODEV | MS_NOSUID, options);
}

/* A file that is only memory; where there is no common room, one that stands alone. */
static int make_file(uint64_t size_bytes, int *ret_fd)
{
	KB_CLOSE int fd = open(KB_MEMORY_DIR, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0) {
		fd = memfd_create("kboot", MFD_CLOEXEC);
	}

	if (fd < 0 || ftruncate(fd, (off_t)size_bytes) < 0) {
		return -errno;
	}
	*ret_fd = kb_steal_fd(&fd);
	return 0;
}

static int make_disk(int file_fd, bool read_only, int *ret_fd)
{
	KB_CLOSE int control_fd = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	int r = control_fd < 0 ? -errno : -EBUSY;

	for (int i = 0; i < TRIES && r == -EBUSY; i++) {
		r = attach(control_fd, file_fd, read_only, ret_fd);
	}
	return r;
}

int kb_memory_disk(uint64_t size_bytes, int *ret_fd)
{
	KB_CLOSE int file_fd = -1;
	int r = make_file(size_bytes, &file_fd);

	return r < 0 ? r : make_disk(file_fd, false, ret_fd);
}

int kb_file_disk(int file_fd, int *ret_fd)
{
	return make_disk(file_fd, true, ret_fd);
}
