/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "disk/filesystem.h"

#include <string.h>

#include "kboot/mount/device.h"

/* Types that write to their disk on a read-only mount unless these words are among the options. */
static void test_no_recovery(void **state)
{
	static const struct {
		const char *fstype;
		const char *word;
	} careful[] = {
		{"ext2", "noload"},       {"ext3", "noload"},       {"ext4", "noload"},
		{"xfs", "norecovery"},    {"btrfs", "nologreplay"}, {"f2fs", "norecovery"},
		{"nilfs2", "norecovery"},
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(careful); i++) {
		const struct kb_filesystem *fs = kb_filesystem_find(careful[i].fstype);

		assert_non_null(fs);
		assert_non_null(fs->read_only[0].type);
		for (size_t j = 0; j < KB_MOUNT_ATTEMPTS && fs->read_only[j].type; j++) {
			assert_non_null(fs->read_only[j].options);
			assert_non_null(strstr(fs->read_only[j].options, careful[i].word));
		}
		for (size_t j = 0; j < KB_MOUNT_ATTEMPTS && fs->read_write[j].type; j++) {
			const char *options = fs->read_write[j].options;

			assert_true(!options || !strstr(options, careful[i].word));
		}
	}
}

/* A superblock may say that its errors are to stop the machine. */
static void test_no_panic(void **state)
{
	static const char *const types[] = {"ext2", "ext3", "ext4"};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(types); i++) {
		const struct kb_filesystem *fs = kb_filesystem_find(types[i]);

		assert_non_null(strstr(fs->read_only[0].options, "errors=continue"));
		assert_non_null(strstr(fs->read_write[0].options, "errors=remount-ro"));
		assert_true(!fs->replay[0].type ||
			    strcmp(fs->replay[0].options, "errors=continue") == 0);
	}
}

/* What replays is what the kernel does by itself. */
static void test_replay(void **state)
{
	static const char *const replaying[] = {"ext3", "ext4", "xfs", "btrfs", "f2fs"};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(replaying); i++) {
		const char *options = kb_filesystem_find(replaying[i])->replay[0].options;

		assert_non_null(kb_filesystem_find(replaying[i])->replay[0].type);
		assert_true(!options || (!strstr(options, "load") && !strstr(options, "recovery") &&
					 !strstr(options, "replay")));
	}
	assert_null(kb_filesystem_find("vfat")->replay[0].type);
}

static void test_known(void **state)
{
	static const char *const known[] = {"vfat", "exfat", "ntfs",     "iso9660",  "udf",
					    "jfs",  "erofs", "squashfs", "reiserfs", "hfsplus"};
	static const char *const other[] = {
		"crypto_LUKS", "LVM2_member", "linux_raid_member", "swap", "", "EXT4", "ext",
		"ext4 ",       "proc"};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(known); i++) {
		assert_true(kb_mount_knows(known[i]));
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(other); i++) {
		assert_false(kb_mount_knows(other[i]));
	}
	assert_false(kb_mount_knows(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_recovery),
		cmocka_unit_test(test_no_panic),
		cmocka_unit_test(test_replay),
		cmocka_unit_test(test_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
