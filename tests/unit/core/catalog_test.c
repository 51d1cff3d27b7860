/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ids of entries: what they are made of, and that clones keep theirs in whatever order they come.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "catalog/catalog.h"

static struct kb_entry entries[] = {
	{.label = "a b", .kernel = "/k", .format = KB_FORMAT_KBOOT, .tries_left = -1},
	{.label = "a~b", .kernel = "/k", .format = KB_FORMAT_KBOOT, .tries_left = -1},
	{.label = "a b", .kernel = "/k2", .format = KB_FORMAT_KBOOT, .tries_left = -1},
	{.label = "b", .kernel = "/k", .format = KB_FORMAT_KBOOT, .tries_left = -1},
};

static struct kb_entry bare[] = {
	{.kernel = "/k", .format = KB_FORMAT_FILE, .tries_left = -1},
	{.kernel = "/k3", .format = KB_FORMAT_FILE, .tries_left = -1},
};

static struct kb_place disk(const char *name, const char *uuid, const char *partuuid)
{
	return (struct kb_place){
		.kind = KB_PLACE_DEVICE,
		.status = KB_PLACE_READ,
		.found = {.has_device = true,
			  .device = {.name = name, .uuid = uuid, .partuuid = partuuid},
			  .entries = entries,
			  .n_entries = 1}};
}

struct found {
	struct kb_places places;
	struct kb_catalog catalog;
};

static void build(struct found *f, struct kb_place *first, struct kb_place *second)
{
	const struct kb_resolve_context context = {.places = &f->places};

	*f = (struct found){.places = {.first = first, .simulated = true}};
	first->next = second;
	if (second) {
		second->next = NULL;
	}
	assert_int_equal(kb_catalog_build(&f->catalog, &context), 0);
}

static void done(struct found *f)
{
	kb_catalog_done(&f->catalog);
}

static void assert_id(const struct found *f, const struct kb_place *place, const char *id)
{
	const struct kb_entry *entry = kb_catalog_by_id(&f->catalog, id);

	assert_non_null(entry);
	assert_ptr_equal(entry->device, &place->found.device);
}

/* The disk that answers first is not always the same one. */
static void assert_stable(struct kb_place x, struct kb_place y, const char *id_x, const char *id_y)
{
	for (int swap = 0; swap < 2; swap++) {
		struct found f;

		build(&f, swap ? &y : &x, swap ? &x : &y);
		assert_int_equal(f.catalog.n_entries, 2);
		assert_id(&f, &x, id_x);
		assert_id(&f, &y, id_y);
		done(&f);
	}
}

static void what_is_written_on_the_disk_names_it(void **state)
{
	(void)state;
	assert_stable(disk("sda", "u1", "p1"), disk("sdb", "u2", "p1"), "u1/kboot/a~b",
		      "u2/kboot/a~b");
	assert_stable(disk("sda", NULL, "p2"), disk("sdb", NULL, "p1"), "p2/kboot/a~b",
		      "p1/kboot/a~b");
	assert_stable(disk("sda", NULL, NULL), disk("sdb", NULL, NULL), "sda/kboot/a~b",
		      "sdb/kboot/a~b");
}

static void clones_keep_their_ids(void **state)
{
	struct kb_place stick = disk("sda", "u", "p1");

	(void)state;
	/* Whatever the copy says of itself, and however its kernel's name sorts. */
	stick.found.device.removable = true;
	assert_stable(disk("vda", "u", "p2"), stick, "u/kboot/a~b", "u/kboot/a~b#2");
	assert_stable(disk("sda", "u", "p2"), disk("sdb", "u", "p1"), "u/kboot/a~b#2",
		      "u/kboot/a~b");
	assert_stable(disk("sda", "u", NULL), disk("sdb", "u", "p1"), "u/kboot/a~b",
		      "u/kboot/a~b#2");
	assert_stable(disk("sdb", "u", "p"), disk("sda", "u", "p"), "u/kboot/a~b#2", "u/kboot/a~b");
}

static void labels_of_one_name_are_told_apart(void **state)
{
	struct kb_place x = disk("sda", "u", NULL);
	struct kb_place none = {.kind = KB_PLACE_DEVICE};
	struct found f;

	(void)state;
	x.found.n_entries = KB_ARRAY_LEN(entries);
	build(&f, &x, &none);
	assert_string_equal(f.catalog.entries[0].id, "u/kboot/a~b");
	assert_string_equal(f.catalog.entries[1].id, "u/kboot/a=7Eb");
	assert_string_equal(f.catalog.entries[2].id, "u/kboot/a~b#2");
	assert_string_equal(f.catalog.entries[3].id, "u/kboot/b");
	assert_ptr_equal(kb_catalog_find(&f.catalog, "A B"), &f.catalog.entries[0]);
	assert_null(kb_catalog_find(&f.catalog, "a"));
	done(&f);
}

