/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Disk images and memory as block devices, and the tools that fill them.
 * For tests that run as root in a mount namespace of their own.
 * Must not leave a loop device read-only: other programs will use it.
 */
#ifndef KBOOT_TESTS_LOOP_DISK_H
#define KBOOT_TESTS_LOOP_DISK_H

#include <stdbool.h>
#include <sys/types.h>

struct loop_disk {
	int fd;
	char name[32]; /* "loop3", "zram1" */
};

/* Attaches a file. -errno where there are no loop devices. */
int loop_disk_open(struct loop_disk *disk, const char *file);
void loop_disk_close(struct loop_disk *disk);
/* Tells the kernel of partition 1 ("loop3p1"), should it not have found it by itself: not every
 * kernel reads partition tables. It goes with the disk. */
int loop_disk_add_partition(struct loop_disk *disk, off_t start, off_t size);

/* A disk in memory of its own (zram), which is no loop device. -errno where there is no zram. */
int ram_disk_open(struct loop_disk *disk, off_t size_bytes);
void ram_disk_close(struct loop_disk *disk);

/* Runs a program found in PATH, silently. Its exit code; 127 where there is none. */
int run_tool(const char *const *argv);
/* Sparse copies and comparisons of images; they stop the test (abort) when files fail them. */
void image_create(const char *file, off_t size);
void image_copy(const char *from, const char *to);
bool image_same(const char *a, const char *b);
void image_patch(const char *file, off_t offset, const void *data, size_t len);

#endif
