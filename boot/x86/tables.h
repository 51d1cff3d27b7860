/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page tables that map memory onto itself, for the moment between the running kernel and the next.
 * For the x86 loader.
 * Must not depend on anything of the running kernel: after the jump its own tables may be written
 * over.
 */
#ifndef KBOOT_BOOT_X86_TABLES_H
#define KBOOT_BOOT_X86_TABLES_H

#include <stddef.h>
#include <stdint.h>

#include "kboot/base/cleanup.h"

enum {
	KB_X86_PAGE_BYTES = 4096,
	KB_X86_MAX_EXTRAS = 8,
	/* Levels 5, 4, 3, four pages of level 2 for 4 GiB, and two for every extra GiB. */
	KB_X86_MAX_TABLE_PAGES = 7 + 2 * KB_X86_MAX_EXTRAS,
};

struct kb_x86_tables {
	uint64_t base; /* physical address of page 0 */
	size_t n_pages;
	uint64_t pages[KB_X86_MAX_TABLE_PAGES][KB_X86_PAGE_BYTES / sizeof(uint64_t)];
};

/* Page 0 is the root of five levels, page 1 of four. The first 4 GiB are mapped. */
void kb_x86_tables_init(struct kb_x86_tables *tables, uint64_t base);
/* Also maps the GiB that holds address. -ENOSPC, -ERANGE above 48 bits. */
KB_MUST_CHECK int kb_x86_tables_map(struct kb_x86_tables *tables, uint64_t address);

#endif
