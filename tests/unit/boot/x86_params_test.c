/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Our own loader as kexec_load(2) sees it: every byte that the next kernel is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "x86_case.h"

static void the_running_kernels_boot_params(void **state)
{
	struct x86_case *c = *state;
	uint8_t running[X86_PAGE];
	const uint8_t *params;

	for (size_t i = 0; i < sizeof(running); i++) {
		running[i] = (uint8_t)(i % 251 + 1);
	}
	temp_dir_write(&c->boot.sys, "kernel/boot_params/data", running, sizeof(running));
	assert_int_equal(x86_load(c), 0);
	params = x86_params_of(c);
	assert_int_equal(params[0x00f], running[0x00f]);
	assert_memory_equal(params + 0x12, running + 0x12, 14); /* the framebuffer */
	assert_int_equal(x86_get(params + 0x20, 4), 0);
	assert_memory_equal(params + 0x70, running + 0x70, 8); /* RSDP */
	assert_memory_equal(params + 0x140, running + 0x140, 0x80);
	assert_memory_equal(params + 0x1e9, running + 0x1e9, 2);
	assert_int_equal(params[0x1ec], running[0x1ec]);
	assert_memory_equal(params + 0x23c, running + 0x23c, 4);
	assert_memory_equal(params + 0x290, running + 0x290, 0x40);
	assert_memory_equal(params + 0xd00, running + 0xd00, 6 * 82);
	/* What this boot says wins, and nothing else is taken over. */
	assert_int_equal(x86_get(params + 0x218, 4), 0);
	assert_int_equal(x86_get(params + 0x1c0, 4), 0);
	assert_int_equal(x86_get(params + 0x40, 4), 0);
	assert_int_equal(x86_get(params + 0x080, 4), 0);
}

static void a_screen_that_somebody_took(void **state)
{
	struct x86_case *c = *state;
	uint8_t running[X86_PAGE] = {0};

	running[0x00f] = 0x70;
	temp_dir_write(&c->boot.sys, "kernel/boot_params/data", running, sizeof(running));
	assert_int_equal(x86_load(c), 0);
	assert_int_equal(x86_params_of(c)[0x00f], 0x70); /* nobody draws at all */
	temp_dir_mkdir(&c->boot.sys, "class/drm/card0");
	assert_int_equal(x86_load(c), 0);
	assert_int_equal(x86_params_of(c)[0x00f], 0);
	temp_dir_mkdir(&c->boot.sys, "bus/platform/devices/simple-framebuffer.0");
	assert_int_equal(x86_load(c), 0);
	assert_int_equal(x86_params_of(c)[0x00f],
			 0x70); /* simpledrm draws where the firmware did */
}

static void use_efi(struct x86_case *c)
{
	static const char *const files[][2] = {
		{"fw_platform_size", "64\n"},
		{"fw_vendor", "0x3f5ee398\n"},
		{"config_table", "0x3f5ecf98\n"},
		{"runtime", "0x3f5edb98\n"},
		{"systab", "ACPI20=0x3f77d014\nACPI=0x3f77d000\nSMBIOS3=0x9\nSMBIOS=0x3f520000\n"},
		{"runtime-map/0/type", "0x6\n"},
		{"runtime-map/0/phys_addr", "0x3f500000\n"},
		{"runtime-map/0/virt_addr", "0xfffffffefea00000\n"},
		{"runtime-map/0/num_pages", "0x20\n"},
		{"runtime-map/0/attribute", "0x800000000000000f\n"},
		{"runtime-map/1/type", "0x5\n"},
		{"runtime-map/1/phys_addr", "0x3f400000\n"},
		{"runtime-map/1/virt_addr", "0xfffffffefec00000\n"},
		{"runtime-map/1/num_pages", "0x10\n"},
		{"runtime-map/1/attribute", "0x800000000000000f\n"},
	};
	uint8_t running[X86_PAGE] = {0};
	char path[64];

	memcpy(running + 0x1c0, "EL64\x18\xe0\x9e\x3f\x30\0\0\0\1\0\0\0\x18\xb0\xc3\x3d\0\x0c\0\0",
	       24);
	temp_dir_write(&c->boot.sys, "kernel/boot_params/data", running, sizeof(running));
	for (size_t i = 0; i < KB_ARRAY_LEN(files); i++) {
		(void)snprintf(path, sizeof(path), "firmware/efi/%s", files[i][0]);
		temp_dir_text(&c->boot.sys, path, files[i][1]);
	}
}

