/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Filesystem signatures written by hand into an image in memory, honest or lying.
 * For the tests of scan.
 * Must not need tools or privileges.
 */
#ifndef KBOOT_TESTS_DISK_IMAGE_H
#define KBOOT_TESTS_DISK_IMAGE_H

#include <stddef.h>

enum { DISK_IMAGE_BYTES = 16 << 20 };

/* Sparse, all zeros. */
int disk_image_create(void);
void disk_image_write(int fd, long offset, const void *data, size_t len);
/* UUID 00112233-4455-6677-8899-aabbccddeeff; label: 16 bytes at most. */
void disk_image_put_ext4(int fd, const char *label, size_t label_len);
void disk_image_put_squashfs(int fd);
void disk_image_put_luks(int fd);
void disk_image_put_swap(int fd);
/* Claims records of 1 GiB. */
void disk_image_put_greedy_ntfs(int fd);

#endif
