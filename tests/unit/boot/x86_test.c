/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Our own loader as kexec_load(2) sees it: segments, and every byte that the next kernel is told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <linux/kexec.h>
#include <stdio.h>
#include <string.h>

#include "boot_files.h"
#include "fake_sys.h"
#include "kboot/boot/load.h"
#include "temp_dir.h"

enum { PAGE = 4096, MIB = 1 << 20, MAX_CAUGHT = 4 << 20 };

struct x86_case {
	struct temp_dir sys;
	struct temp_dir proc;
	struct fake_sys *fake;
	struct kb_boot_host host;
	struct kb_boot_request request;
	struct kb_boot_plan plan;
	struct kb_error err;
	unsigned long entry;
	size_t n_segments;
	struct kb_kexec_segment segments[KEXEC_SEGMENT_MAX];
	uint8_t *bytes[KEXEC_SEGMENT_MAX]; /* copies: the files are unmapped after the call */
};

static void forget(struct x86_case *c)
{
	for (size_t i = 0; i < c->n_segments; i++) {
		free(c->bytes[i]);
		c->bytes[i] = NULL;
	}
	c->n_segments = 0;
}

/* What sanity_check_segment_list() in the kernel's kernel/kexec_core.c demands. */
static int check_segments(size_t n, const struct kb_kexec_segment *s)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i].mem % PAGE != 0 || s[i].memsz % PAGE != 0 || s[i].bufsz > s[i].memsz ||
		    s[i].memsz == 0) {
			return -EADDRNOTAVAIL;
		}
		for (size_t j = 0; j < i; j++) {
			if (s[i].mem < s[j].mem + s[j].memsz && s[j].mem < s[i].mem + s[i].memsz) {
				return -EINVAL;
			}
		}
	}
	return 0;
}

static int catch_load(void *ctx, unsigned long entry, size_t n,
		      const struct kb_kexec_segment *segments, unsigned long flags)
{
	struct x86_case *c = ctx;

	if (n == 0 || n > KEXEC_SEGMENT_MAX || flags != KEXEC_ARCH_X86_64) {
		return -EINVAL;
	}
	forget(c);
	c->entry = entry;
	for (size_t i = 0; i < n; i++) {
		c->segments[i] = segments[i];
		c->bytes[i] = calloc(1, segments[i].bufsz + 1);
		if (!c->bytes[i] || segments[i].bufsz > MAX_CAUGHT) {
			return -ENOMEM;
		}
		memcpy(c->bytes[i], segments[i].buf, segments[i].bufsz);
		c->n_segments++;
	}
	return check_segments(n, segments);
}

static int setup(void **state)
{
	struct x86_case *c = calloc(1, sizeof(*c));
	struct bzimage_spec spec = {0};

	if (!c) {
		return -1;
	}
	temp_dir_init(&c->sys);
	temp_dir_init(&c->proc);
	temp_dir_text(&c->proc, "iomem",
		      "00000000-00000fff : Reserved\n00001000-0009fbff : System RAM\n"
		      "000a0000-000fffff : Reserved\n  000f0000-000fffff : System ROM\n"
		      "00100000-3ffdffff : System RAM\n  10000000-10ffffff : Kernel code\n"
		      "3ffe0000-3fffffff : Reserved\nfec00000-fec003ff : IOAPIC 0\n");
	c->fake = fake_sys_create();
	c->fake->real.ctx = c;
	c->fake->real.kexec_load = catch_load;
	c->host = (struct kb_boot_host){c->sys.fd, c->proc.fd, -1, NULL};
	c->request.dtb.fd = -1;
	c->request.kernel = (struct kb_boot_file){boot_file_bzimage(&spec), "vmlinuz"};
	c->request.args = "root=/dev/sda2 ro";
	*state = c;
	return 0;
}

static int teardown(void **state)
{
	struct x86_case *c = *state;

	forget(c);
	(void)kb_close(c->request.kernel.fd);
	for (size_t i = 0; i < c->request.n_initrd; i++) {
		(void)kb_close(c->request.initrd[i].fd);
	}
	fake_sys_destroy(c->fake);
	temp_dir_done(&c->sys);
	temp_dir_done(&c->proc);
	free(c);
	return 0;
}

