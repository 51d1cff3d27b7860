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
	assert_kernel("vmlinuz-6.1.old", "6.1.old", BARE_NUMBERED, "Linux 6.1.old");
	assert_kernel("vmlinuz-generic-5.15.19", "generic-5.15.19", BARE_NUMBERED,
		      "Linux generic-5.15.19");
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

/* files in the order of the menu, given in reverse. */
static void assert_order(const char *const *files, size_t n)
{
	struct bare_name names[16];

	assert_true(n <= KB_ARRAY_LEN(names));
	for (size_t i = 0; i < n; i++) {
		assert_true(bare_name_parse(files[n - 1 - i], &names[i]));
	}
	qsort(names, n, sizeof(*names), by_name);
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(names[i].file.data, files[i]);
	}
}

static void shows_the_newest_first(void **state)
{
	static const char *const files[] = {
		"vmlinuz-6.11.0",    "vmlinuz-generic-6.9.9", "vmlinuz-6.9.1",
		"vmlinuz-6.9.1-rc2", "vmlinuz-linux",         "vmlinuz-linux-lts",
		"vmlinuz",           "vmlinuz.old",           "vmlinuz-0-rescue-a",
	};

	(void)state;
	assert_order(files, KB_ARRAY_LEN(files));
}

/* As kernel.org, Gentoo, Ubuntu's mainline builds, Debian and people spell it. */
static void shows_what_is_not_final_below(void **state)
{
	static const char *const files[][3] = {
		{"vmlinuz-3.10.1", "vmlinuz-3.10", "vmlinuz-3.10-rc7"},
		{"vmlinuz-6.9.0-gentoo", "vmlinuz-6.9.0-rc10-gentoo", "vmlinuz-6.9.0-rc3-gentoo"},
		{"vmlinuz-6.9.0-060900-generic", "vmlinuz-6.9.0-060900rc3-generic",
		 "vmlinuz-6.9.0-060900rc2-generic"},
		{"vmlinuz-6.9-amd64", "vmlinuz-6.9~rc3-amd64", "vmlinuz-6.9~rc2-amd64"},
		{"vmlinuz-6.9", "vmlinuz-6.9.rc2", "vmlinuz-6.9_rc1"},
		{"vmlinuz-6.9", "vmlinuz-6.9-RC2", "vmlinuz-6.9rc1"},
		{"vmlinuz-2.4.0", "vmlinuz-2.4.0-pre2", "vmlinuz-2.4.0-pre1"},
		/* A word with the letters in it is another matter. */
		{"vmlinuz-6.9-arc5", "vmlinuz-6.9", "vmlinuz-6.9-rc5"},
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(files); i++) {
		assert_order(files[i], KB_ARRAY_LEN(files[i]));
	}
}

static void assert_extra(const char *file, const char *base, const char *extra)
{
	KB_ARENA struct kb_arena arena = {0};
	struct bare_name one;
	struct bare_name other;
	struct kb_str found = {0};

	assert_true(bare_name_parse(file, &one) && bare_name_parse(base, &other));
	assert_int_equal(bare_name_extends(&one, &other, &found), extra != NULL);
	assert_string_equal(kb_arena_str(&arena, found), extra ? extra : "");
	if (extra) {
		bare_name_set_aside(&one, found);
		assert_true(bare_name_compare(&other, &one) < 0);
		assert_true(bare_name_compare(&one, &other) > 0);
	}
}

