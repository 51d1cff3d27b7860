/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk_image.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int disk_image_create(void)
{
	int fd = memfd_create("disk", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, DISK_IMAGE_BYTES) < 0) {
		perror("disk image");
		abort();
	}
	return fd;
}

void disk_image_write(int fd, long offset, const void *data, size_t len)
{
	if (pwrite(fd, data, len, offset) != (ssize_t)len) {
		perror("disk image");
		abort();
	}
}

void disk_image_put_ext4(int fd, const char *label, size_t label_len)
{
	enum { SUPERBLOCK = 1024 };

	disk_image_write(fd, SUPERBLOCK + 56, "\x53\xef", 2);
	disk_image_write(fd, SUPERBLOCK + 76, "\x01\0\0\0", 4);  /* dynamic revision */
	disk_image_write(fd, SUPERBLOCK + 92, "\x04\0\0\0", 4);  /* has_journal */
	disk_image_write(fd, SUPERBLOCK + 96, "\x40\0\0\0", 4);  /* extents */
	disk_image_write(fd, SUPERBLOCK + 100, "\x0b\0\0\0", 4); /* sparse_super, large, huge */
	disk_image_write(fd, SUPERBLOCK + 104,
			 "\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff", 16);
	disk_image_write(fd, SUPERBLOCK + 120, label, label_len);
}

void disk_image_put_squashfs(int fd)
{
	disk_image_write(fd, 0, "hsqs", 4);
	disk_image_write(fd, 28, "\x04\0\0\0", 4); /* version 4.0 */
}

void disk_image_put_luks(int fd)
{
	disk_image_write(fd, 0, "LUKS\xba\xbe\x00\x01", 8);
	disk_image_write(fd, 168, "aabbccdd-0000-1111-2222-333344445555", 36);
}

void disk_image_put_swap(int fd)
{
	disk_image_write(fd, 4096 - 10, "SWAPSPACE2", 10);
	disk_image_write(fd, 1024, "\x01\0\0\0\xff\x0f\0\0", 8); /* version 1, last page */
}

void disk_image_put_greedy_ntfs(int fd)
{
	disk_image_write(fd, 3, "NTFS    ", 8);
	disk_image_write(fd, 11, "\x00\x02\x08", 3);           /* 512-byte sectors, 8 a cluster */
	disk_image_write(fd, 40, "\xff\xff\xff\0\0\0\0\0", 8); /* sectors */
	disk_image_write(fd, 48, "\x04\0\0\0\0\0\0\0", 8);     /* cluster of the MFT */
	disk_image_write(fd, 56, "\x08\0\0\0\0\0\0\0", 8);     /* and of its mirror */
	disk_image_write(fd, 64, "\xe2", 1);                   /* 1 << 30 bytes a record */
}
