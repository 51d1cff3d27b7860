/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/model/device.h"

#include <errno.h>

static const struct kb_device disk = {
	.name = "sda2",
	.uuid = "1D2E29B2-c900-4d23-8a89-4e32b3a97fa5",
	.label = "Root",
	.partuuid = "1234abcd-02",
	.partlabel = "EFI System",
	.fstype = "ext4",
	.bus = "usb",
	.size_bytes = 1ULL << 40,
	.removable = true,
};

static bool matches(const struct kb_device *device, const char *reference)
{
	return kb_device_matches(device, kb_str_from(reference));
}

static void is_meant_by_its_name(void **state)
{
	struct kb_device volume = {.name = "vg/lv"};

	(void)state;
	assert_true(matches(&disk, "sda2"));
	assert_true(matches(&disk, "/dev/sda2"));
	assert_false(matches(&disk, "sda"));
	assert_false(matches(&disk, "sda22"));
	assert_false(matches(&disk, "SDA2"));
	assert_false(matches(&disk, "/dev/"));
	assert_false(matches(&disk, "/sda2"));
	assert_true(matches(&volume, "vg/lv"));
	assert_true(matches(&volume, "/dev/vg/lv"));
}

/* Of what is made of other devices: the mapper's, LVM's, GRUB's. */
static void is_meant_by_each_of_its_names(void **state)
{
	const struct kb_device volume = {.name = "dm-3",
					 .alias = "my-vg/root",
					 .mapper = "my--vg-root",
					 .set_uuid = "AAAABBBBccccDDDD"};
	const struct kb_device array = {.name = "md127",
					.alias = "md/data",
					.set_uuid = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"};
	static const char *const of_volume[] = {
		"dm-3",
		"/dev/dm-3",
		"my-vg/root",
		"/dev/my-vg/root",
		"mapper/my--vg-root",
		"/dev/mapper/my--vg-root",
		"lvm/my--vg-root",
		"lvmid/AAAA-BBBB/cccc-DDDD",
	};
	static const char *const of_array[] = {"md127", "/dev/md/data",
					       "mduuid/0a1b2c3d4e5f60718293a4b5c6d7e8f9",
					       "mduuid/0A1B2C3D:4E5F6071:8293A4B5:C6D7E8F9"};
	static const char *const of_neither[] = {"my--vg-root",    "mapper/dm-3",
						 "lvm/my-vg/root", "lvmid/AAAA-BBBB",
						 "mduuid/0a1b",    "mduuid/",
						 "lvmid/",         "cryptouuid/",
						 "mapper/",        "md"};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(of_volume); i++) {
		assert_true(matches(&volume, of_volume[i]));
		assert_false(matches(&array, of_volume[i]));
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(of_array); i++) {
		assert_true(matches(&array, of_array[i]));
		assert_false(matches(&volume, of_array[i]));
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(of_neither); i++) {
		assert_false(matches(&volume, of_neither[i]));
		assert_false(matches(&array, of_neither[i]));
	}
	assert_false(matches(&disk, "mduuid/"));
	assert_string_equal(kb_device_display(&volume), "my-vg/root");
	assert_string_equal(kb_device_display(&disk), "sda2");
}

static void knows_its_members(void **state)
{
	const struct kb_device array = {.name = "md0", .members = "sda2 sdb2"};

	(void)state;
	assert_true(kb_is_member(array.members, "sda2"));
	assert_true(kb_is_member(array.members, "sdb2"));
	assert_false(kb_is_member(array.members, "sda"));
	assert_false(kb_is_member(array.members, ""));
	assert_false(kb_is_member(disk.members, "sda2"));
}

static void is_meant_by_what_is_on_it(void **state)
{
	(void)state;
	assert_true(matches(&disk, "UUID=1d2e29b2-C900-4d23-8a89-4e32b3a97fa5"));
	assert_true(matches(&disk, "UUID=\"1d2e29b2-c900-4d23-8a89-4e32b3a97fa5\""));
	assert_true(matches(&disk, "PARTUUID=1234ABCD-02"));
	assert_true(matches(&disk, "LABEL=Root"));
	assert_false(matches(&disk, "LABEL=root"));
	assert_true(matches(&disk, "PARTLABEL=EFI System"));
	assert_false(matches(&disk, "PARTLABEL=Root"));
	assert_true(matches(&disk, "/dev/disk/by-uuid/1d2e29b2-c900-4d23-8a89-4e32b3a97fa5"));
	assert_true(matches(&disk, "/dev/disk/by-partuuid/1234abcd-02"));
	assert_false(matches(&disk, "/dev/disk/by-label/root"));
	assert_false(matches(&disk, "UUID=1d2e29b2"));
}

static void is_not_meant_by_nothing(void **state)
{
	struct kb_device empty = {0};
	struct kb_device blank = {.name = "", .uuid = "", .label = ""};

	(void)state;
	assert_false(matches(&empty, ""));
	assert_false(matches(&empty, "UUID="));
	assert_false(matches(&blank, ""));
	assert_false(matches(&blank, "/dev/"));
	assert_false(matches(&blank, "UUID="));
	assert_false(matches(&blank, "LABEL="));
}

static void travels_as_json(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf json = {0};
	const struct kb_json *object = NULL;
	struct kb_device back;

	(void)state;
	kb_device_to_json(&disk, NULL, &json);
	assert_int_equal(kb_json_parse(&arena, kb_buf_view(&json), &object), 0);
	assert_int_equal(kb_device_from_json(object, &back), 0);
	assert_string_equal(back.name, disk.name);
	assert_string_equal(back.uuid, disk.uuid);
	assert_string_equal(back.label, disk.label);
	assert_string_equal(back.partuuid, disk.partuuid);
	assert_string_equal(back.partlabel, disk.partlabel);
	assert_string_equal(back.fstype, disk.fstype);
	assert_null(back.tree);
	assert_int_equal(back.size_bytes, disk.size_bytes);
	assert_true(back.removable);
}

static void refuses_what_is_no_device(void **state)
{
	static const char *const bad[] = {
		"[]",
		"\"sda\"",
		"{}",
		"{\"name\":1}",
		"{\"name\":\"sda\",\"size_bytes\":-1}",
		"{\"name\":\"sda\",\"uuid\":{}}",
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(bad); i++) {
		KB_ARENA struct kb_arena arena = {0};
		const struct kb_json *value = NULL;
		struct kb_device device = {.name = "untouched"};

		assert_int_equal(kb_json_parse(&arena, kb_str_from(bad[i]), &value), 0);
		assert_int_equal(kb_device_from_json(value, &device), -EINVAL);
		assert_string_equal(device.name, "untouched");
	}
}

static void copies_deeply(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	char name[] = "sda2";
	struct kb_device from = {.name = name};
	struct kb_device copy;

	(void)state;
	assert_int_equal(kb_device_copy(&arena, &from, &copy), 0);
	name[0] = 'x';
	assert_string_equal(copy.name, "sda2");
	assert_null(copy.uuid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_meant_by_its_name),
		cmocka_unit_test(is_meant_by_each_of_its_names),
		cmocka_unit_test(knows_its_members),
		cmocka_unit_test(is_meant_by_what_is_on_it),
		cmocka_unit_test(is_not_meant_by_nothing),
		cmocka_unit_test(travels_as_json),
		cmocka_unit_test(refuses_what_is_no_device),
		cmocka_unit_test(copies_deeply),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
