/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "storage_case.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <linux/major.h>
#include <linux/raid/md_u.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "kboot/storage/assemble.h"

static void put_device(struct storage_case *c, const char *name, const char *attribute,
		       const char *value)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "sys/block/%s/holders", name);
	temp_dir_mkdir(&c->dir, path);
	(void)snprintf(path, sizeof(path), "sys/block/%s/%s", name, attribute);
	temp_dir_text(&c->dir, path, value);
	(void)snprintf(path, sizeof(path), "dev/%s", name);
	temp_dir_text(&c->dir, path, "");
}

static unsigned undo_all(struct storage_case *c)
{
	KB_CLOSE int fd = open(c->sys_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	unsigned left = 99;

	fake_sys_forget(c->fake);
	assert_int_equal(kb_disassemble_all(&c->fake->table, fd, c->dev_dir, &left, &c->err), 0);
	return left;
}

static void what_nobody_holds_goes_first_and_snapshots_stay(void **state)
{
	struct storage_case *c = *state;

	put_device(c, "dm-0", "dm/uuid", "LVM-x\n");
	temp_dir_mkdir(&c->dir, "sys/block/dm-0/holders/dm-1");
	put_device(c, "dm-2", "dm/uuid", "KBOOT-253:7\n");
	put_device(c, "sda", "size", "8\n");
	put_device(c, "md5", "md/array_state", "clear\n");
	put_device(c, "loop0", "loop/autoclear", "1\n");
	put_device(c, "loop1", "size", "0\n");
	/* Held, and nothing else is assembled. */
	assert_int_equal(undo_all(c), 1);
	assert_int_equal(fake_sys_count(c->fake, FAKE_DM_IOCTL), 0);
	assert_int_equal(fake_sys_count(c->fake, FAKE_DEVICE_IOCTL), 0);
}

static void parts_of_nothing_go_alone(void **state)
{
	struct storage_case *c = *state;
	KB_CLOSE int fd = -1;

	put_device(c, "dm-0", "dm/uuid", "KBOOT-of-LVM-x\n");
	temp_dir_mkdir(&c->dir, "sys/block/dm-0/holders/dm-1");
	put_device(c, "dm-1", "dm/uuid", "LVM-x\n");
	put_device(c, "md127", "md/array_state", "readonly\n");
	fd = open(c->sys_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(kb_disassemble_parts(&c->fake->table, fd, c->dev_dir, &c->err), 0);
	assert_int_equal(fake_sys_count(c->fake, FAKE_ANY), 0);
	assert_int_equal(unlinkat(c->dir.fd, "sys/block/dm-0/holders/dm-1", AT_REMOVEDIR), 0);
	assert_int_equal(kb_disassemble_parts(&c->fake->table, fd, c->dev_dir, &c->err), 0);
	assert_true(storage_case_did(c, "dm_ioctl remove vg-disk 0"));
	assert_int_equal(fake_sys_count(c->fake, FAKE_DEVICE_IOCTL), 0);
}

static void each_kind_has_its_request(void **state)
{
	struct storage_case *c = *state;
	char text[64];

	put_device(c, "dm-0", "dm/uuid", "KBOOT-of-LVM-x\n");
	put_device(c, "md127", "md/array_state", "readonly\n");
	put_device(c, "loop3", "loop/backing_file", "/x.iso\n");
	(void)undo_all(c); /* sysfs of a folder keeps what the kernel would take away */
	assert_true(storage_case_did(c, "dm_ioctl remove vg-disk 0"));
	(void)snprintf(text, sizeof(text), "device_ioctl %#x", (unsigned)STOP_ARRAY);
	assert_true(storage_case_did(c, text));
	(void)snprintf(text, sizeof(text), "device_ioctl %#x", (unsigned)LOOP_CLR_FD);
	assert_true(storage_case_did(c, text));
}

static void a_busy_one_is_said_and_forced_away_by_errors(void **state)
{
	struct storage_case *c = *state;

	put_device(c, "dm-0", "dm/uuid", "LVM-x\n");
	temp_dir_text(&c->dir, "dev/mapper/vg-disk", "");
	fake_sys_fail(c->fake, FAKE_DM_IOCTL, 2, EBUSY);
	assert_int_equal(kb_disassemble(&c->fake->table, c->dev_dir, "dm-0", false, &c->err),
			 -EBUSY);
	assert_non_null(strstr(c->err.text, "dm-0 cannot be taken apart"));
	fake_sys_forget(c->fake);
	fake_sys_fail(c->fake, FAKE_DM_IOCTL, 2, EBUSY);
	assert_int_equal(kb_disassemble(&c->fake->table, c->dev_dir, "dm-0", true, &c->err), 0);
	assert_true(storage_case_did(c, "dm_ioctl load vg-disk 0x1 0 error "));
	assert_int_equal(faccessat(c->dir.fd, "dev/mapper/vg-disk", F_OK, 0), -1);
}

static void other_names_are_refused(void **state)
{
	static const char *const names[] = {"sda", "../dm-0", "dm-", "nothing", "mdx"};
	struct storage_case *c = *state;

	put_device(c, "sda", "size", "8\n");
	for (size_t i = 0; i < KB_ARRAY_LEN(names); i++) {
		assert_true(kb_disassemble(&c->fake->table, c->dev_dir, names[i], true, &c->err) <
			    0);
	}
	assert_int_equal(fake_sys_count(c->fake, FAKE_ANY), 0);
}

/* --- partition tables: a real one, made by hand */

static void put_mbr(struct storage_case *c, unsigned start, unsigned sectors)
{
	static unsigned char disk[1 << 20];

	memset(disk, 0, sizeof(disk));
	disk[0x1be + 4] = 0x83;
	memcpy(disk + 0x1be + 8, &start, 4);
	memcpy(disk + 0x1be + 12, &sectors, 4);
	disk[510] = 0x55;
	disk[511] = 0xaa;
	temp_dir_write(&c->dir, "dev/dm-9", disk, sizeof(disk));
	c->assembly.n_members = 0;
	storage_case_member(c, "dm-9", NULL);
}

static void partitions_inside_are_mapped(void **state)
{
	struct storage_case *c = *state;

	put_mbr(c, 64, 128);
	assert_int_equal(storage_case_assemble(c, KB_SET_TABLE), 0);
	assert_string_equal(c->told, "partitions ready - 1 dm-9\n");
	assert_true(storage_case_did(c, "dm_ioctl load vg-disk1 0x1 128 linear 0:0 64"));
	/* It is there already. */
	(void)strcpy(c->existing, "part1-LVM-disk");
	assert_int_equal(storage_case_assemble(c, KB_SET_TABLE), 0);
	assert_string_equal(c->told, "partitions ready - 1 dm-9\n");
	assert_false(storage_case_did(c, "dm_ioctl load"));
	c->existing[0] = '\0';
	put_mbr(c, 64, 1 << 20);
	assert_int_equal(storage_case_assemble(c, KB_SET_TABLE), 0);
	assert_string_equal(c->told,
			    "partitions refused - 1 dm-9 | partition 1 is not opened: it is "
			    "outside of its volume\n");
	assert_false(storage_case_did(c, "dm_ioctl load"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, storage_case_setup, storage_case_teardown)
		CASE(what_nobody_holds_goes_first_and_snapshots_stay),
		CASE(parts_of_nothing_go_alone),
		CASE(each_kind_has_its_request),
		CASE(a_busy_one_is_said_and_forced_away_by_errors),
		CASE(other_names_are_refused),
		CASE(partitions_inside_are_mapped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
