/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fault.h"
#include "kboot/scan/block.h"
#include "kboot/scan/modalias.h"

enum { IMAGE_BYTES = 1 << 20, PC_BLOCKS = 18, PC_ALIASES = 4 };

static int open_pc(void)
{
	int fd = open(KB_FIXTURES "/sysfs-pc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0) {
		perror("sysfs-pc");
		abort();
	}
	return fd;
}

static int count_block(void *ctx, const struct kb_block *block)
{
	unsigned *count = ctx;

	(void)block;
	(*count)++;
	return 0;
}

/* All of the blocks or an error: never some of them as if they were all. */
static int enumerate(struct fake_sys *fake)
{
	KB_CLOSE int fd = open_pc();
	unsigned count = 0;
	int r = kb_scan_enumerate(fd, count_block, &count, NULL);

	(void)fake;
	return r == 0 && count != PC_BLOCKS ? 1 : r;
}

static int one_block(struct fake_sys *fake)
{
	KB_CLOSE int fd = open_pc();
	struct kb_block block = {0};
	int r = kb_scan_block(fd, "sda1", &block);

	(void)fake;
	return r == 0 && (!block.removable || block.has_partitions) ? 1 : r;
}

static int count_alias(void *ctx, const char *modalias)
{
	unsigned *count = ctx;

	(void)modalias;
	(*count)++;
	return 0;
}

static int modaliases(struct fake_sys *fake)
{
	KB_CLOSE int fd = open_pc();
	unsigned count = 0;
	int r = kb_modalias_collect(fd, count_alias, &count);

	(void)fake;
	return r == 0 && count != PC_ALIASES ? 1 : r;
}

/* A swap area: the least that libblkid takes for something, with a label. */
static int probe(struct fake_sys *fake)
{
	static const struct kb_block block = {.name = "sda2"};
	KB_ARENA struct kb_arena arena = {0};
	KB_CLOSE int fd = memfd_create("disk", MFD_CLOEXEC);
	struct kb_device device = {0};
	int r;

	(void)fake;
	if (ftruncate(fd, IMAGE_BYTES) < 0 || pwrite(fd, "SWAPSPACE2", 10, 4086) != 10 ||
	    pwrite(fd, "\x01\0\0\0\xff\0\0", 8, 1024) != 8 || pwrite(fd, "here", 4, 1052) != 4) {
		abort();
	}
	r = kb_scan_probe(&arena, fd, &block, &device, NULL);
	return r == 0 && (!device.fstype || strcmp(device.fstype, "swap") != 0 || !device.label)
		       ? 1
		       : r;
}

const struct fault_scenario fault_scenarios[] = {
	{"enumerate", enumerate},
	{"one block", one_block},
	{"modaliases", modaliases},
	{"probe", probe},
	{NULL, NULL},
};