static void a_label_of_the_environment_is_meant_before_others(void **state)
{
	struct kb_place disks[] = {disk("sda1", "x", NULL), disk("sdb1", "y", NULL)};

	(void)state;
	disks[1].found.entries = &entries[0];
	for (int i = 0; i < 2; i++) {
		struct found f = {.places = {.first = &disks[0], .simulated = true}};
		const struct kb_resolve_context context = {.places = &f.places,
							   .environment = &disks[i].found.device};

		disks[0].next = &disks[1];
		assert_int_equal(kb_catalog_build(&f.catalog, &context), 0);
		assert_ptr_equal(kb_catalog_find(&f.catalog, "A B")->device,
				 &disks[i].found.device);
		/* Without a file, as from the command line. */
		assert_ptr_equal(kb_catalog_find_in(&f.catalog, "A B", NULL)->device,
				 &disks[i].found.device);
		done(&f);
	}
}

/* GRUB on the ESP reads the entry of /boot, whose own id is written down somewhere. */
static void an_entry_that_another_tells_keeps_its_id(void **state)
{
	struct kb_entry told = {.label = "a",
				.kernel = "sda2:/k",
				.format = KB_FORMAT_GRUB,
				.file = "sda2:/loader/entries/a.conf",
				.tries_left = -1};
	struct kb_entry itself = {.label = "a",
				  .kernel = "/k",
				  .format = KB_FORMAT_BLS,
				  .file = "/loader/entries/a.conf",
				  .tries_left = -1};
	struct kb_place esp = disk("sda1", "x", NULL);
	struct kb_place boot = disk("sda2", "y", NULL);
	const struct kb_entry *shown;
	struct found f;

	(void)state;
	esp.found.entries = &told;
	boot.found.entries = &itself;
	build(&f, &esp, &boot);
	assert_int_equal(f.catalog.n_entries, 1);
	shown = &f.catalog.entries[0];
	assert_ptr_equal(shown->device, &esp.found.device);
	assert_int_equal(f.catalog.n_aliases, 1);
	assert_string_not_equal(f.catalog.aliases[0].id, shown->id);
	assert_ptr_equal(kb_catalog_by_id(&f.catalog, f.catalog.aliases[0].id), shown);
	done(&f);
}

/* A label offers it already. */
static void a_bare_kernel_is_shown_once(void **state)
{
	struct kb_entry all[] = {entries[0], bare[0], bare[1]};
	struct kb_place x = disk("sda", "u", NULL);
	struct kb_place none = {.kind = KB_PLACE_DEVICE};
	struct found f;

	(void)state;
	x.found.entries = all;
	x.found.n_entries = KB_ARRAY_LEN(all);
	build(&f, &x, &none);
	assert_int_equal(f.catalog.n_entries, 2);
	assert_int_equal(kb_catalog_count(&f.catalog, &f.places, &x), 2);
	assert_int_equal(kb_catalog_count(&f.catalog, &f.places, &none), 0);
	assert_string_equal(f.catalog.entries[1].id, "u/file//k3");
	assert_string_equal(f.catalog.entries[1].root, "UUID=u");
	assert_string_equal(f.catalog.entries[1].args, "root=UUID=u");
	done(&f);
}

static struct kb_fstab_line boot_lines[] = {{.source = "UUID=b", .dir = "/boot"}};
static struct kb_fstab_line bind_lines[] = {
	{.source = "UUID=b", .dir = "/boot", .is_bind = true},
	{.source = "UUID=b", .dir = "/srv"},
};

/* Two systems on one btrfs; the second one's fstab is the one that is asked for. */
static struct kb_place root_disk(struct kb_fstab_line *lines, size_t n_lines, const char *root)
{
	struct kb_place place = disk("sdb", "r", NULL);

	place.found.n_entries = 0;
	place.found.n_systems = 2;
	place.found.systems[0] =
		(struct kb_system){.subvolume = "/@",
				   .says = {.name = "Other", .args = "root=x", .root = "x"}};
	place.found.systems[1] =
		(struct kb_system){.subvolume = "/@deb",
				   .says = {.name = "Debian", .args = "ro quiet", .root = root},
				   .fstab = {lines, n_lines}};
	return place;
}

static void assert_bare(struct kb_place *root, const char *title, const char *args,
			const char *remark)
{
	struct kb_entry kernel = {.kernel = "/k3",
				  .title = "Linux 3",
				  .args = "ro",
				  .format = KB_FORMAT_FILE,
				  .tries_left = -1};
	struct kb_place boot = disk("sda", "b", NULL);
	struct found f;

	boot.found.entries = &kernel;
	build(&f, &boot, root);
	assert_int_equal(f.catalog.n_entries, 1);
	assert_string_equal(f.catalog.entries[0].title, title);
	assert_string_equal(f.catalog.entries[0].args, args);
	if (remark) {
		assert_string_equal(f.catalog.entries[0].remark, remark);
	} else {
		assert_null(f.catalog.entries[0].remark);
	}
	assert_int_equal(f.catalog.entries[0].n_problems, 0);
	assert_string_equal(f.catalog.entries[0].id, "b/file//k3");
	done(&f);
}

