/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of the last time: what is kept of a catalog, what is believed of a text, and what of it
 * may still come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "catalog/remembered.h"

static const struct kb_device sda2 = {
	.name = "sda2", .uuid = "8f3c-1", .label = "debian", .fstype = "ext4", .alias = "vg/root"};
static const struct kb_device sdb1 = {.name = "sdb1", .uuid = "57C5-0001", .fstype = "vfat"};

static struct kb_entry machine[] = {
	{.id = "kboot/kboot/own", .label = "own"},
	{.id = "8f3c-1/grub/Debian",
	 .title = "Debian",
	 .format = KB_FORMAT_GRUB,
	 .file = "sda2:/boot/grub/grub.cfg",
	 .device = &sda2,
	 .is_default = true},
	{.id = "8f3c-1/grub/old",
	 .title = "Debian, the kernel before",
	 .format = KB_FORMAT_GRUB,
	 .file = "sda2:/boot/grub/grub.cfg",
	 .device = &sda2,
	 .path = {"Advanced options", "More"},
	 .n_path = 2},
	{.id = "8f3c-1/file/@/vmlinuz",
	 .title = "vmlinuz",
	 .format = KB_FORMAT_FILE,
	 .subvolume = "/@",
	 .device = &sda2},
	{.id = "57C5-0001/bls/a.conf",
	 .title = "A",
	 .format = KB_FORMAT_BLS,
	 .file = "sdb1:/loader/entries/a.conf",
	 .device = &sdb1},
	{.id = "57C5-0001/kboot/x",
	 .label = "x",
	 .format = KB_FORMAT_KBOOT,
	 .hidden = true,
	 .device = &sdb1},
	{.id = "net", .title = "From a server", .is_remote = true},
};

static void put(struct kb_entry *entries, size_t n, size_t max_bytes, struct kb_buf *text)
{
	const struct kb_catalog c = {.entries = entries, .n_entries = n};

	kb_buf_reset(text);
	kb_remembered_put(&c, max_bytes, text);
	assert_int_equal(kb_buf_error(text), 0);
}

static void what_disks_gave_is_kept(void **state)
{
	KB_BUF struct kb_buf text = {0};
	struct kb_remembered r = {0};
	struct kb_error err = {0};

	(void)state;
	put(machine, KB_ARRAY_LEN(machine), KB_REMEMBERED_EFI_BYTES, &text);
	assert_int_equal(kb_remembered_parse(kb_buf_view(&text), &r, &err), 0);
	assert_int_equal(r.n_entries, 4);
	for (size_t i = 0; i < r.n_entries; i++) {
		const struct kb_entry *was = &machine[i + 1];
		const struct kb_entry *is = &r.entries[i];

		assert_string_equal(is->id, was->id);
		assert_string_equal(is->title, was->title);
		assert_int_equal(is->format, was->format);
		assert_string_equal(is->device->uuid, was->device->uuid);
		assert_string_equal(kb_device_display(is->device), kb_device_display(was->device));
		assert_true(is->is_predicted);
		assert_false(is->is_default);
		assert_null(is->kernel);
		assert_int_equal(is->n_path, was->n_path);
	}
	assert_string_equal(r.default_id, "8f3c-1/grub/Debian");
	assert_string_equal(r.entries[1].path[1], "More");
	assert_string_equal(r.entries[1].file, "sda2:/boot/grub/grub.cfg");
	assert_null(r.entries[2].file);
	assert_string_equal(r.entries[2].subvolume, "/@");
	/* One source, whatever the file of each. */
	assert_string_equal(r.entries[3].file, "sdb1:/loader/entries/");
	assert_null(r.entries[3].subvolume);
	kb_remembered_done(&r);
}

static void a_file_is_each_devices_own(void **state)
{
	struct kb_entry two[] = {machine[1], machine[1]};
	KB_BUF struct kb_buf text = {0};
	struct kb_remembered r = {0};
	struct kb_error err = {0};

	(void)state;
	two[1].id = "57C5-0001/grub/Debian";
	two[1].device = &sdb1;
	two[1].file = "sdb1:/boot/grub/grub.cfg";
	two[1].is_default = false;
	put(two, KB_ARRAY_LEN(two), KB_REMEMBERED_EFI_BYTES, &text);
	assert_int_equal(kb_remembered_parse(kb_buf_view(&text), &r, &err), 0);
	assert_string_equal(r.entries[0].file, two[0].file);
	assert_string_equal(r.entries[1].file, two[1].file);
	kb_remembered_done(&r);
}