static int load(struct x86_case *c)
{
	assert_int_equal(kb_boot_plan(&c->request, &c->host, &c->plan, &c->err), 0);
	assert_int_equal(c->plan.method, KB_BOOT_KEXEC_LOAD);
	return kb_boot_load(&c->fake->table, &c->host, &c->request, &c->plan, NULL, NULL, &c->err);
}

static void use_kernel(struct x86_case *c, const struct bzimage_spec *spec)
{
	(void)kb_close(c->request.kernel.fd);
	c->request.kernel.fd = boot_file_bzimage(spec);
}

static void add_initrd(struct x86_case *c, int fd)
{
	c->request.initrd[c->request.n_initrd++] = (struct kb_boot_file){fd, "initrd.img"};
}

static uint64_t get(const uint8_t *p, size_t bytes)
{
	uint64_t value = 0;

	for (size_t i = bytes; i > 0; i--) {
		value = value << 8 | p[i - 1];
	}
	return value;
}

/* The bytes that will stand at a physical address; NULL where none are loaded. */
static const uint8_t *memory_at(const struct x86_case *c, uint64_t address, size_t len)
{
	for (size_t i = 0; i < c->n_segments; i++) {
		const struct kb_kexec_segment *s = &c->segments[i];

		if (address >= s->mem && address + len <= s->mem + s->bufsz) {
			return c->bytes[i] + (address - s->mem);
		}
	}
	return NULL;
}

static uint64_t trampoline_word(const struct x86_case *c, size_t offset)
{
	const uint8_t *p = memory_at(c, c->entry + offset, 8);

	assert_non_null(p);
	return get(p, 8);
}

static const uint8_t *params_of(const struct x86_case *c)
{
	const uint8_t *params = memory_at(c, trampoline_word(c, 0x120), PAGE);

	assert_non_null(params);
	return params;
}

/* The record of a type in the setup_data list, or NULL. */
static const uint8_t *setup_data(const struct x86_case *c, uint32_t type, size_t *ret_len)
{
	uint64_t at = get(params_of(c) + 0x250, 8);

	for (int i = 0; at != 0; i++) {
		const uint8_t *record = memory_at(c, at, 16);

		assert_non_null(record);
		assert_true(i < 16);
		if (get(record + 8, 4) == type) {
			*ret_len = get(record + 12, 4);
			return memory_at(c, at + 16, *ret_len);
		}
		at = get(record, 8);
	}
	return NULL;
}

static void kernel_goes_where_it_likes_to_be(void **state)
{
	struct x86_case *c = *state;
	const uint8_t *params;

	assert_int_equal(load(c), 0);
	assert_int_equal(c->n_segments, 2);
	assert_int_equal(c->segments[0].mem, 0x1000000);
	assert_int_equal(c->segments[0].bufsz, 8192);
	assert_int_equal(c->segments[0].memsz, 8192); /* not what it unpacks itself into */
	assert_int_equal(c->bytes[0][1], 7);
	assert_int_equal(trampoline_word(c, 0x128), 0x1000200); /* its 64-bit entry */
	assert_true(c->entry >= MIB && c->entry < 16 * MIB);
	params = params_of(c);
	assert_memory_equal(params + 0x202, "HdrS", 4);
	assert_int_equal(get(params + 0x1fe, 2), 0xaa55);
	assert_int_equal(params[0x1ef], 0);    /* sentinel */
	assert_int_equal(params[0x210], 0xd0); /* loaded by kexec */
	assert_string_equal((const char *)memory_at(c, get(params + 0x228, 4), 18),
			    "root=/dev/sda2 ro");
	assert_int_equal(get(params + 0x218, 4), 0);
	assert_int_equal(get(params + 0x21c, 4), 0);
}