static void efi_runtime_services_are_handed_on(void **state)
{
	struct x86_case *c = *state;
	const uint8_t *params;
	const uint8_t *efi;
	const uint8_t *map;
	size_t len;

	use_efi(c);
	assert_int_equal(x86_load(c), 0);
	params = x86_params_of(c);
	assert_memory_equal(params + 0x1c0, "EL64\x18\xe0\x9e\x3f\x28\0\0\0\1\0\0\0", 16);
	assert_int_equal(x86_get(params + 0x1d4, 4), 80);
	assert_int_equal(x86_get(params + 0x70, 8), 0x3f77d014);
	map = x86_memory_at(c, x86_get(params + 0x1d0, 4), 80);
	assert_non_null(map);
	assert_int_equal(x86_get(map, 8), 5);
	assert_int_equal(x86_get(map + 8, 8), 0x3f400000);
	assert_int_equal(x86_get(map + 16, 8), 0xfffffffefec00000);
	assert_int_equal(x86_get(map + 24, 8), 0x10);
	assert_int_equal(x86_get(map + 32, 8), 0x800000000000000f);
	assert_int_equal(x86_get(map + 40, 8), 6);
	efi = x86_setup_data(c, 4, &len);
	assert_non_null(efi);
	assert_int_equal(len, 96);
	assert_int_equal(x86_get(efi, 8), 0x3f5ee398);
	assert_int_equal(x86_get(efi + 8, 8), 0x3f5edb98);
	assert_int_equal(x86_get(efi + 16, 8), 0x3f5ecf98);
	assert_int_equal(x86_get(efi + 24, 8), 0x3f520000);
	/* The stub's own initrd must not be taken for ours. */
	assert_int_equal(c->n_segments, 3);
	assert_int_equal(x86_get(params + 0x21c, 4), 16);
	assert_int_equal(x86_get(x86_memory_at(c, x86_get(params + 0x218, 4), 16), 8), 0);
}

static void efi_that_cannot_be_handed_on(void **state)
{
	struct x86_case *c = *state;
	struct bzimage_spec no_efi_kexec = {.xloadflags = 0x6f};
	struct bzimage_spec old = {.xloadflags = 0x6f, .protocol = 0x20d};
	struct bzimage_spec old_full = {.xloadflags = 0x6f, .protocol = 0x20d, .cmdline_size = 30};
	size_t len;

	use_efi(c);
	boot_case_use_kernel(&c->boot, &no_efi_kexec);
	assert_int_equal(x86_load(c), 0);
	assert_int_equal(x86_get(x86_params_of(c) + 0x1c0, 4), 0);
	assert_int_equal(x86_get(x86_params_of(c) + 0x70, 8), 0x3f77d014);
	assert_null(x86_setup_data(c, 4, &len));
	assert_string_equal((const char *)x86_memory_at(c, x86_get(x86_params_of(c) + 0x228, 4),
							18),
			    "root=/dev/sda2 ro");
	/* Too old for the field: the command line says it, where there is room. */
	boot_case_use_kernel(&c->boot, &old);
	assert_int_equal(x86_load(c), 0);
	assert_string_equal((const char *)x86_memory_at(c, x86_get(x86_params_of(c) + 0x228, 4),
							18),
			    "root=/dev/sda2 ro acpi_rsdp=0x3f77d014");
	boot_case_use_kernel(&c->boot, &old_full);
	assert_int_equal(x86_load(c), 0);
	assert_string_equal((const char *)x86_memory_at(c, x86_get(x86_params_of(c) + 0x228, 4),
							18),
			    "root=/dev/sda2 ro");
	/* 32-bit firmware under a 64-bit kernel. */
	temp_dir_text(&c->boot.sys, "firmware/efi/fw_platform_size", "32\n");
	boot_case_use_kernel(&c->boot, &(struct bzimage_spec){0});
	assert_int_equal(x86_load(c), 0);
	assert_int_equal(x86_get(x86_params_of(c) + 0x1c0, 4), 0);
}

