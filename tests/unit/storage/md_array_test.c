/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "storage_case.h"

#include <errno.h>
#include <linux/fs.h>
#include <linux/major.h>
#include <linux/raid/md_p.h>
#include <linux/raid/md_u.h>
#include <string.h>

enum { DISK_BYTES = 1 << 20, SECTOR = 512 };

#define UUID "e5dddab3-d3ad-f914-0ec6-4d40a34890f2"

/* Of a mirror of two, whole and clean; this is the disk of that number. */
static struct mdp_superblock_1 mirror(unsigned number, uint64_t sector)
{
	return (struct mdp_superblock_1){
		.magic = MD_SB_MAGIC,
		.major_version = 1,
		.set_name = "host:data",
		.level = 1,
		.raid_disks = 2,
		.super_offset = sector,
		.dev_number = number,
		.events = 17,
		.resync_offset = UINT64_MAX,
		.max_dev = 2,
	};
}

static void put_disk(struct storage_case *c, const char *name, const struct mdp_superblock_1 *sb)
{
	static unsigned char disk[DISK_BYTES];
	const uint16_t roles[] = {0, 1};
	char path[64];
	size_t at = sb ? sb->super_offset * SECTOR : 0;

	memset(disk, 0, sizeof(disk));
	if (sb) {
		memcpy(disk + at, sb, sizeof(*sb));
		memcpy(disk + at + sizeof(*sb), roles, sizeof(roles));
	}
	(void)snprintf(path, sizeof(path), "dev/%s", name);
	temp_dir_write(&c->dir, path, disk, sizeof(disk));
	storage_case_member(c, name, UUID);
}

static int answer(struct storage_case *c, unsigned long request, void *argument)
{
	(void)c;
	if (request == GET_ARRAY_INFO) {
		return -ENODEV;
	}
	if (request == BLKROGET) {
		*(int *)argument = 1;
	}
	if (request == SET_ARRAY_INFO) {
		const mdu_array_info_t *info = argument;

		assert_int_equal(info->major_version, 1);
		assert_int_equal(info->raid_disks, 0);
	}
	return 0;
}

static int answer_writable(struct storage_case *c, unsigned long request, void *argument)
{
	int r = answer(c, request, argument);

	if (request == BLKROGET) {
		*(int *)argument = 0;
	}
	return r;
}

static int answer_not_started(struct storage_case *c, unsigned long request, void *argument)
{
	return request == RUN_ARRAY ? -EIO : answer(c, request, argument);
}

static size_t requests(const struct storage_case *c, unsigned long request)
{
	char text[64];
	size_t n = 0;

	(void)snprintf(text, sizeof(text), "device_ioctl %#lx", request);
	for (size_t i = 0; i < fake_sys_count(c->fake, FAKE_ANY); i++) {
		n += strcmp(fake_sys_text(c->fake, i), text) == 0;
	}
	return n;
}

static void two_halves_become_an_array(void **state)
{
	const uint64_t places[] = {8, 0, (DISK_BYTES / SECTOR - 16) & ~7};

	for (size_t i = 0; i < KB_ARRAY_LEN(places); i++) {
		struct storage_case *c = *state;
		const struct mdp_superblock_1 a = mirror(0, places[i]);
		const struct mdp_superblock_1 b = mirror(1, places[i]);

		c->assembly.n_members = 0;
		c->answer = answer;
		put_disk(c, "sda1", &a);
		put_disk(c, "sdb1", &b);
		assert_int_equal(storage_case_assemble(c, KB_SET_MD), 0);
		assert_string_equal(c->told, "md ready data 2 sda1 sdb1\n");
		/* Read-only before anything else. */
		assert_string_equal(fake_sys_text(c->fake, 0), "set_block_read_only 1");
		assert_string_equal(fake_sys_text(c->fake, 1), "set_block_read_only 1");
		assert_string_equal(fake_sys_text(c->fake, 2), "md_device 127");
		assert_int_equal(requests(c, ADD_NEW_DISK), 2);
		assert_int_equal(requests(c, RUN_ARRAY), 1);
		assert_int_equal(requests(c, STOP_ARRAY), 0);
	}
}

static void one_half_waits_and_then_stands_alone(void **state)
{
	struct storage_case *c = *state;
	const struct mdp_superblock_1 a = mirror(0, 8);

	c->answer = answer;
	put_disk(c, "sda1", &a);
	assert_int_equal(storage_case_assemble(c, KB_SET_MD), 0);
	assert_string_equal(c->told, "md waiting data 2 sda1 | 1 of 2 disks is there\n");
	assert_int_equal(fake_sys_count(c->fake, FAKE_MD_DEVICE), 0);
	c->assembly.may_degrade = true;
	assert_int_equal(storage_case_assemble(c, KB_SET_MD), 0);
	assert_string_equal(c->told, "md degraded data 2 sda1 | 1 of 2 disks is there\n");
	assert_int_equal(requests(c, ADD_NEW_DISK), 1);
}