static void memory_map_is_handed_on(void **state)
{
	struct x86_case *c = *state;
	const uint8_t *params;

	assert_int_equal(load(c), 0);
	params = params_of(c);
	assert_int_equal(params[0x1e8], 5); /* the hole for devices is none of it */
	assert_int_equal(get(params + 0x2d0, 8), 0);
	assert_int_equal(get(params + 0x2d8, 8), 0x1000);
	assert_int_equal(get(params + 0x2e0, 4), 2);
	assert_int_equal(get(params + 0x2d0 + 60, 8), 0x100000);
	assert_int_equal(get(params + 0x2d0 + 68, 8), 0x3fee0000);
	assert_int_equal(get(params + 0x2d0 + 76, 4), 1);
	assert_int_equal(get(params + 0x1e0, 4), (0x3ffe0000 - 0x100000) >> 10);
	assert_int_equal(get(params + 0x002, 2), 0xfc00);
}

static void firmware_map_with_what_the_kernel_reserved(void **state)
{
	struct x86_case *c = *state;
	static const char *const files[][2] = {
		{"0/start", "0x0\n"},        {"0/end", "0x9ffff\n"},
		{"0/type", "System RAM\n"},  {"1/start", "0x100000\n"},
		{"1/end", "0x3fffffff\n"},   {"1/type", "System RAM\n"},
		{"2/start", "0xe0000000\n"}, {"2/end", "0xe0ffffff\n"},
		{"2/type", "ACPI Tables\n"}, {"10/start", "0xf0000000\n"},
		{"10/end", "0xf0ffffff\n"},  {"10/type", "Something new\n"},
	};
	const uint8_t *e820;
	char path[64];

	for (size_t i = 0; i < KB_ARRAY_LEN(files); i++) {
		(void)snprintf(path, sizeof(path), "firmware/memmap/%s", files[i][0]);
		temp_dir_text(&c->sys, path, files[i][1]);
	}
	assert_int_equal(load(c), 0);
	e820 = params_of(c) + 0x2d0;
	/* 0-fff and 3ffe0000-3fffffff are RAM to the firmware, reserved by the running kernel. */
	assert_int_equal(params_of(c)[0x1e8], 6);
	assert_int_equal(get(e820 + 16, 4), 2);
	assert_int_equal(get(e820 + 20, 8), 0x1000);
	assert_int_equal(get(e820 + 36, 4), 1);
	assert_int_equal(get(e820 + 60, 8), 0x3ffe0000);
	assert_int_equal(get(e820 + 76, 4), 2);
	assert_int_equal(get(e820 + 80, 8), 0xe0000000);
	assert_int_equal(get(e820 + 96, 4), 3);
	assert_int_equal(get(e820 + 116, 4), 2); /* unknown: kept away from */
}

static void more_ranges_than_fit(void **state)
{
	struct x86_case *c = *state;
	char text[200 * 48];
	const uint8_t *more;
	size_t len = 0;

	for (unsigned i = 0; i < 150; i++) {
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%08x-%08x : System RAM\n",
					0x1000000 * (i + 1), 0x1000000 * (i + 1) + 0xfeffff);
	}
	temp_dir_text(&c->proc, "iomem", text);
	assert_int_equal(load(c), 0);
	assert_int_equal(params_of(c)[0x1e8], 128);
	more = setup_data(c, 1, &len);
	assert_non_null(more);
	assert_int_equal(len, 22 * 20);
	assert_int_equal(get(more, 8), 0x1000000ull * 129);
}

static void one_initrd_at_the_top(void **state)
{
	struct x86_case *c = *state;
	const uint8_t *params;

	add_initrd(c, boot_file_pattern(5000, 3));
	assert_int_equal(load(c), 0);
	assert_int_equal(c->n_segments, 3);
	assert_int_equal(c->segments[2].mem, 0x3ffe0000 - 2 * PAGE);
	assert_int_equal(c->segments[2].bufsz, 5000);
	assert_int_equal(c->bytes[2][0], 3);
	params = params_of(c);
	assert_int_equal(get(params + 0x218, 4), c->segments[2].mem);
	assert_int_equal(get(params + 0x21c, 4), 5000);
	assert_int_equal(get(params + 0x0c0, 4), 0);
}

