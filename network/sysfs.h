/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attributes below /sys, or below a tree like it.
 * For network's own files.
 * Must not follow a path that was not made here.
 */
#ifndef KBOOT_NETWORK_SYSFS_H
#define KBOOT_NETWORK_SYSFS_H

#include <limits.h>

#include "kboot/base/str.h"

/* What is in DIR/NAME, without the line feed at its end. -errno. */
KB_MUST_CHECK int kb_sysfs_text(int dir_fd, const char *name, char *buf, size_t size);
/* A number, decimal or with 0x. -errno, -EINVAL. */
KB_MUST_CHECK int kb_sysfs_number(int dir_fd, const char *name, unsigned long *ret_number);
/* The text into PATH. -errno. */
KB_MUST_CHECK int kb_sysfs_write(int dir_fd, const char *path, const char *text);
/* Hexadecimal digits, eight at most, and nothing else. -EINVAL. */
KB_MUST_CHECK int kb_sysfs_hex(struct kb_str text, unsigned *ret_number);
int kb_sysfs_open(int dir_fd, const char *path); /* a folder; -1 */

#endif