static void one_that_could_be_written_to_is_stopped(void **state)
{
	struct storage_case *c = *state;
	const struct mdp_superblock_1 a = mirror(0, 8);
	const struct mdp_superblock_1 b = mirror(1, 8);

	put_disk(c, "sda1", &a);
	put_disk(c, "sdb1", &b);
	c->answer = answer_writable;
	assert_int_equal(storage_case_assemble(c, KB_SET_MD), 0);
	assert_string_equal(c->told, "md refused data 2 sda1 sdb1 | the kernel does not start it: "
				     "Read-only file system\n");
	assert_int_equal(requests(c, STOP_ARRAY), 1);
	c->answer = answer_not_started;
	assert_int_equal(storage_case_assemble(c, KB_SET_MD), 0);
	assert_int_equal(requests(c, STOP_ARRAY), 1);
	assert_non_null(strstr(c->told, "Input/output error"));
}

static void one_that_runs_is_left_alone(void **state)
{
	struct storage_case *c = *state;
	const struct mdp_superblock_1 a = mirror(0, 8);
	const struct mdp_superblock_1 b = mirror(1, 8);

	c->answer = answer;
	put_disk(c, "sda1", &a);
	put_disk(c, "sdb1", &b);
	temp_dir_mkdir(&c->dir, "sys/class/block/sda1/holders/md127");
	assert_int_equal(storage_case_assemble(c, KB_SET_MD), 0);
	assert_string_equal(c->told, "md ready data 2 sda1 sdb1\n");
	assert_int_equal(fake_sys_count(c->fake, FAKE_MD_DEVICE), 0);
}

static void nothing_is_started_of_members_that_can_be_written_to(void **state)
{
	struct storage_case *c = *state;
	const struct mdp_superblock_1 a = mirror(0, 8);

	c->answer = answer;
	put_disk(c, "sda1", &a);
	fake_sys_fail(c->fake, FAKE_SET_BLOCK_READ_ONLY, 1, EPERM);
	c->assembly.may_degrade = true;
	assert_int_equal(storage_case_assemble(c, KB_SET_MD), 0);
	assert_string_equal(c->told, "md refused - 0 sda1 | sda1 cannot be made read-only: "
				     "Operation not permitted\n");
	assert_int_equal(fake_sys_count(c->fake, FAKE_MD_DEVICE), 0);
}

/* A filesystem that was moved may carry one of its old place. */
static void a_superblock_of_another_place_is_none(void **state)
{
	struct storage_case *c = *state;
	struct mdp_superblock_1 sb = mirror(0, 8);
	static unsigned char disk[DISK_BYTES];

	put_disk(c, "sda1", &sb);
	sb.super_offset = 16;
	memset(disk, 0, sizeof(disk));
	memcpy(disk + (size_t)8 * SECTOR, &sb, sizeof(sb));
	temp_dir_write(&c->dir, "dev/sda1", disk, sizeof(disk));
	assert_int_equal(storage_case_assemble(c, KB_SET_MD), 0);
	assert_string_equal(c->told,
			    "md refused - 0 sda1 | sda1 has no superblock that can be read\n");
}

/* Whatever stands there: a verdict, and nothing read beyond it. */
static void random_superblocks_are_survived(void **state)
{
	struct storage_case *c = *state;
	unsigned seed = 1;

	c->answer = answer;
	c->assembly.may_degrade = true;
	put_disk(c, "sda1", NULL);
	for (int round = 0; round < 200; round++) {
		struct mdp_superblock_1 sb = mirror(0, 8);
		unsigned char *bytes = (unsigned char *)&sb;

		for (int i = 0; i < 6; i++) {
			seed = seed * 1103515245 + 12345;
			/* Not the magic, nor where it says it is. */
			bytes[72 + (seed >> 8) % (sizeof(sb) - 72)] = (unsigned char)(seed >> 20);
		}
		sb.super_offset = 8;
		c->assembly.n_members = 0;
		put_disk(c, "sda1", &sb);
		assert_int_equal(storage_case_assemble(c, KB_SET_MD), 0);
		assert_true(strncmp(c->told, "md ", 3) == 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, storage_case_setup, storage_case_teardown)
		CASE(two_halves_become_an_array),
		CASE(one_half_waits_and_then_stands_alone),
		CASE(one_that_could_be_written_to_is_stopped),
		CASE(one_that_runs_is_left_alone),
		CASE(nothing_is_started_of_members_that_can_be_written_to),
		CASE(a_superblock_of_another_place_is_none),
		CASE(random_superblocks_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