static void a_device_tree(void **state)
{
	struct x86_case *c = *state;
	const uint8_t *dtb;
	size_t len = 0;

	c->boot.request.dtb = (struct kb_boot_file){boot_file_pattern(333, 9), "board.dtb"};
	boot_file_patch(c->boot.request.dtb.fd, 0, "\xd0\x0d\xfe\xed", 4);
	assert_int_equal(x86_load(c), 0);
	dtb = x86_setup_data(c, 2, &len);
	(void)kb_close(c->boot.request.dtb.fd);
	assert_non_null(dtb);
	assert_int_equal(len, 333);
	assert_int_equal(dtb[0], 0xd0);
	assert_int_equal(dtb[4], 9 + 4);
}

/* Walks the page tables as the processor would; the last level is of 2 MiB. */
static uint64_t translate(const struct x86_case *c, uint64_t root, unsigned levels,
			  uint64_t address)
{
	uint64_t table = root;

	for (unsigned level = levels; level >= 2; level--) {
		size_t index = address >> (12 + 9 * (level - 1)) & 511;
		const uint8_t *entry = x86_memory_at(c, table + index * 8, 8);

		assert_non_null(entry);
		if (!(x86_get(entry, 8) & 1)) {
			return UINT64_MAX;
		}
		table = x86_get(entry, 8) & 0x000ffffffffff000;
		if (level == 2) {
			assert_true(x86_get(entry, 8) & 0x80);
		}
	}
	return table | (address & 0x1fffff);
}

static void page_tables_map_memory_onto_itself(void **state)
{
	struct x86_case *c = *state;
	uint8_t running[X86_PAGE] = {0};
	const uint64_t mapped[] = {0, 0x1000200, 0xffffffff, 0x8012345678, 0x7fc0000000};

	/* An RSDP above 4 GiB, and an EFI system table in another 512 GiB. */
	memcpy(running + 0x70, "\x78\x56\x34\x12\x80\0\0\0", 8);
	running[0x1db] = 0;
	memcpy(running + 0x1c4, "\0\0\0\xc0", 4);
	running[0x1d8] = 0x7f;
	temp_dir_write(&c->boot.sys, "kernel/boot_params/data", running, sizeof(running));
	assert_int_equal(x86_load(c), 0);
	for (size_t i = 0; i < KB_ARRAY_LEN(mapped); i++) {
		assert_int_equal(translate(c, x86_trampoline_word(c, 0x110), 4, mapped[i]),
				 mapped[i]);
		assert_int_equal(translate(c, x86_trampoline_word(c, 0x118), 5, mapped[i]),
				 mapped[i]);
	}
	assert_int_equal(translate(c, x86_trampoline_word(c, 0x110), 4, 0x200000000), UINT64_MAX);
	assert_int_equal(x86_trampoline_word(c, 0x108),
			 c->entry + 0x140); /* the descriptor table */
	assert_int_equal(x86_trampoline_word(c, 0x150), 0x00af9a000000ffff);
	assert_int_equal(x86_trampoline_word(c, 0x158), 0x00cf92000000ffff);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup_teardown(f, x86_case_setup, x86_case_teardown)
		CASE(the_running_kernels_boot_params),
		CASE(a_screen_that_somebody_took),
		CASE(efi_runtime_services_are_handed_on),
		CASE(efi_that_cannot_be_handed_on),
		CASE(a_device_tree),
		CASE(page_tables_map_memory_onto_itself),
	};

	return cmocka_run_group_tests_name("boot/x86_params", tests, NULL, NULL);
}
