/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "area.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tables.h"
#include "trampoline.h"

enum {
	ENTRY_64 = 0x200, /* beyond the start of the protected-mode part */
	SETUP_E820_EXT = 1,
	SETUP_DTB = 2,
	SETUP_EFI = 4,
	SETUP_RNG_SEED = 9,
	SETUP_HEADER_BYTES = 16,
	SETUP_HEADER_LEN = 12,
	PROTOCOL_RSDP = 0x20e,
	ALIGN_BYTES = 16,
	EFI_SETUP_WORDS = 12, /* four of them used */
	MAX_AREA_BYTES = 8 << 20,
	/* The configuration table's length is not known; no firmware fills more than this. */
	CONFIG_TABLE_SPAN = 64 << 10,
};

struct writer {
	const struct kb_x86_area *area;
	uint64_t base;
	struct kb_buf *buf;
	struct kb_x86_addresses at;
};

/* Zeros up to the next multiple of align; the address of what comes next. */
static uint64_t align(struct writer *w, size_t bytes)
{
	while (w->buf->len % bytes != 0 && kb_buf_error(w->buf) == 0) {
		kb_buf_putc(w->buf, '\0');
	}
	return w->base + w->buf->len;
}

static void append_zeros(struct writer *w, size_t bytes)
{
	static const char page[KB_X86_PAGE_BYTES];

	for (; bytes > 0 && kb_buf_error(w->buf) == 0; bytes -= KB_X86_PAGE_BYTES) {
		kb_buf_append(w->buf, page, KB_X86_PAGE_BYTES);
	}
}

/* Puts a record before those that are there: it names them as its next. */
static void add_setup_data(struct writer *w, uint32_t type, const void *data, size_t len)
{
	uint64_t address = align(w, ALIGN_BYTES);
	uint32_t len32 = (uint32_t)len;

	kb_buf_append(w->buf, &w->at.setup_data, 8);
	kb_buf_append(w->buf, &type, 4);
	kb_buf_append(w->buf, &len32, 4);
	kb_buf_append(w->buf, data, len);
	w->at.setup_data = address;
}

/* What does not fit into boot_params. */
static void add_more_memory(struct writer *w)
{
	const struct kb_x86_ranges *ranges = &w->area->facts->memory.firmware;
	KB_BUF struct kb_buf more = {0};
	uint8_t entry[KB_X86_E820_BYTES];
	size_t n = 0;

	for (size_t i = 0; i < ranges->count; i++) {
		if (ranges->list[i].start < ranges->list[i].end && n++ >= KB_X86_E820_MAX) {
			kb_x86_e820_write(&ranges->list[i], entry);
			kb_buf_append(&more, entry, sizeof(entry));
		}
	}
	if (kb_buf_error(&more) < 0) {
		w->buf->error = kb_buf_error(&more);
	} else if (more.len > 0) {
		add_setup_data(w, SETUP_E820_EXT, more.data, more.len);
	}
}

static void add_efi(struct writer *w)
{
	const struct kb_x86_efi *efi = &w->area->facts->efi;
	uint64_t setup[EFI_SETUP_WORDS] = {efi->fw_vendor, efi->runtime_services, efi->config_table,
					   efi->smbios};

	if (!kb_x86_hands_on_efi(w->area->header, w->area->facts)) {
		return;
	}
	add_setup_data(w, SETUP_EFI, setup, sizeof(setup));
	w->at.efi_map = align(w, ALIGN_BYTES);
	kb_buf_append(w->buf, efi->map, efi->n_map * sizeof(*efi->map));
}

static void add_setup_records(struct writer *w)
{
	const struct kb_x86_area *area = w->area;

	add_more_memory(w);
	if (area->dtb.len > 0) {
		add_setup_data(w, SETUP_DTB, area->dtb.data, area->dtb.len);
	}
	if (area->facts->has_seed) {
		add_setup_data(w, SETUP_RNG_SEED, area->facts->seed, KB_X86_SEED_BYTES);
	}
	add_efi(w);
}

