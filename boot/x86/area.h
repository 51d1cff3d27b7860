/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one small segment that goes with a kernel: trampoline, page tables, boot_params, command
 * line, setup_data, EFI memory map. For the x86 loader. Must be a pure function of what it is
 * given; the same input has the same size at every address.
 */
#ifndef KBOOT_BOOT_X86_AREA_H
#define KBOOT_BOOT_X86_AREA_H

#include "params.h"

struct kb_x86_area {
	const struct kb_x86_header *header;
	const struct kb_x86_facts *facts;
	const char *args;
	struct kb_str dtb; /* empty: none */
	uint64_t kernel;   /* physical addresses */
	uint64_t initrd;
	uint64_t initrd_bytes;
};

/*
 * Writes the segment as it must stand at physical address base, whose first byte is where the jump
 * goes. buf must be empty. -ENOMEM, -EFBIG.
 */
KB_MUST_CHECK int kb_x86_area_write(const struct kb_x86_area *area, uint64_t base,
				    struct kb_buf *buf);

#endif
