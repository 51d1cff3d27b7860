/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * EFI runtime services can be given their virtual addresses only once in the life of the machine,
 * so the next kernel must take over the addresses that the first one chose: the runtime part of the
 * memory map, and the few table pointers that the firmware rewrote meanwhile (setup_data of type
 * SETUP_EFI).
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "facts.h"
#include "host.h"
#include "image_source.h"
#include "kboot/base/tree.h"
#include "params.h"

enum {
	SYSTAB_BYTES = 4096,
	PATH_BYTES = 320,
	DESCRIPTOR_VERSION = 1,
	PLATFORM_BITS = 64,
};

struct map_reader {
	const struct kb_boot_host *host;
	struct kb_x86_efi *efi;
};

void kb_x86_efi_done(struct kb_x86_efi *efi)
{
	free(efi->map);
	*efi = (struct kb_x86_efi){0};
}

static int read_field(const struct kb_boot_host *host, const char *range, const char *field,
		      uint64_t *ret_value)
{
	char path[PATH_BYTES];

	(void)snprintf(path, sizeof(path), "firmware/efi/runtime-map/%s/%s", range, field);
	return kb_host_read_u64(host->sysfs_fd, path, ret_value);
}

static int read_range(void *ctx, const char *name)
{
	const struct map_reader *reader = ctx;
	struct kb_x86_efi *efi = reader->efi;
	struct kb_x86_efi_range range = {0};
	struct kb_x86_efi_range *map;
	uint64_t type;

	if (read_field(reader->host, name, "type", &type) < 0 ||
	    read_field(reader->host, name, "phys_addr", &range.physical) < 0 ||
	    read_field(reader->host, name, "virt_addr", &range.virtual) < 0 ||
	    read_field(reader->host, name, "num_pages", &range.n_pages) < 0 ||
	    read_field(reader->host, name, "attribute", &range.attributes) < 0) {
		return -EINVAL;
	}
	range.type = (uint32_t)type;
	map = reallocarray(efi->map, efi->n_map + 1, sizeof(*map));
	if (!map) {
		return -ENOMEM;
	}
	efi->map = map;
	efi->map[efi->n_map++] = range;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct kb_x86_efi_range *x = a;
	const struct kb_x86_efi_range *y = b;

	return x->physical < y->physical ? -1 : x->physical > y->physical;
}

static int read_map(const struct kb_boot_host *host, struct kb_x86_efi *efi)
{
	struct kb_tree sys = {.root_fd = host->sysfs_fd, .name = ""};
	struct map_reader reader = {host, efi};
	int r = kb_tree_list(&sys, "firmware/efi/runtime-map", KB_X86_MAX_EFI_RANGES, read_range,
			     &reader);

	if (r == 0 && efi->n_map > 1) {
		qsort(efi->map, efi->n_map, sizeof(*efi->map), compare);
	}
	return r;
}

/* "NAME=0x…" on a line of its own. */
static uint64_t systab_value(struct kb_str systab, struct kb_str name)
{
	struct kb_str line;
	uint64_t value;
	size_t used;

	while (kb_str_next_line(&systab, &line)) {
		if (kb_str_starts(line, name) &&
		    kb_host_parse_u64(kb_str_skip(line, name.len), 16, &value, &used) == 0) {
			return value;
		}
	}
	return 0;
}

static void read_systab(const struct kb_boot_host *host, struct kb_x86_efi *efi, uint64_t *rsdp)
{
	char text[SYSTAB_BYTES];
	struct kb_str systab;

	if (kb_host_read_text(host->sysfs_fd, "firmware/efi/systab", text, sizeof(text)) < 0) {
		return;
	}
	systab = kb_str_from(text);
	efi->smbios = systab_value(systab, KB_STR("SMBIOS="));
	if (*rsdp == 0) {
		*rsdp = systab_value(systab, KB_STR("ACPI20="));
	}
	if (*rsdp == 0) {
		*rsdp = systab_value(systab, KB_STR("ACPI="));
	}
}

/* Does the running kernel itself have what the next one would take over? */
static bool has_runtime(const struct kb_boot_host *host, const uint8_t *running)
{
	uint64_t bits;

	return memcmp(running + KB_X86_EFI_SIGNATURE, "EL64", 4) == 0 &&
	       kb_le32(running + KB_X86_EFI_MEMDESC_VERSION) == DESCRIPTOR_VERSION &&
	       kb_le32(running + KB_X86_EFI_MEMMAP_SIZE) != 0 &&
	       kb_host_read_u64(host->sysfs_fd, "firmware/efi/fw_platform_size", &bits) == 0 &&
	       bits == PLATFORM_BITS;
}

int kb_x86_efi_read(const struct kb_boot_host *host, const uint8_t running[KB_X86_PARAMS_BYTES],
		    struct kb_x86_efi *ret_efi, uint64_t *rsdp)
{
	KB_CLEANUP(kb_x86_efi_done) struct kb_x86_efi efi = {0};
	int sys = host->sysfs_fd;
	int r;

	efi.booted = kb_host_exists(sys, "firmware/efi");
	if (efi.booted) {
		read_systab(host, &efi, rsdp);
	}
	if (efi.booted && has_runtime(host, running)) {
		r = read_map(host, &efi);
		if (r == -ENOMEM) {
			return r;
		}
		/* Only kernels before 5.7 use the third. */
		(void)!kb_host_read_u64(sys, "firmware/efi/runtime", &efi.runtime_services);
		efi.runtime =
			r == 0 && efi.n_map > 0 &&
			kb_host_read_u64(sys, "firmware/efi/fw_vendor", &efi.fw_vendor) == 0 &&
			kb_host_read_u64(sys, "firmware/efi/config_table", &efi.config_table) == 0;
	}
	*ret_efi = efi;
	efi = (struct kb_x86_efi){0};
	return 0;
}
