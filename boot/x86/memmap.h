/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of the machine as the running kernel tells it: where a segment may go, and the map
 * that the next kernel is handed. For the x86 loader. Must not invent memory: what cannot be read
 * is an error.
 */
#ifndef KBOOT_BOOT_X86_MEMMAP_H
#define KBOOT_BOOT_X86_MEMMAP_H

#include "kboot/boot/load.h"
#include "ranges.h"

struct kb_x86_memmap {
	struct kb_x86_ranges usable;   /* System RAM, without what is kept for a crash kernel */
	struct kb_x86_ranges firmware; /* for the next kernel */
};

void kb_x86_memmap_done(struct kb_x86_memmap *map);
/* Reads /sys/firmware/memmap and /proc/iomem; empty on failure. */
KB_MUST_CHECK int kb_x86_memmap_read(const struct kb_boot_host *host, struct kb_x86_memmap *ret_map,
				     struct kb_error *err);
/* The text of /proc/iomem, for both parts of map; firmware is left alone where it has ranges. */
KB_MUST_CHECK int kb_x86_memmap_parse_iomem(struct kb_str text, struct kb_x86_memmap *map);

#endif