static void initrds_stand_side_by_side(void **state)
{
	struct x86_case *c = *state;
	uint64_t at;

	add_initrd(c, boot_file_pattern(6, 1));
	add_initrd(c, boot_file_pattern(PAGE, 2));
	add_initrd(c, boot_file_pattern(PAGE + 1, 3));
	assert_int_equal(load(c), 0);
	assert_int_equal(c->n_segments, 5);
	at = get(params_of(c) + 0x218, 4);
	assert_int_equal(at, 0x3ffe0000 - 4 * PAGE);
	assert_int_equal(get(params_of(c) + 0x21c, 4), 3 * PAGE + 1);
	assert_int_equal(c->segments[2].mem, at);
	assert_int_equal(c->segments[3].mem, at + PAGE);
	assert_int_equal(c->segments[4].mem, at + 2 * PAGE);
	assert_int_equal(*memory_at(c, at + 2 * PAGE, 1), 3);
}

static void as_many_initrds_as_anybody_has(void **state)
{
	struct x86_case *c = *state;
	uint64_t at;

	for (unsigned i = 0; i < KB_BOOT_MAX_INITRDS; i++) {
		add_initrd(c, boot_file_pattern(5, i));
	}
	assert_int_equal(load(c), 0);
	assert_int_equal(c->n_segments, KEXEC_SEGMENT_MAX);
	at = get(params_of(c) + 0x218, 4);
	/* 13 on pages of their own, the other 19 run together, at multiples of 4. */
	assert_int_equal(get(params_of(c) + 0x21c, 4), 13 * PAGE + 18 * 8 + 5);
	assert_int_equal(*memory_at(c, at + 12 * PAGE, 1), 12);
	assert_int_equal(*memory_at(c, at + 13 * PAGE, 1), 13);
	assert_int_equal(*memory_at(c, at + 13 * PAGE + 18 * 8, 1), 31);
}

static void initrd_above_4g_only_where_it_must(void **state)
{
	struct x86_case *c = *state;
	struct bzimage_spec low = {.initrd_addr_max = 0xfffff};
	struct bzimage_spec never = {.initrd_addr_max = 0xfffff, .xloadflags = 0x7d};

	temp_dir_text(&c->proc, "iomem",
		      "00100000-3fffffff : System RAM\n100000000-13fffffff : System RAM\n");
	add_initrd(c, boot_file_pattern(5000, 3));
	assert_int_equal(load(c), 0);
	assert_int_equal(c->segments[2].mem, 0x40000000 - 2 * PAGE);
	use_kernel(c, &low);
	assert_int_equal(load(c), 0);
	assert_int_equal(c->segments[2].mem, 0x140000000 - 2 * PAGE);
	assert_int_equal(get(params_of(c) + 0x218, 4), 0x3fffe000);
	assert_int_equal(get(params_of(c) + 0x0c0, 4), 1);
	use_kernel(c, &never);
	assert_int_equal(load(c), -ENOMEM);
	assert_string_equal(c->err.text, "vmlinuz: no room in memory for an initrd of 8,192 bytes");
}

static void keeps_off_memory_that_is_not_ours(void **state)
{
	struct x86_case *c = *state;
	uint8_t running[PAGE] = {0};

	temp_dir_text(&c->proc, "iomem",
		      "00100000-3fffffff : System RAM\n  3e000000-3fffffff : Crash kernel\n"
		      "  01000000-011fffff : Reserved\n");
	add_initrd(c, boot_file_pattern(5000, 3));
	assert_int_equal(load(c), 0);
	assert_int_equal(c->segments[2].mem, 0x3e000000 - 2 * PAGE);
	assert_int_equal(c->segments[0].mem, 0x1200000); /* aligned, and all of init_size free */
	/* Nor where the running kernel's initrd was, as long as there is another place. */
	running[0x21a] = 0xf0;
	running[0x21b] = 0x3d;
	running[0x21e] = 0x10;
	temp_dir_write(&c->sys, "kernel/boot_params/data", running, sizeof(running));
	assert_int_equal(load(c), 0);
	assert_int_equal(c->segments[2].mem, 0x3df00000 - 2 * PAGE);
}

