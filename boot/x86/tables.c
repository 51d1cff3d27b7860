/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Intel SDM volume 3, 4.5: 4-level and 5-level paging. */
#include "tables.h"

#include <errno.h>
#include <string.h>

enum {
	PRESENT_WRITABLE = 0x3,
	LARGE = 0x80,
	ENTRIES = 512,
	LEVEL_2_SHIFT = 21,
	LEVEL_3_SHIFT = 30,
	LEVEL_4_SHIFT = 39,
	ADDRESS_BITS = 48,
	ROOT_5 = 0,
	ROOT_4 = 1,
	LOW_GIB = 4,
};

static const uint64_t address_mask = 0x000ffffffffff000;

static uint64_t page_address(const struct kb_x86_tables *tables, size_t page)
{
	return tables->base + page * KB_X86_PAGE_BYTES;
}

/* The page that entry index of a page leads to; made where there is none. */
static int descend(struct kb_x86_tables *tables, size_t page, size_t index, size_t *ret_page)
{
	uint64_t *entry = &tables->pages[page][index];

	if (*entry & PRESENT_WRITABLE) {
		*ret_page = (size_t)(((*entry & address_mask) - tables->base) / KB_X86_PAGE_BYTES);
		return 0;
	}
	if (tables->n_pages == KB_X86_MAX_TABLE_PAGES) {
		return -ENOSPC;
	}
	*ret_page = tables->n_pages++;
	*entry = page_address(tables, *ret_page) | PRESENT_WRITABLE;
	return 0;
}

int kb_x86_tables_map(struct kb_x86_tables *tables, uint64_t address)
{
	uint64_t gib = address >> LEVEL_3_SHIFT << LEVEL_3_SHIFT;
	size_t level_3 = 0;
	size_t level_2 = 0;
	int r;

	if (address >> ADDRESS_BITS) {
		return -ERANGE;
	}
	r = descend(tables, ROOT_4, address >> LEVEL_4_SHIFT & (ENTRIES - 1), &level_3);
	if (r < 0) {
		return r;
	}
	r = descend(tables, level_3, address >> LEVEL_3_SHIFT & (ENTRIES - 1), &level_2);
	if (r < 0) {
		return r;
	}
	for (uint64_t i = 0; i < ENTRIES; i++) {
		tables->pages[level_2][i] = gib | i << LEVEL_2_SHIFT | PRESENT_WRITABLE | LARGE;
	}
	return 0;
}

void kb_x86_tables_init(struct kb_x86_tables *tables, uint64_t base)
{
	memset(tables, 0, sizeof(*tables));
	tables->base = base;
	tables->n_pages = 2;
	tables->pages[ROOT_5][0] = page_address(tables, ROOT_4) | PRESENT_WRITABLE;
	for (uint64_t gib = 0; gib < LOW_GIB; gib++) {
		(void)!kb_x86_tables_map(tables, gib << LEVEL_3_SHIFT); /* there is room for four */
	}
}
