/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A ceiling over the memory that a library may take while it reads a hostile disk.
 * For probe.c.
 * Must not be held while other threads run: the ceiling is the process's.
 */
#ifndef KBOOT_SCAN_LIMIT_H
#define KBOOT_SCAN_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>

struct kb_memory_limit {
	struct rlimit before;
	bool is_set;
};

/* At most extra_bytes of address space more than now; allocations above it fail. Without /proc, or
 * where the system refuses, there is no ceiling. */
void kb_memory_limit_init(struct kb_memory_limit *limit, size_t extra_bytes);
void kb_memory_limit_done(struct kb_memory_limit *limit);

#endif
