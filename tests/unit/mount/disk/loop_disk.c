/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "loop_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/blkpg.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kboot/base/cleanup.h"

enum { TRIES = 32, CHUNK = 1 << 20 };

static void stop(const char *what)
{
	perror(what);
	abort();
}

/* One try: the free device that the kernel names may be taken by somebody else meanwhile. */
static int attach(struct loop_disk *disk, int control_fd, int image_fd)
{
	struct loop_config config = {
		.fd = (unsigned)image_fd,
		.info = {.lo_flags = LO_FLAGS_AUTOCLEAR | LO_FLAGS_PARTSCAN},
	};
	char path[64];
	KB_CLOSE int fd = -1;
	int number = ioctl(control_fd, LOOP_CTL_GET_FREE);

	if (number < 0) {
		return -errno;
	}
	(void)snprintf(path, sizeof(path), "/dev/loop%d", number);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, LOOP_CONFIGURE, &config) < 0) {
		return -errno;
	}
	(void)snprintf(disk->name, sizeof(disk->name), "loop%d", number);
	disk->fd = kb_steal_fd(&fd);
	return 0;
}

int loop_disk_open(struct loop_disk *disk, const char *file)
{
	KB_CLOSE int control_fd = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	KB_CLOSE int image_fd = open(file, O_RDWR | O_CLOEXEC);
	int r = control_fd < 0 || image_fd < 0 ? -errno : -EBUSY;

	disk->fd = -1;
	for (int i = 0; i < TRIES && r == -EBUSY; i++) {
		r = attach(disk, control_fd, image_fd);
	}
	return r;
}

void loop_disk_close(struct loop_disk *disk)
{
	const int writable = 0;

	if (disk->fd >= 0) {
		(void)ioctl(disk->fd, BLKROSET, &writable);
	}
	disk->fd = kb_close(disk->fd);
}

int loop_disk_add_partition(struct loop_disk *disk, off_t start, off_t size)
{
	struct blkpg_partition partition = {.start = start, .length = size, .pno = 1};
	struct blkpg_ioctl_arg arg = {
		.op = BLKPG_ADD_PARTITION,
		.datalen = sizeof(partition),
		.data = &partition,
	};

	return ioctl(disk->fd, BLKPG, &arg) < 0 && errno != EBUSY ? -errno : 0;
}

static int write_text(const char *path, const char *text)
{
	KB_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd < 0 || write(fd, text, strlen(text)) < 0 ? -errno : 0;
}

/* Reading this file makes a new device and tells its number. */
static int add_zram(char number[static 16])
{
	KB_CLOSE int fd = open("/sys/class/zram-control/hot_add", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, number, 15);

	if (n <= 0) {
		return n < 0 ? -errno : -EIO;
	}
	number[n] = '\0';
	number[strcspn(number, "\n")] = '\0';
	return 0;
}

int ram_disk_open(struct loop_disk *disk, off_t size_bytes)
{
	char number[16];
	char path[64];
	char size[32];
	int r = add_zram(number);

	disk->fd = -1;
	if (r < 0) {
		return r;
	}
	(void)snprintf(disk->name, sizeof(disk->name), "zram%s", number);
	(void)snprintf(path, sizeof(path), "/sys/block/%s/disksize", disk->name);
	(void)snprintf(size, sizeof(size), "%lld", (long long)size_bytes);
	r = write_text(path, size);
	(void)snprintf(path, sizeof(path), "/dev/%s", disk->name);
	disk->fd = r < 0 ? -1 : open(path, O_RDWR | O_CLOEXEC);
	if (r == 0 && disk->fd < 0) {
		r = -errno;
	}
	if (r < 0) {
		ram_disk_close(disk);
	}
	return r;
}

void ram_disk_close(struct loop_disk *disk)
{
	disk->fd = kb_close(disk->fd);
	if (write_text("/sys/class/zram-control/hot_remove", disk->name + strlen("zram")) < 0) {
		perror(disk->name);
	}
}

int run_tool(const char *const *argv)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		(void)dup2(null, STDIN_FILENO);
		(void)dup2(null, STDOUT_FILENO);
		(void)dup2(null, STDERR_FILENO);
		(void)setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
		(void)execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		stop(argv[0]);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

void image_create(const char *file, off_t size)
{
	KB_CLOSE int fd = open(file, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || ftruncate(fd, size) < 0) {
		stop(file);
	}
}

void image_copy(const char *from, const char *to)
{
	const char *const argv[] = {"cp", "--sparse=always", from, to, NULL};

	if (run_tool(argv) != 0) {
		stop(to);
	}
}

bool image_same(const char *a, const char *b)
{
	const char *const argv[] = {"cmp", a, b, NULL};
	int code = run_tool(argv);

	if (code > 1) {
		stop("cmp");
	}
	return code == 0;
}

void image_patch(const char *file, off_t offset, const void *data, size_t len)
{
	KB_CLOSE int fd = open(file, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || pwrite(fd, data, len, offset) != (ssize_t)len) {
		stop(file);
	}
}
