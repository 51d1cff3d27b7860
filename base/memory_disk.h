/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Block devices that are loop devices: over memory, whose file has no name, and over a file.
 * For sys_linux.c and its tests.
 * Must not outlive its users.
 */
#ifndef KBOOT_BASE_MEMORY_DISK_H
#define KBOOT_BASE_MEMORY_DISK_H

#include <stdint.h>

#include "kboot/base/cleanup.h"

/* See memory_disk of struct kb_sys. -ENOENT without a loop driver, other -errno. */
KB_MUST_CHECK int kb_memory_disk(uint64_t size_bytes, int *ret_fd);
/* See file_disk of struct kb_sys. The same errors. */
KB_MUST_CHECK int kb_file_disk(int file_fd, int *ret_fd);

#endif
