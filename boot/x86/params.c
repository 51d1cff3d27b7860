/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "params.h"

#include <string.h>

enum {
	LOADER_KEXEC = 0xd0, /* assigned: Documentation/arch/x86/boot.rst, type_of_loader */
	PROTOCOL_SETUP_DATA = 0x209,
	MIB = 1 << 20,
	MAX_EXT_MEM_K = 0xfc00,
};

static void put16(uint8_t *p, uint64_t value)
{
	p[0] = (uint8_t)value;
	p[1] = (uint8_t)(value >> 8);
}

static void put32(uint8_t *p, uint64_t value)
{
	put16(p, value);
	put16(p + 2, value >> 16);
}

static void put64(uint8_t *p, uint64_t value)
{
	put32(p, value);
	put32(p + 4, value >> 32);
}

void kb_x86_e820_write(const struct kb_x86_range *range, uint8_t *entry)
{
	put64(entry, range->start);
	put64(entry + 8, range->end - range->start);
	put32(entry + 16, range->type);
}

bool kb_x86_hands_on_efi(const struct kb_x86_header *header, const struct kb_x86_facts *facts)
{
	return facts->efi.runtime && (header->xloadflags & KB_X86_XLF_EFI_KEXEC) != 0 &&
	       header->protocol >= PROTOCOL_SETUP_DATA;
}

/* What the firmware told the running kernel and still holds. */
static void copy_running(const struct kb_x86_facts *facts, uint8_t *params)
{
	const uint8_t *running = facts->running;

	memcpy(params + KB_X86_SCREEN, running + KB_X86_SCREEN, KB_X86_SCREEN_BYTES);
	memset(params + KB_X86_OLD_CMDLINE, 0, 4);
	if (facts->screen_lost) {
		/* "No screen": better than a kernel that draws where nobody looks. */
		params[KB_X86_VIDEO_TYPE] = 0;
	}
	memcpy(params + KB_X86_EDID, running + KB_X86_EDID, KB_X86_EDID_BYTES);
	params[KB_X86_EDD_ENTRIES] = running[KB_X86_EDD_ENTRIES];
	params[KB_X86_EDD_MBR_ENTRIES] = running[KB_X86_EDD_MBR_ENTRIES];
	params[KB_X86_SECURE_BOOT] = running[KB_X86_SECURE_BOOT];
	memcpy(params + KB_X86_EDD_MBR, running + KB_X86_EDD_MBR, KB_X86_EDD_MBR_BYTES);
	memcpy(params + KB_X86_EDD, running + KB_X86_EDD, KB_X86_EDD_BYTES);
	memcpy(params + KB_X86_SUBARCH, running + KB_X86_SUBARCH, 4);
	put64(params + KB_X86_RSDP, facts->rsdp);
}

static void write_memory(const struct kb_x86_ranges *ranges, uint8_t *params)
{
	unsigned n = 0;

	for (size_t i = 0; i < ranges->count && n < KB_X86_E820_MAX; i++) {
		const struct kb_x86_range *range = &ranges->list[i];

		if (range->start >= range->end) {
			continue;
		}
		kb_x86_e820_write(range, params + KB_X86_E820 + (size_t)n * KB_X86_E820_BYTES);
		n++;
		if (range->type == KB_X86_RAM && range->start <= MIB && range->end > MIB) {
			uint64_t k = (range->end - MIB) >> 10;

			put16(params + KB_X86_EXT_MEM_K, k > MAX_EXT_MEM_K ? MAX_EXT_MEM_K : k);
			put32(params + KB_X86_ALT_MEM_K, k > UINT32_MAX ? UINT32_MAX : k);
		}
	}
	params[KB_X86_E820_ENTRIES] = (uint8_t)n;
}

static void write_efi(const struct kb_x86_facts *facts, const struct kb_x86_addresses *at,
		      uint8_t *params)
{
	memcpy(params + KB_X86_EFI_INFO, facts->running + KB_X86_EFI_INFO, KB_X86_EFI_INFO_BYTES);
	put32(params + KB_X86_EFI_MEMDESC_SIZE, sizeof(struct kb_x86_efi_range));
	put32(params + KB_X86_EFI_MEMMAP, at->efi_map);
	put32(params + KB_X86_EFI_MEMMAP_HIGH, at->efi_map >> 32);
	put32(params + KB_X86_EFI_MEMMAP_SIZE, facts->efi.n_map * sizeof(struct kb_x86_efi_range));
}

void kb_x86_params_write(const struct kb_x86_header *header, const struct kb_x86_facts *facts,
			 const struct kb_x86_addresses *at, uint8_t params[KB_X86_PARAMS_BYTES])
{
	memset(params, 0, KB_X86_PARAMS_BYTES);
	memcpy(params + KB_X86_HEADER_START, header->raw, sizeof(header->raw));
	copy_running(facts, params);
	put16(params + KB_X86_EXT_MEM_K, 0);
	write_memory(&facts->memory.firmware, params);
	if (kb_x86_hands_on_efi(header, facts)) {
		write_efi(facts, at, params);
	}
	params[KB_X86_LOADER_TYPE] = LOADER_KEXEC;
	params[KB_X86_LOADFLAGS] = KB_X86_LOADED_HIGH;
	put32(params + KB_X86_INITRD, at->initrd);
	put32(params + KB_X86_EXT_INITRD, at->initrd >> 32);
	put32(params + KB_X86_INITRD_SIZE, at->initrd_bytes);
	put32(params + KB_X86_EXT_INITRD_SIZE, at->initrd_bytes >> 32);
	put32(params + KB_X86_CMDLINE, at->cmdline);
	put32(params + KB_X86_EXT_CMDLINE, at->cmdline >> 32);
	put64(params + KB_X86_SETUP_DATA, at->setup_data);
}