#define A_GUESS " is a guess: no fstab and no command line on a disk says it"

static void the_system_whose_boot_it_is_says_title_and_arguments(void **state)
{
	struct kb_place none = {.kind = KB_PLACE_DEVICE};
	struct kb_place with = root_disk(boot_lines, 1, "UUID=r");
	struct kb_place without_root = root_disk(boot_lines, 1, NULL);
	struct kb_place of_another = root_disk(bind_lines, 2, "UUID=r");
	struct kb_place of_a_subvolume = root_disk(boot_lines, 1, "UUID=r");

	(void)state;
	assert_bare(&with, "Debian, Linux 3", "ro quiet", NULL);
	assert_bare(&without_root, "Debian, Linux 3", "root=UUID=r ro quiet",
		    "root=UUID=r" A_GUESS);
	assert_bare(&of_another, "Linux 3", "root=UUID=b ro", "root=UUID=b" A_GUESS);
	assert_bare(&none, "Linux 3", "root=UUID=b ro", "root=UUID=b" A_GUESS);
	boot_lines[0].subvolume = "@boot";
	assert_bare(&of_a_subvolume, "Linux 3", "root=UUID=b ro", "root=UUID=b" A_GUESS);
	boot_lines[0].subvolume = NULL;
}

/* Two boot loaders on one disk that say the same. */
static void what_two_configurations_say_is_shown_once(void **state)
{
	static struct kb_entry two[] = {
		{.label = "mine", .kernel = "/k", .args = "q", .format = KB_FORMAT_KBOOT},
		{.label = "bls",
		 .title = "B",
		 .kernel = "/k",
		 .args = "q",
		 .format = KB_FORMAT_BLS},
		{.label = "twin",
		 .title = "T",
		 .kernel = "/k",
		 .args = "q",
		 .format = KB_FORMAT_BLS},
		{.label = "grub",
		 .title = "G",
		 .kernel = "/k",
		 .args = "q",
		 .format = KB_FORMAT_GRUB,
		 .is_default = true},
		{.label = "other",
		 .title = "O",
		 .kernel = "/k",
		 .args = "r",
		 .format = KB_FORMAT_GRUB},
	};
	struct kb_place x = disk("sda2", "A", NULL);
	struct found f;

	(void)state;
	x.found.entries = two;
	x.found.n_entries = KB_ARRAY_LEN(two);
	build(&f, &x, NULL);
	/* A person's own is no copy, nor is a second one of the same loader. */
	assert_int_equal(f.catalog.n_entries, 4);
	assert_string_equal(f.catalog.entries[1].label, "bls");
	assert_true(f.catalog.entries[1].is_default);
	assert_string_equal(f.catalog.entries[2].label, "twin");
	assert_string_equal(f.catalog.entries[3].label, "other");
	assert_false(f.catalog.entries[3].is_default);
	done(&f);
}

/* `sda2` alone is what its own loader would start. */
static void a_device_is_what_its_loader_would_start(void **state)
{
	static struct kb_entry two[] = {
		{.label = "one", .title = "One", .kernel = "/k", .format = KB_FORMAT_GRUB},
		{.label = "two",
		 .title = "Two",
		 .kernel = "/k2",
		 .format = KB_FORMAT_GRUB,
		 .is_default = true},
	};
	struct kb_place x = disk("sda2", "A", NULL);
	struct found f;

	(void)state;
	x.found.entries = two;
	x.found.n_entries = KB_ARRAY_LEN(two);
	build(&f, &x, NULL);
	assert_string_equal(kb_catalog_installed(&f.catalog, &f.places, &x.found.device)->label,
			    "two");
	two[1].is_default = false;
	assert_string_equal(kb_catalog_installed(&f.catalog, &f.places, &x.found.device)->label,
			    "one");
	done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_on_the_disk_names_it),
		cmocka_unit_test(clones_keep_their_ids),
		cmocka_unit_test(labels_of_one_name_are_told_apart),
		cmocka_unit_test(a_label_of_the_environment_is_meant_before_others),
		cmocka_unit_test(an_entry_that_another_tells_keeps_its_id),
		cmocka_unit_test(a_bare_kernel_is_shown_once),
		cmocka_unit_test(what_two_configurations_say_is_shown_once),
		cmocka_unit_test(a_device_is_what_its_loader_would_start),
		cmocka_unit_test(the_system_whose_boot_it_is_says_title_and_arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
