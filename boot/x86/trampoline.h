/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The code that runs between the running kernel's last instruction and the next one's first.
 * For the x86 loader.
 * Must not be longer than a page, with its data and its stack.
 */
#ifndef KBOOT_BOOT_X86_TRAMPOLINE_H
#define KBOOT_BOOT_X86_TRAMPOLINE_H

#include <stdint.h>

#include "tables.h"

/* Physical addresses. */
struct kb_x86_trampoline {
	uint64_t base;   /* where the page itself will be; execution starts at its first byte */
	uint64_t root_4; /* page tables of four and five levels */
	uint64_t root_5;
	uint64_t boot_params; /* for the kernel, in rsi */
	uint64_t entry;       /* its 64-bit entry point */
};

void kb_x86_trampoline_write(const struct kb_x86_trampoline *t, uint8_t page[KB_X86_PAGE_BYTES]);

#endif
