/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "disk/journal.h"

#include <fcntl.h>
#include <string.h>

#include "kboot/base/cleanup.h"
#include "temp_dir.h"

enum { BYTES = 70000 };

struct patch {
	size_t offset;
	unsigned char value;
};

static enum kb_journal look(const char *fstype, const struct patch *patches, size_t count,
			    size_t bytes)
{
	static unsigned char disk[BYTES];
	struct temp_dir d;
	enum kb_journal journal;

	memset(disk, 0, sizeof(disk));
	for (size_t i = 0; i < count; i++) {
		disk[patches[i].offset] = patches[i].value;
	}
	temp_dir_init(&d);
	temp_dir_write(&d, "disk", disk, bytes);
	{
		KB_CLOSE int fd = openat(d.fd, "disk", O_RDONLY | O_CLOEXEC);

		assert_true(fd >= 0);
		journal = kb_journal_look(fd, fstype);
	}
	temp_dir_done(&d);
	return journal;
}

#define LOOK(fstype, bytes, ...)                                                                   \
	look(fstype, (const struct patch[]){__VA_ARGS__},                                          \
	     sizeof((const struct patch[]){__VA_ARGS__}) / sizeof(struct patch), bytes)

static void test_ext(void **state)
{
	(void)state;
	assert_int_equal(LOOK("ext4", BYTES, {1024 + 96, 0xfb}), KB_JOURNAL_CLEAN);
	assert_int_equal(LOOK("ext4", BYTES, {1024 + 96, 0x04}, {1024 + 224, 8}), KB_JOURNAL_DIRTY);
	assert_int_equal(LOOK("ext3", BYTES, {1024 + 96, 0x46}, {1024 + 224, 8}), KB_JOURNAL_DIRTY);
	/* Its journal is another device, which is not in the snapshot. */
	assert_int_equal(LOOK("ext4", BYTES, {1024 + 96, 0x04}, {1024 + 228, 8}),
			 KB_JOURNAL_ELSEWHERE);
	assert_int_equal(LOOK("ext2", BYTES, {1024 + 96, 0x04}), KB_JOURNAL_CLEAN);
	assert_int_equal(LOOK("ext4", 1024 + 98, {1024 + 96, 0x04}), KB_JOURNAL_CLEAN);
}

static void test_btrfs(void **state)
{
	const size_t log_root = 65536 + 96;
	const size_t devices = 65536 + 136;

	(void)state;
	assert_int_equal(LOOK("btrfs", BYTES, {devices, 1}), KB_JOURNAL_CLEAN);
	assert_int_equal(LOOK("btrfs", BYTES, {log_root + 2, 1}, {devices, 1}), KB_JOURNAL_DIRTY);
	assert_int_equal(LOOK("btrfs", BYTES, {log_root + 7, 1}, {devices, 2}),
			 KB_JOURNAL_ELSEWHERE);
	assert_int_equal(LOOK("btrfs", BYTES, {log_root, 1}, {devices, 1}, {devices + 4, 1}),
			 KB_JOURNAL_ELSEWHERE);
	assert_int_equal(LOOK("btrfs", 60000, {0, 0}), KB_JOURNAL_CLEAN);
}

/* The first device's path, in the superblock or in its copy. */
static void test_f2fs(void **state)
{
	(void)state;
	assert_int_equal(LOOK("f2fs", BYTES, {1024, 0x10}), KB_JOURNAL_ASK);
	assert_int_equal(LOOK("f2fs", BYTES, {1024 + 2201, '/'}), KB_JOURNAL_ELSEWHERE);
	assert_int_equal(LOOK("f2fs", BYTES, {4096 + 1024 + 2201, '/'}), KB_JOURNAL_ELSEWHERE);
}

static void test_others(void **state)
{
	(void)state;
	assert_int_equal(LOOK("xfs", BYTES, {0, 0}), KB_JOURNAL_ASK);
	assert_int_equal(LOOK("nilfs2", BYTES, {0, 0}), KB_JOURNAL_CLEAN);
	assert_int_equal(LOOK("vfat", BYTES, {1024 + 96, 0x04}), KB_JOURNAL_CLEAN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ext),
		cmocka_unit_test(test_btrfs),
		cmocka_unit_test(test_f2fs),
		cmocka_unit_test(test_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
