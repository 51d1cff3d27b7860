/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "storage_case.h"

#include <errno.h>
#include <linux/btrfs.h>
#include <string.h>

enum { DISK_BYTES = 128 << 10, SUPER_AT = 64 << 10 };

#define UUID "3fb8016a-9de1-43ef-918e-a98b215c4a2d"

static void put_disk(struct storage_case *c, const char *name, unsigned char id,
		     unsigned char devices, unsigned char generation)
{
	static unsigned char disk[DISK_BYTES];
	char path[64];

	memset(disk, 0, sizeof(disk));
	storage_case_put(disk, SUPER_AT + 0x40, "_BHRfS_M", 8);
	disk[SUPER_AT + 0x48] = generation;
	disk[SUPER_AT + 0x88] = devices;
	disk[SUPER_AT + 0xc9] = id;
	storage_case_put(disk, SUPER_AT + 0x12b, "label", 5);
	(void)snprintf(path, sizeof(path), "dev/%s", name);
	temp_dir_write(&c->dir, path, disk, sizeof(disk));
	storage_case_member(c, name, UUID);
}

static int answer_not_ready(struct storage_case *c, unsigned long request, void *argument)
{
	(void)c;
	(void)argument;
	return request == BTRFS_IOC_DEVICES_READY;
}

static int answer_refused(struct storage_case *c, unsigned long request, void *argument)
{
	const struct btrfs_ioctl_vol_args *args = argument;

	assert_non_null(strstr(args->name, c->dev_dir));
	return request == BTRFS_IOC_SCAN_DEV ? -EINVAL : 0;
}

static void all_devices_make_it_ready(void **state)
{
	struct storage_case *c = *state;

	put_disk(c, "sda1", 1, 2, 5);
	put_disk(c, "sdb1", 2, 2, 5);
	assert_int_equal(storage_case_assemble(c, KB_SET_BTRFS), 0);
	assert_string_equal(c->told, "btrfs ready label 2 sda1 sdb1\n");
	assert_int_equal(fake_sys_count(c->fake, FAKE_DEVICE_IOCTL), 3);
	assert_string_equal(fake_sys_text(c->fake, 1), "set_block_read_only 1");
}

static void a_missing_device_is_waited_for_whatever_may_be(void **state)
{
	struct storage_case *c = *state;

	put_disk(c, "sda1", 1, 2, 5);
	c->assembly.may_degrade = true;
	c->answer = answer_not_ready;
	assert_int_equal(storage_case_assemble(c, KB_SET_BTRFS), 0);
	assert_string_equal(c->told, "btrfs waiting label 2 sda1 | 1 of 2 devices is there\n");
}

static void a_copy_is_not_shown_to_the_kernel(void **state)
{
	struct storage_case *c = *state;

	put_disk(c, "sda1", 1, 1, 5);
	put_disk(c, "sdb1", 1, 1, 5);
	assert_int_equal(storage_case_assemble(c, KB_SET_BTRFS), 0);
	assert_string_equal(c->told, "btrfs refused label 1 sda1 sdb1 | sda1 and sdb1 are the same "
				     "part of it: one is a copy\n");
	assert_int_equal(fake_sys_count(c->fake, FAKE_DEVICE_IOCTL), 0);
	/* The caller knows which one; that is said. */
	c->members[1].is_refused = true;
	assert_int_equal(storage_case_assemble(c, KB_SET_BTRFS), 0);
	assert_string_equal(c->told, "btrfs ready label 1 sda1 | sdb1 is left out: it is a copy\n");
}

static void one_alone_is_no_set(void **state)
{
	struct storage_case *c = *state;

	put_disk(c, "sda1", 1, 1, 5);
	assert_int_equal(storage_case_assemble(c, KB_SET_BTRFS), 0);
	assert_string_equal(c->told, "");
}

static void the_newest_superblock_counts(void **state)
{
	struct storage_case *c = *state;

	put_disk(c, "sda1", 1, 3, 5);
	put_disk(c, "sdb1", 2, 2, 6);
	assert_int_equal(storage_case_assemble(c, KB_SET_BTRFS), 0);
	assert_string_equal(c->told, "btrfs ready label 2 sda1 sdb1\n");
}

static void what_the_kernel_refuses_is_said(void **state)
{
	struct storage_case *c = *state;

	put_disk(c, "sda1", 1, 2, 5);
	put_disk(c, "sdb1", 2, 2, 5);
	c->answer = answer_refused;
	assert_int_equal(storage_case_assemble(c, KB_SET_BTRFS), 0);
	assert_string_equal(c->told, "btrfs refused label 2 sda1 sdb1 | the kernel does not take "
				     "it: Invalid argument\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, storage_case_setup, storage_case_teardown)
		CASE(all_devices_make_it_ready),
		CASE(a_missing_device_is_waited_for_whatever_may_be),
		CASE(a_copy_is_not_shown_to_the_kernel),
		CASE(one_alone_is_no_set),
		CASE(the_newest_superblock_counts),
		CASE(what_the_kernel_refuses_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
