/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * boot_params: the page in which the next kernel finds everything it is told.
 * For the x86 loader.
 * Must be a pure function of what it is given: it is tested byte for byte and fuzzed.
 * Source: the kernel's Documentation/arch/x86/zero-page.rst.
 */
#ifndef KBOOT_BOOT_X86_PARAMS_H
#define KBOOT_BOOT_X86_PARAMS_H

#include "facts.h"
#include "image_x86.h"
#include "zero_page.h"

/* Physical addresses; what is not there has size 0. */
struct kb_x86_addresses {
	uint64_t initrd;
	uint64_t initrd_bytes;
	uint64_t cmdline;
	uint64_t setup_data;
	uint64_t efi_map;
};

/* Can the next kernel take over the EFI runtime services? */
bool kb_x86_hands_on_efi(const struct kb_x86_header *header, const struct kb_x86_facts *facts);

void kb_x86_params_write(const struct kb_x86_header *header, const struct kb_x86_facts *facts,
			 const struct kb_x86_addresses *at, uint8_t params[KB_X86_PARAMS_BYTES]);
/* One entry of the memory map, KB_X86_E820_BYTES long. */
void kb_x86_e820_write(const struct kb_x86_range *range, uint8_t *entry);

#endif