static void knows_a_copy_by_the_name_that_it_extends(void **state)
{
	(void)state;
	assert_extra("vmlinuz-6.1.old", "vmlinuz-6.1", ".old");
	assert_extra("vmlinuz-6.1.0-18-amd64.bak", "vmlinuz-6.1.0-18-amd64", ".bak");
	assert_extra("vmlinuz-6.1.0-18-amd64.1", "vmlinuz-6.1.0-18-amd64", ".1");
	assert_extra("vmlinuz-6.1.0-18-amd64-old", "vmlinuz-6.1.0-18-amd64", "-old");
	assert_extra("vmlinuz-6.1_mine", "vmlinuz-6.1", "_mine");
	assert_extra("vmlinuz-6.1.old.bak", "vmlinuz-6.1", ".old.bak");
	assert_extra("vmlinux-6.1.gz.rpmsave", "vmlinux-6.1.gz", ".gz.rpmsave");
	assert_extra("vmlinuz.old", "vmlinuz", ".old");
	assert_extra("vmlinuz-old", "vmlinuz", "-old");
	assert_extra("vmlinuz-linux-lts", "vmlinuz-linux", "-lts");
	/* Versions that are longer, or not final; other kernels. */
	assert_extra("vmlinuz-6.1.5", "vmlinuz-6.1", NULL);
	assert_extra("vmlinuz-6.1.0-18-amd64", "vmlinuz-6.1.0", NULL);
	assert_extra("vmlinuz-6.6.11_1", "vmlinuz-6.6.11", NULL);
	assert_extra("vmlinuz-6.10", "vmlinuz-6.1", NULL);
	assert_extra("vmlinuz-6.9-rc3", "vmlinuz-6.9", NULL);
	assert_extra("vmlinuz-6.1", "vmlinuz", NULL);
	assert_extra("vmlinuz-6.1", "vmlinuz-6.1", NULL);
	assert_extra("vmlinux-6.1.old", "vmlinuz-6.1", NULL);
}

static void says_of_a_copy_what_it_is(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	struct bare_name name;

	(void)state;
	assert_true(bare_name_parse("vmlinuz-6.1.bak", &name));
	bare_name_set_aside(&name, KB_STR(".bak"));
	assert_string_equal(bare_name_title(&arena, &name), "Linux 6.1 (bak)");
	assert_true(bare_name_parse("vmlinuz-linux-lts", &name));
	bare_name_set_aside(&name, KB_STR("-lts"));
	assert_string_equal(bare_name_title(&arena, &name), "linux-lts");
	assert_true(bare_name_parse("vmlinuz.old", &name));
	bare_name_set_aside(&name, KB_STR(".old"));
	assert_string_equal(bare_name_title(&arena, &name), "vmlinuz.old");
}

static bool has_initrd_aside(const char *file, const char *extra, const char *initrd)
{
	struct bare_name name;

	assert_true(bare_name_parse(file, &name));
	bare_name_set_aside(&name, kb_str_from(extra));
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

static bool has_initrd(const char *file, const char *initrd)
{
	return has_initrd_aside(file, "", initrd);
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
	assert_true(has_initrd("vmlinuz-linux", "booster-linux.img"));
	assert_true(has_initrd("vmlinuz-4.0.5-gentoo", "initramfs-genkernel-x86_64-4.0.5-gentoo"));
	assert_true(
		has_initrd("kernel-genkernel-x86_64-4.0.5", "initramfs-genkernel-x86_64-4.0.5"));
	assert_true(has_initrd("kernel-4.19.86-x86_64", "initramfs-4.19.86-x86_64.img"));
	assert_true(has_initrd("vmlinuz-6.6.11_1", "initramfs-6.6.11_1.img"));
	assert_true(has_initrd("vmlinuz-generic-5.15.19", "initrd-5.15.19.img"));
	assert_true(has_initrd("vmlinuz-generic-5.15.19", "initrd.gz"));
	assert_false(has_initrd("vmlinuz-5.15.19", "initrd.gz"));
	assert_false(has_initrd("vmlinuz-6.1", "initrd.img"));
	assert_false(has_initrd("vmlinuz-6.1", "initrd.img-6.10"));
	/* A copy has one of its own, or that of the kernel that it is a copy of; a variant never.
	 */
	assert_true(has_initrd_aside("vmlinuz-6.1.old", ".old", "initrd.img-6.1.old"));
	assert_true(has_initrd_aside("vmlinuz-6.1.old", ".old", "initramfs-6.1.img.old"));
	assert_true(has_initrd_aside("vmlinuz-6.1.old", ".old", "initrd.img-6.1"));
	assert_true(has_initrd_aside("vmlinuz-linux.bak", ".bak", "initramfs-linux.img"));
	assert_false(has_initrd_aside("vmlinuz-linux-lts", "-lts", "initramfs-linux.img"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_kernels),
		cmocka_unit_test(knows_what_is_none),
		cmocka_unit_test(shows_the_newest_first),
		cmocka_unit_test(shows_what_is_not_final_below),
		cmocka_unit_test(knows_a_copy_by_the_name_that_it_extends),
		cmocka_unit_test(says_of_a_copy_what_it_is),
		cmocka_unit_test(names_the_initrd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
