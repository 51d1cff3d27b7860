/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "journal.h"

#include <endian.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "kboot/base/cleanup.h"

/* Offsets on the device; the structures are in the kernel's fs/ext4/ext4.h, btrfs/ctree.h and
 * linux/f2fs_fs.h. All numbers are little-endian. */
enum {
	EXT_SUPER = 1024,
	EXT_FEATURE_INCOMPAT = EXT_SUPER + 96,
	EXT_RECOVER = 0x4,
	EXT_JOURNAL_INODE = EXT_SUPER + 224, /* 0: the journal is a device of its own */
	BTRFS_SUPER = 65536,
	BTRFS_LOG_ROOT = BTRFS_SUPER + 96,
	BTRFS_NUM_DEVICES = BTRFS_SUPER + 136,
	F2FS_SUPERS = 2,
	F2FS_SUPER = 1024,
	F2FS_SUPER_DISTANCE = 4096,
	F2FS_FIRST_DEVICE = 2201, /* the path of a device; none where there is but one */
};

/* 0 for what cannot be read. */
static uint64_t number(int fd, off_t offset, size_t size)
{
	uint64_t value = 0;

	return pread(fd, &value, size, offset) == (ssize_t)size ? le64toh(value) : 0;
}

static enum kb_journal look_ext(int fd)
{
	if (!(number(fd, EXT_FEATURE_INCOMPAT, 4) & EXT_RECOVER)) {
		/* Not the driver's word: ext4 replays on a read-only device what the superblock
		 * denies but the journal holds. */
		return KB_JOURNAL_CLEAN;
	}
	return number(fd, EXT_JOURNAL_INODE, 4) != 0 ? KB_JOURNAL_DIRTY : KB_JOURNAL_ELSEWHERE;
}

static enum kb_journal look_btrfs(int fd)
{
	if (number(fd, BTRFS_LOG_ROOT, 8) == 0) {
		return KB_JOURNAL_CLEAN;
	}
	return number(fd, BTRFS_NUM_DEVICES, 8) == 1 ? KB_JOURNAL_DIRTY : KB_JOURNAL_ELSEWHERE;
}

/* Its superblock, or the copy, names devices by path, which the driver opens. */
static enum kb_journal look_f2fs(int fd)
{
	for (int i = 0; i < F2FS_SUPERS; i++) {
		off_t super = F2FS_SUPER + (off_t)i * F2FS_SUPER_DISTANCE;

		if (number(fd, super + F2FS_FIRST_DEVICE, 1) != 0) {
			return KB_JOURNAL_ELSEWHERE;
		}
	}
	return KB_JOURNAL_ASK;
}

static enum kb_journal look_driver(int fd)
{
	(void)fd;
	return KB_JOURNAL_ASK;
}

enum kb_journal kb_journal_look(int block_fd, const char *fstype)
{
	static const struct {
		const char *fstype;
		enum kb_journal (*look)(int fd);
	} looks[] = {
		{"ext3", look_ext},  {"ext4", look_ext},   {"btrfs", look_btrfs},
		{"f2fs", look_f2fs}, {"xfs", look_driver},
	};

	for (size_t i = 0; i < KB_ARRAY_LEN(looks); i++) {
		if (strcmp(looks[i].fstype, fstype) == 0) {
			return looks[i].look(block_fd);
		}
	}
	return KB_JOURNAL_CLEAN;
}
