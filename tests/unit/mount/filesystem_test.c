/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "filesystem.h"

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
		cmocka_unit_test(test_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