static void a_kernel_that_cannot_move(void **state)
{
	struct x86_case *c = *state;
	struct bzimage_spec fixed = {.not_relocatable = 1, .pref_address = 0x2000000};

	use_kernel(c, &fixed);
	assert_int_equal(load(c), 0);
	assert_int_equal(c->segments[0].mem, 0x2000000);
	temp_dir_text(&c->proc, "iomem",
		      "00100000-021fffff : System RAM\n04000000-3fffffff : System RAM\n");
	assert_int_equal(load(c), -ENOMEM);
	assert_string_equal(c->err.text,
			    "vmlinuz: no room in memory for a kernel of 4,194,304 bytes");
	fixed.pref_address = UINT64_MAX - 100;
	use_kernel(c, &fixed);
	assert_int_equal(load(c), -ENOMEM);
}

static void more_than_half_of_the_memory(void **state)
{
	struct x86_case *c = *state;

	fake_sys_fail(c->fake, FAKE_KEXEC_LOAD, 1, EINVAL);
	add_initrd(c, boot_file_pattern(5000, 3));
	assert_int_equal(load(c), -ENOMEM);
	assert_string_equal(c->err.text, "vmlinuz: kernel and initrds take 57,344 bytes, more than "
					 "half of the memory");
}

static void nobody_tells_where_the_memory_is(void **state)
{
	struct x86_case *c = *state;

	/* As everybody but root sees it. The other method does not need to know. */
	temp_dir_text(&c->proc, "iomem", "00000000-00000000 : System RAM\n");
	assert_int_equal(load(c), 0);
	assert_int_equal(fake_sys_count(c->fake, FAKE_KEXEC_LOAD), 0);
	assert_int_equal(fake_sys_count(c->fake, FAKE_KEXEC_FILE_LOAD), 1);
}

static void the_running_kernels_boot_params(void **state)
{
	struct x86_case *c = *state;
	uint8_t running[PAGE];
	const uint8_t *params;

	for (size_t i = 0; i < sizeof(running); i++) {
		running[i] = (uint8_t)(i % 251 + 1);
	}
	temp_dir_write(&c->sys, "kernel/boot_params/data", running, sizeof(running));
	assert_int_equal(load(c), 0);
	params = params_of(c);
	assert_int_equal(params[0x00f], running[0x00f]);
	assert_memory_equal(params + 0x12, running + 0x12, 14); /* the framebuffer */
	assert_int_equal(get(params + 0x20, 4), 0);
	assert_memory_equal(params + 0x70, running + 0x70, 8); /* RSDP */
	assert_memory_equal(params + 0x140, running + 0x140, 0x80);
	assert_memory_equal(params + 0x1e9, running + 0x1e9, 2);
	assert_int_equal(params[0x1ec], running[0x1ec]);
	assert_memory_equal(params + 0x23c, running + 0x23c, 4);
	assert_memory_equal(params + 0x290, running + 0x290, 0x40);
	assert_memory_equal(params + 0xd00, running + 0xd00, 6 * 82);
	/* What this boot says wins, and nothing else is taken over. */
	assert_int_equal(get(params + 0x218, 4), 0);
	assert_int_equal(get(params + 0x1c0, 4), 0);
	assert_int_equal(get(params + 0x40, 4), 0);
	assert_int_equal(get(params + 0x080, 4), 0);
}