static void a_submenu_without_a_title_is_one(void **state)
{
	struct kb_entry e = machine[2];
	KB_BUF struct kb_buf text = {0};
	struct kb_remembered r = {0};
	struct kb_error err = {0};

	(void)state;
	e.path[1] = "";
	put(&e, 1, KB_REMEMBERED_EFI_BYTES, &text);
	assert_int_equal(kb_remembered_parse(kb_buf_view(&text), &r, &err), 0);
	assert_int_equal(r.entries[0].n_path, 2);
	assert_string_equal(r.entries[0].path[1], " ");
	kb_remembered_done(&r);
}

static void nothing_is_no_text(void **state)
{
	KB_BUF struct kb_buf text = {0};

	(void)state;
	put(machine, 1, KB_REMEMBERED_EFI_BYTES, &text);
	assert_int_equal(text.len, 0);
}

static void the_first_ones_that_fit_are_kept(void **state)
{
	static struct kb_entry many[1000];
	static char ids[KB_ARRAY_LEN(many)][32];
	KB_BUF struct kb_buf text = {0};
	struct kb_remembered r = {0};
	struct kb_error err = {0};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(many); i++) {
		(void)snprintf(ids[i], sizeof(ids[i]), "8f3c-1/grub/number-%zu", i);
		many[i] = machine[1];
		many[i].is_default = false;
		many[i].id = ids[i];
	}
	put(many, KB_ARRAY_LEN(many), KB_REMEMBERED_EFI_BYTES, &text);
	assert_in_range(text.len, KB_REMEMBERED_EFI_BYTES - 100, KB_REMEMBERED_EFI_BYTES);
	assert_int_equal(kb_remembered_parse(kb_buf_view(&text), &r, &err), 0);
	assert_in_range(r.n_entries, 100, 200);
	assert_string_equal(r.entries[r.n_entries - 1].id, ids[r.n_entries - 1]);
	kb_remembered_done(&r);
	put(many, KB_ARRAY_LEN(many), KB_REMEMBERED_MAX_BYTES, &text);
	assert_int_equal(kb_remembered_parse(kb_buf_view(&text), &r, &err), 0);
	assert_int_equal(r.n_entries, KB_REMEMBERED_MAX_ENTRIES);
	kb_remembered_done(&r);
}

static void a_title_is_text(void **state)
{
	struct kb_entry e = machine[1];
	KB_BUF struct kb_buf text = {0};
	struct kb_remembered r = {0};
	struct kb_error err = {0};
	char longest[2000];

	(void)state;
	e.title = "a\tb\nc\x1b[2J\xff\xc2\x9b";
	put(&e, 1, KB_REMEMBERED_EFI_BYTES, &text);
	assert_int_equal(kb_remembered_parse(kb_buf_view(&text), &r, &err), 0);
	assert_string_equal(r.entries[0].title, "a b c [2J? ");
	kb_remembered_done(&r);
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	e.title = longest;
	put(&e, 1, KB_REMEMBERED_EFI_BYTES, &text);
	assert_int_equal(kb_remembered_parse(kb_buf_view(&text), &r, &err), 0);
	assert_int_equal(strlen(r.entries[0].title), KB_REMEMBERED_MAX_TEXT);
	kb_remembered_done(&r);
}

static int parse(const char *text, size_t len, struct kb_error *err)
{
	struct kb_remembered r = {0};
	int result = kb_remembered_parse(kb_str_of(text, len), &r, err);

	if (result < 0) {
		assert_int_equal(r.n_entries, 0);
		assert_null(r.arena.blocks);
	}
	kb_remembered_done(&r);
	return result;
}

static void one_wrong_byte_and_all_is_ignored(void **state)
{
	KB_BUF struct kb_buf text = {0};

	(void)state;
	put(machine, KB_ARRAY_LEN(machine), KB_REMEMBERED_EFI_BYTES, &text);
	for (size_t i = 0; i < text.len; i++) {
		struct kb_error err = {0};

		text.data[i] ^= 1;
		assert_int_equal(parse(text.data, text.len, &err), -EINVAL);
		assert_non_null(strstr(err.text, i > 12 ? "it is damaged" : "it "));
		text.data[i] ^= 1;
		assert_int_equal(parse(text.data, i, &err), -EINVAL);
	}
	kb_buf_puts(&text, "E\tgrub\tx\tx\n");
	assert_int_equal(parse(text.data, text.len, &(struct kb_error){0}), -EINVAL);
}

