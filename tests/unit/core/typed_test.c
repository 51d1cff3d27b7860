/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines typed at a prompt, in the places where one may be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>

#include "catalog/typed.h"

static struct kb_fstab_line lines[] = {
	{.source = "UUID=boot", .dir = "/boot"},
	{.source = "UUID=absent", .dir = "/home"},
	{.source = "/var/x", .dir = "/srv", .is_bind = true},
};

static struct kb_place disks[] = {
	{.kind = KB_PLACE_DEVICE,
	 .next = &disks[1],
	 .found = {.has_device = true,
		   .device = {.name = "sda2"},
		   .n_systems = 1,
		   .systems = {{.fstab = {lines, KB_ARRAY_LEN(lines)}}}}},
	{.kind = KB_PLACE_DEVICE,
	 .found = {.has_device = true, .device = {.name = "sda1", .uuid = "boot"}}},
};

static const struct kb_places places = {.first = disks, .simulated = true};

static void type(struct kb_arena *arena, const char *from, const char *line,
		 struct kb_entry *ret_entry)
{
	const struct kb_catalog empty = {0};
	const struct kb_resolve_context context = {.places = &places,
						   .environment = &disks[0].found.device,
						   .from = from};
	struct kb_error err = {0};

	if (kb_catalog_entry_from_line(&empty, &context, arena, line, NULL, ret_entry, &err) < 0) {
		fail_msg("%s", err.text);
	}
}

static void assert_kernel(const char *from, const char *line, const char *kernel)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_entry entry;

	type(&arena, from, line, &entry);
	assert_string_equal(entry.kernel, kernel);
	assert_int_equal(entry.n_problems, 0);
}

static void relative_names_start_where_one_is(void **state)
{
	(void)state;
	assert_kernel("/", "./bzImage quiet", "sda2:/bzImage");
	assert_kernel("/", "bzImage", "sda2:/bzImage");
	assert_kernel("/usr/src", "linux/bzImage", "sda2:/usr/src/linux/bzImage");
	assert_kernel("//", "./init", "//init");
	assert_kernel("//tmp", "./init", "//tmp/init");
	assert_kernel("sda1:/", "bzImage", "sda1:/bzImage");
	assert_kernel("sda1:/sub", "bzImage", "sda1:/sub/bzImage");
	assert_kernel("10.0.0.1:/", "bzImage", "10.0.0.1:/bzImage");
	assert_kernel("nfs://server/export?vers=3", "./k/bzImage",
		      "nfs://server?vers=3/export/k/bzImage");
}

static void other_names_do_not(void **state)
{
	(void)state;
	assert_kernel("sda1:/sub", "/bzImage", "sda2:/bzImage");
	assert_kernel("/usr", "//init", "//init");
	assert_kernel("/usr", "sda1:/x", "sda1:/x");
	assert_kernel("/usr", "UUID=boot:/x", "sda1:/x");
}

static void initrds_start_there_too(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_entry entry;

	(void)state;
	type(&arena, "/", "./bzImage initrd=a,b/c,/d", &entry);
	assert_int_equal(entry.n_initrd, 3);
	assert_string_equal(entry.initrd[0], "sda2:/a");
	assert_string_equal(entry.initrd[1], "sda2:/b/c");
	assert_string_equal(entry.initrd[2], "sda2:/d");
}

static void an_fstab_says_where_a_name_is(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_entry entry;

	(void)state;
	assert_kernel("/boot", "./bzImage", "sda1:/bzImage");
	assert_kernel("/", "boot/grub/k", "sda1:/grub/k");
	/* What only a walk can tell is left to it. */
	assert_kernel("/", "boot/../x", "sda2:/boot/../x");
	assert_kernel("/boot", "../x", "sda2:/boot/../x");
	assert_kernel("/srv", "k", "sda2:/srv/k");
	type(&arena, "/home", "./k", &entry);
	assert_string_equal(entry.kernel, "sda2:/home/k");
	assert_int_equal(entry.n_problems, 1);
	assert_string_equal(entry.problems[0], "waiting for UUID=absent (/home of sda2)");
}

static int edit(struct kb_arena *arena, const char *line, struct kb_entry *entry)
{
	const struct kb_resolve_context context = {.places = &places,
						   .environment = &disks[0].found.device};
	struct kb_error err = {0};

	*entry = (struct kb_entry){.id = "id",
				   .title = "Debian",
				   .device = &disks[1].found.device,
				   .kernel = "sda1:/vmlinuz",
				   .initrd = {"sda1:/initrd.img"},
				   .n_initrd = 1,
				   .args = "root=/dev/sda2 quiet",
				   .root = "/dev/sda2",
				   .problems = {"initrd not found: sda1:/initrd.img"},
				   .n_problems = 1};
	return kb_catalog_edit(&context, arena, line, entry, &err);
}

static void assert_args(const char *line, const char *args)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_entry entry;

	type(&arena, "/", line, &entry);
	assert_string_equal(entry.args, args);
}

/* kboot's own names of devices are none that a kernel knows. */
static void a_kernel_gets_a_root_that_it_knows(void **state)
{
	(void)state;
	assert_args("/k root=sda2 ro", "root=/dev/sda2 ro");
	assert_args("/k root=sda1 ro", "root=/dev/sda1 ro");
	assert_args("/k initrd=/i root=sda1", "root=UUID=boot");
	assert_args("/k initrd=/i root=sda2", "root=/dev/sda2");
	/* What it understands itself, and what is no device here. */
	assert_args("/k initrd=/i root=/dev/sda1", "root=/dev/sda1");
	assert_args("/k root=UUID=boot", "root=UUID=boot");
	assert_args("/k root=host:/export", "root=host:/export");
	assert_args("/k root=mtd0 xroot=sda2", "root=mtd0 xroot=sda2");
}

/* The line says all: what is not in it is not booted, and where the entry is from stays. */
static void an_edited_line_is_the_whole_entry(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_entry entry;

	(void)state;
	assert_int_equal(edit(&arena, "sda1:/vmlinuz root=/dev/sda3 single", &entry), 0);
	assert_string_equal(entry.kernel, "sda1:/vmlinuz");
	assert_int_equal(entry.n_initrd, 0);
	assert_string_equal(entry.args, "root=/dev/sda3 single");
	assert_string_equal(entry.root, "/dev/sda3");
	assert_string_equal(entry.id, "id");
	assert_ptr_equal(entry.device, &disks[1].found.device);
	assert_int_equal(entry.n_problems, 0);
	/* A name without a device is on the entry's own. */
	assert_int_equal(edit(&arena, "/other initrd=/a,/b dtb=sda2:/x", &entry), 0);
	assert_string_equal(entry.kernel, "sda1:/other");
	assert_int_equal(entry.n_initrd, 2);
	assert_string_equal(entry.initrd[1], "sda1:/b");
	assert_string_equal(entry.dtb, "sda2:/x");
	assert_null(entry.args);
	/* What cannot be read changes nothing. */
	assert_true(edit(&arena, "", &entry) < 0);
	assert_true(edit(&arena, "word", &entry) < 0);
	assert_string_equal(entry.kernel, "sda1:/vmlinuz");
	assert_int_equal(entry.n_initrd, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_kernel_gets_a_root_that_it_knows),
		cmocka_unit_test(an_edited_line_is_the_whole_entry),
		cmocka_unit_test(relative_names_start_where_one_is),
		cmocka_unit_test(other_names_do_not),
		cmocka_unit_test(initrds_start_there_too),
		cmocka_unit_test(an_fstab_says_where_a_name_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
