/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Our own loader as kexec_load(2) sees it: what goes where, and the memory map handed on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <linux/kexec.h>
#include <stdio.h>
#include <string.h>

#include "x86_case.h"

static void kernel_goes_where_it_likes_to_be(void **state)
{
	struct x86_case *c = *state;
	const uint8_t *params;

	assert_int_equal(x86_load(c), 0);
	assert_int_equal(c->n_segments, 2);
	assert_int_equal(c->segments[0].mem, 0x1000000);
	assert_int_equal(c->segments[0].bufsz, 8192);
	assert_int_equal(c->segments[0].memsz, 8192); /* not what it unpacks itself into */
	assert_int_equal(c->bytes[0][1], 7);
	assert_int_equal(x86_trampoline_word(c, 0x128), 0x1000200); /* its 64-bit entry */
	assert_true(c->entry >= (1 << 20) && c->entry < 16 * (1 << 20));
	params = x86_params_of(c);
	assert_memory_equal(params + 0x202, "HdrS", 4);
	assert_int_equal(x86_get(params + 0x1fe, 2), 0xaa55);
	assert_int_equal(params[0x1ef], 0);    /* sentinel */
	assert_int_equal(params[0x210], 0xd0); /* loaded by kexec */
	assert_string_equal((const char *)x86_memory_at(c, x86_get(params + 0x228, 4), 18),
			    "root=/dev/sda2 ro");
	assert_int_equal(x86_get(params + 0x218, 4), 0);
	assert_int_equal(x86_get(params + 0x21c, 4), 0);
}

static void memory_map_is_handed_on(void **state)
{
	struct x86_case *c = *state;
	const uint8_t *params;

	assert_int_equal(x86_load(c), 0);
	params = x86_params_of(c);
	assert_int_equal(params[0x1e8], 5); /* the hole for devices is none of it */
	assert_int_equal(x86_get(params + 0x2d0, 8), 0);
	assert_int_equal(x86_get(params + 0x2d8, 8), 0x1000);
	assert_int_equal(x86_get(params + 0x2e0, 4), 2);
	assert_int_equal(x86_get(params + 0x2d0 + 60, 8), 0x100000);
	assert_int_equal(x86_get(params + 0x2d0 + 68, 8), 0x3fee0000);
	assert_int_equal(x86_get(params + 0x2d0 + 76, 4), 1);
	assert_int_equal(x86_get(params + 0x1e0, 4), (0x3ffe0000 - 0x100000) >> 10);
	assert_int_equal(x86_get(params + 0x002, 2), 0xfc00);
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
		temp_dir_text(&c->boot.sys, path, files[i][1]);
	}
	assert_int_equal(x86_load(c), 0);
	e820 = x86_params_of(c) + 0x2d0;
	/* 0-fff and 3ffe0000-3fffffff are RAM to the firmware, reserved by the running kernel. */
	assert_int_equal(x86_params_of(c)[0x1e8], 6);
	assert_int_equal(x86_get(e820 + 16, 4), 2);
	assert_int_equal(x86_get(e820 + 20, 8), 0x1000);
	assert_int_equal(x86_get(e820 + 36, 4), 1);
	assert_int_equal(x86_get(e820 + 60, 8), 0x3ffe0000);
	assert_int_equal(x86_get(e820 + 76, 4), 2);
	assert_int_equal(x86_get(e820 + 80, 8), 0xe0000000);
	assert_int_equal(x86_get(e820 + 96, 4), 3);
	assert_int_equal(x86_get(e820 + 116, 4), 2); /* unknown: kept away from */
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
	temp_dir_text(&c->boot.proc, "iomem", text);
	assert_int_equal(x86_load(c), 0);
	assert_int_equal(x86_params_of(c)[0x1e8], 128);
	more = x86_setup_data(c, 1, &len);
	assert_non_null(more);
	assert_int_equal(len, 22 * 20);
	assert_int_equal(x86_get(more, 8), 0x1000000ull * 129);
}

static void one_initrd_at_the_top(void **state)
{
	struct x86_case *c = *state;
	const uint8_t *params;

	boot_case_add_initrd(&c->boot, boot_file_pattern(5000, 3));
	assert_int_equal(x86_load(c), 0);
	assert_int_equal(c->n_segments, 3);
	assert_int_equal(c->segments[2].mem, 0x3ffe0000 - 2 * X86_PAGE);
	assert_int_equal(c->segments[2].bufsz, 5000);
	assert_int_equal(c->bytes[2][0], 3);
	params = x86_params_of(c);
	assert_int_equal(x86_get(params + 0x218, 4), c->segments[2].mem);
	assert_int_equal(x86_get(params + 0x21c, 4), 5000);
	assert_int_equal(x86_get(params + 0x0c0, 4), 0);
}

static void initrds_stand_side_by_side(void **state)
{
	struct x86_case *c = *state;
	uint64_t at;

	boot_case_add_initrd(&c->boot, boot_file_pattern(6, 1));
	boot_case_add_initrd(&c->boot, boot_file_pattern(X86_PAGE, 2));
	boot_case_add_initrd(&c->boot, boot_file_pattern(X86_PAGE + 1, 3));
	assert_int_equal(x86_load(c), 0);
	assert_int_equal(c->n_segments, 5);
	at = x86_get(x86_params_of(c) + 0x218, 4);
	assert_int_equal(at, 0x3ffe0000 - 4 * X86_PAGE);
	assert_int_equal(x86_get(x86_params_of(c) + 0x21c, 4), 3 * X86_PAGE + 1);
	assert_int_equal(c->segments[2].mem, at);
	assert_int_equal(c->segments[3].mem, at + X86_PAGE);
	assert_int_equal(c->segments[4].mem, at + 2 * X86_PAGE);
	assert_int_equal(*x86_memory_at(c, at + 2 * X86_PAGE, 1), 3);
}

