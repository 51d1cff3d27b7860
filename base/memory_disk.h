/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A block device over memory: a loop device whose file has no name.
 * For sys_linux.c and its tests.
 * Must not outlive its users.
 */
#ifndef KBOOT_BASE_MEMORY_DISK_H
#define KBOOT_BASE_MEMORY_DISK_H

#include <stdint.h>

#include "kboot/base/cleanup.h"

/* See memory_disk of struct kb_sys. -ENOENT without a loop driver, other -errno. */
KB_MUST_CHECK int kb_memory_disk(uint64_t size_bytes, int *ret_fd);

#endif