/* With a true end, as somebody who means harm would write it. */
static int parse_sealed(const char *lines)
{
	KB_BUF struct kb_buf text = {0};
	struct kb_error err = {0};

	kb_buf_printf(&text, "kboot-scan 1\n%s", lines);
	kb_buf_printf(&text, "end %" PRIx64 "\n", kb_str_fingerprint(0, kb_buf_view(&text)));
	return parse(text.data, text.len, &err);
}

#define DEVICE "D\tu\tsda1\t\t\text4\n"
#define ENTRY  "E\tgrub\tx\tX\n"

static void what_makes_no_sense_is_damaged(void **state)
{
	static const char *const bad[] = {
		ENTRY,                             /* of no device */
		"S\t/boot/grub/grub.cfg\n" DEVICE, /* the same */
		DEVICE "X\tgrub\tx\tX\n",
		DEVICE "E\tgrub\tx\tX\tmore\n",
		DEVICE "E\tnonsense\tx\tX\n",
		DEVICE "E\tgrub\t\tX\n",
		DEVICE "E\tgrub\tx\tX\x1b\n",
		DEVICE "E\tgrub\tx\tX\xff\n",
		DEVICE "E\tgrub\tx\tX\r\n",
		DEVICE ENTRY ENTRY,
		DEVICE "*\tgrub\tx\tX\n*\tgrub\ty\tY\n",
		DEVICE "P\t1\t2\t3\t4\t5\t6\t7\t8\t9\n" ENTRY,
		DEVICE "V\tno slash\n" ENTRY,
		"D\t\tsda1\t\t\text4\n" ENTRY,
		"D\tu\t\t\t\text4\n" ENTRY,
		"D\tu\tsda1\t\t\text4\tmore\n" ENTRY,
		DEVICE "\n" ENTRY,
	};

	(void)state;
	assert_int_equal(parse_sealed(DEVICE ENTRY), 0);
	assert_int_equal(parse_sealed(DEVICE "P\t1\t2\t3\t4\t5\t6\t7\t8\n" ENTRY), 0);
	for (size_t i = 0; i < KB_ARRAY_LEN(bad); i++) {
		if (parse_sealed(bad[i]) != -EINVAL) {
			fail_msg("taken: %s", bad[i]);
		}
	}
}

static void too_much_is_damaged(void **state)
{
	KB_BUF struct kb_buf lines = {0};

	(void)state;
	kb_buf_puts(&lines, DEVICE);
	for (int i = 0; i < KB_REMEMBERED_MAX_ENTRIES; i++) {
		kb_buf_printf(&lines, "E\tgrub\t%d\tX\n", i);
	}
	assert_int_equal(parse_sealed(lines.data), 0);
	kb_buf_puts(&lines, "E\tgrub\tone\tX\n");
	assert_int_equal(parse_sealed(lines.data), -EINVAL);
	kb_buf_reset(&lines);
	kb_buf_puts(&lines, DEVICE "E\tgrub\tx\t");
	for (int i = 0; i <= KB_REMEMBERED_MAX_TEXT; i++) {
		kb_buf_putc(&lines, 'x');
	}
	kb_buf_putc(&lines, '\n');
	assert_int_equal(parse_sealed(lines.data), -EINVAL);
	kb_buf_reset(&lines);
	for (int i = 0; i < KB_REMEMBERED_MAX_BYTES / 10; i++) {
		kb_buf_puts(&lines, DEVICE);
	}
	assert_int_equal(parse_sealed(lines.data), -EINVAL);
}

static void another_version_is_said(void **state)
{
	const char *text = "kboot-scan 2\nend 1\n";
	struct kb_error err = {0};

	(void)state;
	assert_int_equal(parse(text, strlen(text), &err), -EINVAL);
	assert_non_null(strstr(err.text, "another version"));
}

/* --- what may still come */

struct disks {
	struct kb_places places;
	struct kb_place disk;
	struct kb_place clone;
	struct kb_remembered r;
};

static void init(struct disks *d)
{
	KB_BUF struct kb_buf text = {0};
	struct kb_error err = {0};

	*d = (struct disks){.places.first = &d->disk};
	d->disk = (struct kb_place){.kind = KB_PLACE_DEVICE,
				    .status = KB_PLACE_READ,
				    .known = true,
				    .block.name = "sda2",
				    .found = {.has_device = true, .device = sda2}};
	d->clone = d->disk;
	put(machine, KB_ARRAY_LEN(machine), KB_REMEMBERED_EFI_BYTES, &text);
	assert_int_equal(kb_remembered_parse(kb_buf_view(&text), &d->r, &err), 0);
}