static void a_screen_that_somebody_took(void **state)
{
	struct x86_case *c = *state;
	uint8_t running[PAGE] = {0};

	running[0x00f] = 0x70;
	temp_dir_write(&c->sys, "kernel/boot_params/data", running, sizeof(running));
	assert_int_equal(load(c), 0);
	assert_int_equal(params_of(c)[0x00f], 0x70); /* nobody draws at all */
	temp_dir_mkdir(&c->sys, "class/drm/card0");
	assert_int_equal(load(c), 0);
	assert_int_equal(params_of(c)[0x00f], 0);
	temp_dir_mkdir(&c->sys, "bus/platform/devices/simple-framebuffer.0");
	assert_int_equal(load(c), 0);
	assert_int_equal(params_of(c)[0x00f], 0x70); /* simpledrm draws where the firmware did */
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
	uint8_t running[PAGE] = {0};
	char path[64];

	memcpy(running + 0x1c0, "EL64\x18\xe0\x9e\x3f\x30\0\0\0\1\0\0\0\x18\xb0\xc3\x3d\0\x0c\0\0",
	       24);
	temp_dir_write(&c->sys, "kernel/boot_params/data", running, sizeof(running));
	for (size_t i = 0; i < KB_ARRAY_LEN(files); i++) {
		(void)snprintf(path, sizeof(path), "firmware/efi/%s", files[i][0]);
		temp_dir_text(&c->sys, path, files[i][1]);
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
	assert_int_equal(load(c), 0);
	params = params_of(c);
	assert_memory_equal(params + 0x1c0, "EL64\x18\xe0\x9e\x3f\x28\0\0\0\1\0\0\0", 16);
	assert_int_equal(get(params + 0x1d4, 4), 80);
	assert_int_equal(get(params + 0x70, 8), 0x3f77d014);
	map = memory_at(c, get(params + 0x1d0, 4), 80);
	assert_non_null(map);
	assert_int_equal(get(map, 8), 5);
	assert_int_equal(get(map + 8, 8), 0x3f400000);
	assert_int_equal(get(map + 16, 8), 0xfffffffefec00000);
	assert_int_equal(get(map + 24, 8), 0x10);
	assert_int_equal(get(map + 32, 8), 0x800000000000000f);
	assert_int_equal(get(map + 40, 8), 6);
	efi = setup_data(c, 4, &len);
	assert_non_null(efi);
	assert_int_equal(len, 96);
	assert_int_equal(get(efi, 8), 0x3f5ee398);
	assert_int_equal(get(efi + 8, 8), 0x3f5edb98);
	assert_int_equal(get(efi + 16, 8), 0x3f5ecf98);
	assert_int_equal(get(efi + 24, 8), 0x3f520000);
	/* The stub's own initrd must not be taken for ours. */
	assert_int_equal(c->n_segments, 3);
	assert_int_equal(get(params + 0x21c, 4), 16);
	assert_int_equal(get(memory_at(c, get(params + 0x218, 4), 16), 8), 0);
}

static void efi_that_cannot_be_handed_on(void **state)
{
	struct x86_case *c = *state;
	struct bzimage_spec no_efi_kexec = {.xloadflags = 0x6f};
	struct bzimage_spec old = {.xloadflags = 0x6f, .protocol = 0x20d};
	struct bzimage_spec old_full = {.xloadflags = 0x6f, .protocol = 0x20d, .cmdline_size = 30};
	size_t len;

	use_efi(c);
	use_kernel(c, &no_efi_kexec);
	assert_int_equal(load(c), 0);
	assert_int_equal(get(params_of(c) + 0x1c0, 4), 0);
	assert_int_equal(get(params_of(c) + 0x70, 8), 0x3f77d014);
	assert_null(setup_data(c, 4, &len));
	assert_string_equal((const char *)memory_at(c, get(params_of(c) + 0x228, 4), 18),
			    "root=/dev/sda2 ro");
	/* Too old for the field: the command line says it, where there is room. */
	use_kernel(c, &old);
	assert_int_equal(load(c), 0);
	assert_string_equal((const char *)memory_at(c, get(params_of(c) + 0x228, 4), 18),
			    "root=/dev/sda2 ro acpi_rsdp=0x3f77d014");
	use_kernel(c, &old_full);
	assert_int_equal(load(c), 0);
	assert_string_equal((const char *)memory_at(c, get(params_of(c) + 0x228, 4), 18),
			    "root=/dev/sda2 ro");
	/* 32-bit firmware under a 64-bit kernel. */
	temp_dir_text(&c->sys, "firmware/efi/fw_platform_size", "32\n");
	use_kernel(c, &(struct bzimage_spec){0});
	assert_int_equal(load(c), 0);
	assert_int_equal(get(params_of(c) + 0x1c0, 4), 0);
}

static void a_device_tree(void **state)
{
	struct x86_case *c = *state;
	const uint8_t *dtb;
	size_t len = 0;

	c->request.dtb = (struct kb_boot_file){boot_file_pattern(333, 9), "board.dtb"};
	assert_int_equal(load(c), 0);
	dtb = setup_data(c, 2, &len);
	(void)kb_close(c->request.dtb.fd);
	assert_non_null(dtb);
	assert_int_equal(len, 333);
	assert_int_equal(dtb[0], 9);
}

/* Walks the page tables as the processor would; the last level is of 2 MiB. */
static uint64_t translate(const struct x86_case *c, uint64_t root, unsigned levels,
			  uint64_t address)
{
	uint64_t table = root;

	for (unsigned level = levels; level >= 2; level--) {
		size_t index = address >> (12 + 9 * (level - 1)) & 511;
		const uint8_t *entry = memory_at(c, table + index * 8, 8);

		assert_non_null(entry);
		if (!(get(entry, 8) & 1)) {
			return UINT64_MAX;
		}
		table = get(entry, 8) & 0x000ffffffffff000;
		if (level == 2) {
			assert_true(get(entry, 8) & 0x80);
		}
	}
	return table | (address & 0x1fffff);
}

static void page_tables_map_memory_onto_itself(void **state)
{
	struct x86_case *c = *state;
	uint8_t running[PAGE] = {0};
	const uint64_t mapped[] = {0, 0x1000200, 0xffffffff, 0x8012345678, 0x7fc0000000};

	/* An RSDP above 4 GiB, and an EFI system table in another 512 GiB. */
	memcpy(running + 0x70, "\x78\x56\x34\x12\x80\0\0\0", 8);
	running[0x1db] = 0;
	memcpy(running + 0x1c4, "\0\0\0\xc0", 4);
	running[0x1d8] = 0x7f;
	temp_dir_write(&c->sys, "kernel/boot_params/data", running, sizeof(running));
	assert_int_equal(load(c), 0);
	for (size_t i = 0; i < KB_ARRAY_LEN(mapped); i++) {
		assert_int_equal(translate(c, trampoline_word(c, 0x110), 4, mapped[i]), mapped[i]);
		assert_int_equal(translate(c, trampoline_word(c, 0x118), 5, mapped[i]), mapped[i]);
	}
	assert_int_equal(translate(c, trampoline_word(c, 0x110), 4, 0x200000000), UINT64_MAX);
	assert_int_equal(trampoline_word(c, 0x108), c->entry + 0x140); /* the descriptor table */
	assert_int_equal(trampoline_word(c, 0x150), 0x00af9a000000ffff);
	assert_int_equal(trampoline_word(c, 0x158), 0x00cf92000000ffff);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
		CASE(kernel_goes_where_it_likes_to_be),
		CASE(memory_map_is_handed_on),
		CASE(firmware_map_with_what_the_kernel_reserved),
		CASE(more_ranges_than_fit),
		CASE(one_initrd_at_the_top),
		CASE(initrds_stand_side_by_side),
		CASE(as_many_initrds_as_anybody_has),
		CASE(initrd_above_4g_only_where_it_must),
		CASE(keeps_off_memory_that_is_not_ours),
		CASE(a_kernel_that_cannot_move),
		CASE(more_than_half_of_the_memory),
		CASE(nobody_tells_where_the_memory_is),
		CASE(the_running_kernels_boot_params),
		CASE(a_screen_that_somebody_took),
		CASE(efi_runtime_services_are_handed_on),
		CASE(efi_that_cannot_be_handed_on),
		CASE(a_device_tree),
		CASE(page_tables_map_memory_onto_itself),
	};

	return cmocka_run_group_tests_name("boot/x86", tests, NULL, NULL);
}
