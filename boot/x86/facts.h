/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the next kernel must be told that only the running one knows.
 * For the x86 loader.
 * Must not change anything, and must not fail for what a machine can do without.
 */
#ifndef KBOOT_BOOT_X86_FACTS_H
#define KBOOT_BOOT_X86_FACTS_H

#include "kboot/boot/load.h"
#include "memmap.h"
#include "zero_page.h"

enum { KB_X86_SEED_BYTES = 32 };

/* One EFI memory descriptor, as the firmware and /sys/firmware/efi/runtime-map have it. */
struct kb_x86_efi_range {
	uint32_t type;
	uint32_t pad;
	uint64_t physical;
	uint64_t virtual;
	uint64_t n_pages;
	uint64_t attributes;
};

enum { KB_X86_MAX_EFI_RANGES = 1024 };

struct kb_x86_efi {
	bool booted;  /* the machine was started by EFI */
	bool runtime; /* its runtime services can be handed on; what follows is valid */
	uint64_t fw_vendor;
	uint64_t runtime_services;
	uint64_t config_table;
	uint64_t smbios;
	struct kb_x86_efi_range *map;
	size_t n_map;
};

struct kb_x86_facts {
	struct kb_x86_memmap memory;
	uint8_t running[KB_X86_PARAMS_BYTES]; /* boot_params of the running kernel, or zeros */
	bool screen_lost; /* another driver took the screen from the firmware's framebuffer */
	uint64_t rsdp;    /* 0: where a BIOS puts it */
	struct kb_x86_efi efi;
	uint8_t seed[KB_X86_SEED_BYTES];
	bool has_seed;
};

void kb_x86_facts_done(struct kb_x86_facts *facts);
KB_MUST_CHECK int kb_x86_facts_read(const struct kb_boot_host *host, struct kb_x86_facts *ret_facts,
				    struct kb_error *err);

void kb_x86_efi_done(struct kb_x86_efi *efi);
/* Also finds the RSDP in the system table where *rsdp is 0. -ENOMEM only. */
KB_MUST_CHECK int kb_x86_efi_read(const struct kb_boot_host *host,
				  const uint8_t running[KB_X86_PARAMS_BYTES],
				  struct kb_x86_efi *ret_efi, uint64_t *rsdp);

#endif
