/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "filesystem.h"

#include <stddef.h>
#include <string.h>

#include "kboot/base/cleanup.h"

/*
 * "Read-only" keeps people from writing, not the driver: unless told otherwise most journalling
 * filesystems replay their journal or clean up deleted files on a read-only mount too. The options
 * that forbid it are in the kernel's Documentation/filesystems, in xfs(5) and in btrfs(5).
 *
 * - ext4 also serves ext2 and ext3. noload leaves the journal alone.
 * - xfs: nouuid lets a copy of a disk be read beside the disk.
 * - btrfs: rescue=nologreplay since 5.9; before that the word stood alone.
 * - f2fs: norecovery needs a read-only mount, and leaves orphans alone on a read-only device.
 * - nilfs2 writes on read-only mounts unless norecovery is given.
 * - ntfs3, jfs and hfsplus replay nothing on a read-only mount. reiserfs has no such option: on a
 *   read-only device it refuses a journal that wants replaying.
 * - vfat: utf8 is not its default; the second row is for a kernel without the table of its default
 *   character set.
 */
static const struct kb_filesystem filesystems[] = {
	{"ext2", {{"ext4", "noload"}}, {{"ext4", NULL}}},
	{"ext3", {{"ext4", "noload"}}, {{"ext4", NULL}}},
	{"ext4", {{"ext4", "noload"}}, {{"ext4", NULL}}},
	{"xfs", {{"xfs", "norecovery,nouuid"}}, {{"xfs", NULL}}},
	{"btrfs", {{"btrfs", "rescue=nologreplay"}, {"btrfs", "nologreplay"}}, {{"btrfs", NULL}}},
	{"f2fs", {{"f2fs", "norecovery"}}, {{"f2fs", NULL}}},
	{"nilfs2", {{"nilfs2", "norecovery"}}, {{"nilfs2", NULL}}},
	{"jfs", {{"jfs", "iocharset=utf8"}, {"jfs", NULL}}, {{"jfs", NULL}}},
	{"reiserfs", {{"reiserfs", NULL}}, {{"reiserfs", NULL}}},
	{"vfat",
	 {{"vfat", "utf8=1"}, {"vfat", "utf8=1,iocharset=utf8"}, {"vfat", NULL}},
	 {{"vfat", "utf8=1"}, {"vfat", "utf8=1,iocharset=utf8"}, {"vfat", NULL}}},
	{"exfat", {{"exfat", "iocharset=utf8"}, {"exfat", NULL}}, {{"exfat", NULL}}},
	{"ntfs",
	 {{"ntfs3", "iocharset=utf8"}, {"ntfs3", NULL}, {"ntfs", "nls=utf8"}},
	 {{"ntfs3", "iocharset=utf8"}, {"ntfs3", NULL}}},
	{"hfsplus", {{"hfsplus", NULL}}, {{NULL, NULL}}},
	{"iso9660", {{"iso9660", "iocharset=utf8"}, {"iso9660", NULL}}, {{NULL, NULL}}},
	{"udf", {{"udf", "iocharset=utf8"}, {"udf", NULL}}, {{NULL, NULL}}},
	{"squashfs", {{"squashfs", NULL}}, {{NULL, NULL}}},
	{"erofs", {{"erofs", NULL}}, {{NULL, NULL}}},
};

const struct kb_filesystem *kb_filesystem_find(const char *fstype)
{
	for (size_t i = 0; fstype && i < KB_ARRAY_LEN(filesystems); i++) {
		if (strcmp(filesystems[i].fstype, fstype) == 0) {
			return &filesystems[i];
		}
	}
	return NULL;
}