/*
 * A kernel that cannot take EFI over from us, and is too old for the field in boot_params, learns
 * the place of the ACPI tables from its command line.
 */
static bool needs_rsdp_argument(const struct kb_x86_area *area, size_t extra_bytes)
{
	return area->facts->efi.booted && area->facts->rsdp != 0 &&
	       area->header->protocol < PROTOCOL_RSDP &&
	       !kb_x86_hands_on_efi(area->header, area->facts) &&
	       !strstr(area->args, "acpi_rsdp=") &&
	       strlen(area->args) + extra_bytes <= area->header->cmdline_max_bytes;
}

static void add_cmdline(struct writer *w)
{
	char extra[40];
	int n = snprintf(extra, sizeof(extra), " acpi_rsdp=0x%" PRIx64, w->area->facts->rsdp);

	w->at.cmdline = align(w, ALIGN_BYTES);
	kb_buf_puts(w->buf, w->area->args);
	if (needs_rsdp_argument(w->area, (size_t)n)) {
		kb_buf_puts(w->buf, extra);
	}
	kb_buf_putc(w->buf, '\0');
}

/* What the next kernel reads before it has page tables of its own, above the first 4 GiB. */
static void map_extras(const struct kb_x86_area *area, struct kb_x86_tables *tables)
{
	const uint8_t *running = area->facts->running;
	const struct kb_x86_efi *efi = &area->facts->efi;
	uint64_t systab = kb_le32(running + KB_X86_EFI_SYSTAB) |
			  (uint64_t)kb_le32(running + KB_X86_EFI_SYSTAB_HIGH) << 32;
	const uint64_t extras[] = {
		area->facts->rsdp,
		systab,
		systab + KB_X86_PAGE_BYTES,
		efi->config_table,
		efi->config_table + CONFIG_TABLE_SPAN,
	};

	for (size_t i = 0; i < KB_ARRAY_LEN(extras); i++) {
		/* An absurd address is the firmware's; the next kernel will not get that far. */
		(void)!kb_x86_tables_map(tables, extras[i]);
	}
}

static int write_first_pages(struct writer *w, const struct kb_x86_tables *tables)
{
	struct kb_x86_trampoline t = {
		.base = w->base,
		.root_5 = tables->base,
		.root_4 = tables->base + KB_X86_PAGE_BYTES,
		.boot_params = tables->base + tables->n_pages * KB_X86_PAGE_BYTES,
		.entry = w->area->kernel + ENTRY_64,
	};
	uint8_t *out = (uint8_t *)w->buf->data;
	size_t table_bytes = tables->n_pages * KB_X86_PAGE_BYTES;

	if (kb_buf_error(w->buf) < 0) {
		return kb_buf_error(w->buf);
	}
	kb_x86_trampoline_write(&t, out);
	memcpy(out + KB_X86_PAGE_BYTES, tables->pages, table_bytes);
	kb_x86_params_write(w->area->header, w->area->facts, &w->at,
			    out + KB_X86_PAGE_BYTES + table_bytes);
	return 0;
}

int kb_x86_area_write(const struct kb_x86_area *area, uint64_t base, struct kb_buf *buf)
{
	struct writer w = {.area = area, .base = base, .buf = buf};
	KB_FREE struct kb_x86_tables *tables = malloc(sizeof(*tables));

	if (!tables) {
		return -ENOMEM;
	}
	kb_x86_tables_init(tables, base + KB_X86_PAGE_BYTES);
	map_extras(area, tables);
	buf->max_bytes = MAX_AREA_BYTES;
	append_zeros(&w, KB_X86_PAGE_BYTES * (1 + tables->n_pages) + KB_X86_PARAMS_BYTES);
	w.at.initrd = area->initrd;
	w.at.initrd_bytes = area->initrd_bytes;
	add_cmdline(&w);
	add_setup_records(&w);
	return write_first_pages(&w, tables);
}
