/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bare_names.h"

static void assert_kernel(const char *file, const char *version, enum bare_kind kind,
			  const char *title)
{
	KB_ARENA struct kb_arena arena = {0};
	struct bare_name name;

	assert_true(bare_name_parse(file, &name));
	assert_string_equal(kb_arena_str(&arena, name.version), version);
	assert_int_equal(bare_name_kind(&name), kind);
	assert_string_equal(bare_name_title(&arena, &name), title);
}

static void knows_kernels(void **state)
{
	(void)state;
	assert_kernel("vmlinuz-6.1.0-26-amd64", "6.1.0-26-amd64", BARE_NUMBERED,
		      "Linux 6.1.0-26-amd64");
	assert_kernel("vmlinuz-linux-lts", "linux-lts", BARE_NAMED, "linux-lts");
	assert_kernel("vmlinuz-lts", "lts", BARE_NAMED, "Linux lts");
	assert_kernel("vmlinuz", "", BARE_PLAIN, "vmlinuz");
	assert_kernel("vmlinuz.old", "", BARE_PLAIN, "vmlinuz.old");
	assert_kernel("vmlinuz-6.1.old", "6.1", BARE_NUMBERED, "Linux 6.1 (old)");
	assert_kernel("vmlinux-6.4-default.gz", "6.4-default", BARE_NUMBERED, "Linux 6.4-default");
	assert_kernel("kernel8.img", "", BARE_PLAIN, "kernel8.img");
	assert_kernel("vmlinuz-0-rescue-abc", "0-rescue-abc", BARE_RESCUE, "Linux rescue");
	assert_kernel("bzImage-5.4", "5.4", BARE_NUMBERED, "Linux 5.4");
}

static void knows_what_is_none(void **state)
{
	static const char *const names[] = {
		"initrd.img-6.1",    "System.map-6.1",  "kernels",     "ImageMagick", "vmlinuzfoo",
		"vmlinuz-6.1.hmac",  "vmlinuz-6.1.sig", "kernel.conf", "vmlinuz~",    "",
		".vmlinuz-6.1.hmac", "config-6.1",
	};
	struct bare_name name;

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(names); i++) {
		assert_false(bare_name_parse(names[i], &name));
	}
}

static int by_name(const void *a, const void *b)
{
	return bare_name_compare(a, b);
}

static void shows_the_newest_first(void **state)
{
	static const char *const files[] = {
		"vmlinuz-6.11.0",    "vmlinuz-6.9.1", "vmlinuz-6.9.1.old",
		"vmlinuz-6.9.1-rc2", "vmlinuz-linux", "vmlinuz-linux-lts",
		"vmlinuz",           "vmlinuz.old",   "vmlinuz-0-rescue-a",
	};
	static const char *const sorted[] = {
		"vmlinuz-6.11.0",    "vmlinuz-6.9.1-rc2", "vmlinuz-6.9.1",
		"vmlinuz-6.9.1.old", "vmlinuz-linux",     "vmlinuz-linux-lts",
		"vmlinuz",           "vmlinuz.old",       "vmlinuz-0-rescue-a",
	};
	struct bare_name names[KB_ARRAY_LEN(files)];

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(files); i++) {
		assert_true(bare_name_parse(files[KB_ARRAY_LEN(files) - 1 - i], &names[i]));
	}
	qsort(names, KB_ARRAY_LEN(names), sizeof(*names), by_name);
	for (size_t i = 0; i < KB_ARRAY_LEN(files); i++) {
		assert_string_equal(names[i].file.data, sorted[i]);
	}
}

static bool has_initrd(const char *file, const char *initrd)
{
	struct bare_name name;

	assert_true(bare_name_parse(file, &name));
	for (size_t i = 0;; i++) {
		KB_BUF struct kb_buf buf = {0};

		if (!bare_initrd_name(&name, i, &buf)) {
			return false;
		}
		if (strcmp(buf.data, initrd) == 0) {
			return true;
		}
	}
}

static void names_the_initrd(void **state)
{
	(void)state;
	assert_true(has_initrd("vmlinuz-6.1.0-26-amd64", "initrd.img-6.1.0-26-amd64"));
	assert_true(
		has_initrd("vmlinuz-6.5.6-300.fc39.x86_64", "initramfs-6.5.6-300.fc39.x86_64.img"));
	assert_true(has_initrd("vmlinuz-linux", "initramfs-linux.img"));
	assert_true(has_initrd("vmlinuz-lts", "initramfs-lts"));
	assert_true(has_initrd("vmlinuz-6.4-default", "initrd-6.4-default"));
	assert_true(has_initrd("vmlinux-6.4-default.gz", "initrd-6.4-default"));
	assert_true(has_initrd("vmlinuz", "initrd.img"));
	assert_true(has_initrd("vmlinuz.old", "initrd.img.old"));
	assert_true(has_initrd("kernel8.img", "initramfs8"));
	assert_false(has_initrd("vmlinuz-6.1", "initrd.img"));
	assert_false(has_initrd("vmlinuz-6.1", "initrd.img-6.10"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_kernels),
		cmocka_unit_test(knows_what_is_none),
		cmocka_unit_test(shows_the_newest_first),
		cmocka_unit_test(names_the_initrd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