/* How many are predicted beside those entries of the machine. */
static size_t predicted(struct disks *d, size_t from, size_t n)
{
	struct kb_catalog c = {.entries = machine + from, .n_entries = n};
	size_t n_predicted;

	assert_int_equal(kb_remembered_predict(&d->r, &d->places, &c), 0);
	n_predicted = c.n_predicted;
	assert_int_equal(kb_catalog_listed(&c), n + n_predicted);
	for (size_t i = 0; i < n_predicted; i++) {
		const struct kb_entry *shown = kb_catalog_shown(&c, n + i);

		assert_true(shown->is_predicted);
		assert_ptr_equal(kb_catalog_predicted(&c, shown->id), shown);
		assert_null(kb_catalog_by_id(&c, shown->id));
		assert_null(kb_catalog_find(&c, shown->title));
	}
	assert_null(kb_catalog_predicted(&c, NULL));
	kb_arena_done(&c.arena);
	return n_predicted;
}

static void what_no_disk_has_denied_is_expected(void **state)
{
	struct disks d;

	(void)state;
	init(&d);
	d.disk.found.has_device = false;
	assert_int_equal(predicted(&d, 0, 0), 4);
	/* One that is there, */
	assert_int_equal(predicted(&d, 1, 1), 3);
	/* stays known: without it, it is gone. */
	assert_int_equal(predicted(&d, 0, 0), 3);
	/* What is being read once more may still give it. */
	d.disk.found.has_device = true;
	d.disk.status = KB_PLACE_SCANNING;
	assert_int_equal(predicted(&d, 0, 0), 3);
	d.disk.status = KB_PLACE_READ;
	d.disk.known = false;
	assert_int_equal(predicted(&d, 0, 0), 3);
	kb_remembered_done(&d.r);
}

static void what_its_disk_has_not_is_gone(void **state)
{
	struct disks d;

	(void)state;
	init(&d);
	assert_int_equal(predicted(&d, 0, 0), 1);
	kb_remembered_done(&d.r);
	init(&d);
	d.disk.status = KB_PLACE_FAILED;
	assert_int_equal(predicted(&d, 0, 0), 1);
	kb_remembered_done(&d.r);
	/* Another disk has its name now. */
	init(&d);
	d.disk.found.device.uuid = "another";
	assert_int_equal(predicted(&d, 0, 0), 4);
	kb_remembered_done(&d.r);
}

static void a_clone_may_still_have_it(void **state)
{
	struct disks d;

	(void)state;
	init(&d);
	d.disk.next = &d.clone;
	d.clone.status = KB_PLACE_SCANNING;
	assert_int_equal(predicted(&d, 0, 0), 4);
	d.clone.status = KB_PLACE_READ;
	assert_int_equal(predicted(&d, 0, 0), 1);
	kb_remembered_done(&d.r);
}

/* A btrfs of two devices of which one is there. */
static void a_set_that_waits_may_still_have_it(void **state)
{
	static const char *names[] = {"sda2"};
	struct kb_set set = {.kind = KB_SET_BTRFS, .n_members = 1};
	struct disks d;

	(void)state;
	init(&d);
	set.members[0] = names[0];
	d.places.sets[0] = &set;
	d.places.n_sets = 1;
	d.disk.found.device.set = kb_set_kind_name(KB_SET_BTRFS);
	assert_int_equal(predicted(&d, 0, 0), 4);
	d.disk.is_whole = true;
	assert_int_equal(predicted(&d, 0, 0), 1);
	kb_remembered_done(&d.r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_disks_gave_is_kept),
		cmocka_unit_test(a_file_is_each_devices_own),
		cmocka_unit_test(a_submenu_without_a_title_is_one),
		cmocka_unit_test(nothing_is_no_text),
		cmocka_unit_test(the_first_ones_that_fit_are_kept),
		cmocka_unit_test(a_title_is_text),
		cmocka_unit_test(one_wrong_byte_and_all_is_ignored),
		cmocka_unit_test(what_makes_no_sense_is_damaged),
		cmocka_unit_test(too_much_is_damaged),
		cmocka_unit_test(another_version_is_said),
		cmocka_unit_test(what_no_disk_has_denied_is_expected),
		cmocka_unit_test(what_its_disk_has_not_is_gone),
		cmocka_unit_test(a_clone_may_still_have_it),
		cmocka_unit_test(a_set_that_waits_may_still_have_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
