/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ranges of physical memory: what the running kernel knows, and where there is room.
 * For the x86 loader.
 * Must not trust a range it was given to be sane, sorted or disjoint.
 */
#ifndef KBOOT_BOOT_X86_RANGES_H
#define KBOOT_BOOT_X86_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kboot/base/cleanup.h"
#include "kboot/base/str.h"

/* The types of the firmware's own map (ACPI 6.5, 15) and what Linux adds. */
enum kb_x86_memory {
	KB_X86_RAM = 1,
	KB_X86_RESERVED = 2,
	KB_X86_ACPI = 3,
	KB_X86_NVS = 4,
	KB_X86_UNUSABLE = 5,
	KB_X86_PMEM = 7,
	KB_X86_PRAM = 12,
};

struct kb_x86_range {
	uint64_t start;
	uint64_t end; /* the first byte after it */
	uint32_t type;
};

enum { KB_X86_MAX_RANGES = 4096 };

struct kb_x86_ranges {
	struct kb_x86_range *list;
	size_t count;
	size_t cap;
};

void kb_x86_ranges_done(struct kb_x86_ranges *ranges);
/* An empty range is left out. -ENOMEM, -E2BIG. */
KB_MUST_CHECK int kb_x86_ranges_add(struct kb_x86_ranges *ranges, uint64_t start, uint64_t end,
				    uint32_t type);
KB_MUST_CHECK int kb_x86_ranges_copy(const struct kb_x86_ranges *ranges,
				     struct kb_x86_ranges *ret_copy);
void kb_x86_ranges_sort(struct kb_x86_ranges *ranges);
/*
 * What of start to end is RAM in ranges becomes type; type 0 takes it out. -ENOMEM, -E2BIG.
 */
KB_MUST_CHECK int kb_x86_ranges_subtract(struct kb_x86_ranges *ranges, uint64_t start, uint64_t end,
					 uint32_t type);

/* "System RAM" and the like, as /proc/iomem and /sys/firmware/memmap write it; 0: no memory. */
uint32_t kb_x86_memory_type(struct kb_str name);

struct kb_x86_want {
	uint64_t size;
	uint64_t align; /* a power of two */
	uint64_t min;
	uint64_t max; /* the first byte that it must not touch */
	bool top_down;
};

/* Finds room in the RAM of sorted ranges and takes it out of them. -ENOSPC, -ENOMEM, -E2BIG. */
KB_MUST_CHECK int kb_x86_ranges_place(struct kb_x86_ranges *ranges, const struct kb_x86_want *want,
				      uint64_t *ret_start);

#endif