static void as_many_initrds_as_anybody_has(void **state)
{
	struct x86_case *c = *state;
	uint64_t at;

	for (unsigned i = 0; i < KB_BOOT_MAX_INITRDS; i++) {
		boot_case_add_initrd(&c->boot, boot_file_pattern(5, i));
	}
	assert_int_equal(x86_load(c), 0);
	assert_int_equal(c->n_segments, KEXEC_SEGMENT_MAX);
	at = x86_get(x86_params_of(c) + 0x218, 4);
	/* 13 on pages of their own, the other 83 run together, at multiples of 4. */
	assert_int_equal(x86_get(x86_params_of(c) + 0x21c, 4), 13 * X86_PAGE + 82 * 8 + 5);
	assert_int_equal(*x86_memory_at(c, at + 12 * X86_PAGE, 1), 12);
	assert_int_equal(*x86_memory_at(c, at + 13 * X86_PAGE, 1), 13);
	assert_int_equal(*x86_memory_at(c, at + 13 * X86_PAGE + 82 * 8, 1), 95);
}

static void initrd_above_4g_only_where_it_must(void **state)
{
	struct x86_case *c = *state;
	struct bzimage_spec low = {.initrd_addr_max = 0xfffff};
	struct bzimage_spec never = {.initrd_addr_max = 0xfffff, .xloadflags = 0x7d};

	temp_dir_text(&c->boot.proc, "iomem",
		      "00100000-3fffffff : System RAM\n100000000-13fffffff : System RAM\n");
	boot_case_add_initrd(&c->boot, boot_file_pattern(5000, 3));
	assert_int_equal(x86_load(c), 0);
	assert_int_equal(c->segments[2].mem, 0x40000000 - 2 * X86_PAGE);
	boot_case_use_kernel(&c->boot, &low);
	assert_int_equal(x86_load(c), 0);
	assert_int_equal(c->segments[2].mem, 0x140000000 - 2 * X86_PAGE);
	assert_int_equal(x86_get(x86_params_of(c) + 0x218, 4), 0x3fffe000);
	assert_int_equal(x86_get(x86_params_of(c) + 0x0c0, 4), 1);
	boot_case_use_kernel(&c->boot, &never);
	assert_int_equal(x86_load(c), -ENOMEM);
	assert_string_equal(c->boot.err.text,
			    "vmlinuz: no room in memory for an initrd of 8,192 bytes");
}

static void keeps_off_memory_that_is_not_ours(void **state)
{
	struct x86_case *c = *state;
	uint8_t running[X86_PAGE] = {0};

	temp_dir_text(&c->boot.proc, "iomem",
		      "00100000-3fffffff : System RAM\n  3e000000-3fffffff : Crash kernel\n"
		      "  01000000-011fffff : Reserved\n");
	boot_case_add_initrd(&c->boot, boot_file_pattern(5000, 3));
	assert_int_equal(x86_load(c), 0);
	assert_int_equal(c->segments[2].mem, 0x3e000000 - 2 * X86_PAGE);
	assert_int_equal(c->segments[0].mem, 0x1200000); /* aligned, and all of init_size free */
	/* Nor where the running kernel's initrd was, as long as there is another place. */
	running[0x21a] = 0xf0;
	running[0x21b] = 0x3d;
	running[0x21e] = 0x10;
	temp_dir_write(&c->boot.sys, "kernel/boot_params/data", running, sizeof(running));
	assert_int_equal(x86_load(c), 0);
	assert_int_equal(c->segments[2].mem, 0x3df00000 - 2 * X86_PAGE);
}

static void a_kernel_that_cannot_move(void **state)
{
	struct x86_case *c = *state;
	struct bzimage_spec fixed = {.not_relocatable = 1, .pref_address = 0x2000000};

	boot_case_use_kernel(&c->boot, &fixed);
	assert_int_equal(x86_load(c), 0);
	assert_int_equal(c->segments[0].mem, 0x2000000);
	temp_dir_text(&c->boot.proc, "iomem",
		      "00100000-021fffff : System RAM\n04000000-3fffffff : System RAM\n");
	assert_int_equal(x86_load(c), -ENOMEM);
	assert_string_equal(c->boot.err.text,
			    "vmlinuz: no room in memory for a kernel of 4,194,304 bytes");
	fixed.pref_address = UINT64_MAX - 100;
	boot_case_use_kernel(&c->boot, &fixed);
	assert_int_equal(x86_load(c), -ENOMEM);
}

static void more_than_half_of_the_memory(void **state)
{
	struct x86_case *c = *state;

	fake_sys_fail(c->boot.fake, FAKE_KEXEC_LOAD, 1, EINVAL);
	boot_case_add_initrd(&c->boot, boot_file_pattern(5000, 3));
	assert_int_equal(x86_load(c), -ENOMEM);
	assert_string_equal(c->boot.err.text,
			    "vmlinuz: kernel and initrds take 57,344 bytes, more than "
			    "half of the memory");
}

static void nobody_tells_where_the_memory_is(void **state)
{
	struct x86_case *c = *state;

	/* As everybody but root sees it. The other method does not need to know. */
	temp_dir_text(&c->boot.proc, "iomem", "00000000-00000000 : System RAM\n");
	assert_int_equal(x86_load(c), 0);
	assert_int_equal(fake_sys_count(c->boot.fake, FAKE_KEXEC_LOAD), 0);
	assert_int_equal(fake_sys_count(c->boot.fake, FAKE_KEXEC_FILE_LOAD), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup_teardown(f, x86_case_setup, x86_case_teardown)
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
	};

	return cmocka_run_group_tests_name("boot/x86_memory", tests, NULL, NULL);
}
