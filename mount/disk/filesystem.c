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
 * - ext4 also serves ext2 and ext3. noload leaves the journal alone. What happens when files turn
 *   out to be damaged is else for the superblock to say, and it may say "panic".
 * - xfs: nouuid lets a copy of a disk be read beside the disk, and a snapshot.
 * - btrfs: rescue=nologreplay since 5.9; before that the word stood alone.
 * - f2fs: norecovery needs a read-only mount, and leaves orphans alone on a read-only device.
 * - nilfs2 writes on read-only mounts unless norecovery is given.
 * - ntfs3, jfs and hfsplus replay nothing on a read-only mount. reiserfs has no such option: on a
 *   read-only device it refuses a journal that wants replaying.
 * - vfat: utf8 is not its default; the second row is for a kernel without the table of its default
 *   character set.
 */
static const struct kb_filesystem filesystems[] = {
	{.fstype = "ext2",
	 .read_only = {{"ext4", "noload,errors=continue"}},
	 .read_write = {{"ext4", "errors=remount-ro"}}},
	{.fstype = "ext3",
	 .read_only = {{"ext4", "noload,errors=continue"}},
	 .replay = {{"ext4", "errors=continue"}},
	 .read_write = {{"ext4", "errors=remount-ro"}}},
	{.fstype = "ext4",
	 .read_only = {{"ext4", "noload,errors=continue"}},
	 .replay = {{"ext4", "errors=continue"}},
	 .read_write = {{"ext4", "errors=remount-ro"}}},
	{.fstype = "xfs",
	 .read_only = {{"xfs", "norecovery,nouuid"}},
	 .replay = {{"xfs", "nouuid"}},
	 .read_write = {{"xfs", NULL}}},
	{.fstype = "btrfs",
	 .read_only = {{"btrfs", "rescue=nologreplay"}, {"btrfs", "nologreplay"}},
	 .replay = {{"btrfs", NULL}},
	 .read_write = {{"btrfs", NULL}}},
	{.fstype = "f2fs",
	 .read_only = {{"f2fs", "norecovery"}},
	 .replay = {{"f2fs", NULL}},
	 .read_write = {{"f2fs", NULL}}},
	{.fstype = "nilfs2",
	 .read_only = {{"nilfs2", "norecovery"}},
	 .read_write = {{"nilfs2", NULL}}},
	{.fstype = "jfs",
	 .read_only = {{"jfs", "iocharset=utf8"}, {"jfs", NULL}},
	 .read_write = {{"jfs", NULL}}},
	{.fstype = "reiserfs",
	 .read_only = {{"reiserfs", NULL}},
	 .read_write = {{"reiserfs", NULL}}},
	{.fstype = "vfat",
	 .read_only = {{"vfat", "utf8=1"}, {"vfat", "utf8=1,iocharset=utf8"}, {"vfat", NULL}},
	 .read_write = {{"vfat", "utf8=1"}, {"vfat", "utf8=1,iocharset=utf8"}, {"vfat", NULL}}},
	{.fstype = "exfat",
	 .read_only = {{"exfat", "iocharset=utf8"}, {"exfat", NULL}},
	 .read_write = {{"exfat", "iocharset=utf8"}, {"exfat", NULL}}},
	{.fstype = "ntfs",
	 .read_only = {{"ntfs3", "iocharset=utf8"}, {"ntfs3", NULL}, {"ntfs", "nls=utf8"}},
	 .read_write = {{"ntfs3", "iocharset=utf8"}, {"ntfs3", NULL}}},
	{.fstype = "hfsplus", .read_only = {{"hfsplus", NULL}}},
	{.fstype = "iso9660", .read_only = {{"iso9660", "iocharset=utf8"}, {"iso9660", NULL}}},
	{.fstype = "udf", .read_only = {{"udf", "iocharset=utf8"}, {"udf", NULL}}},
	{.fstype = "squashfs", .read_only = {{"squashfs", NULL}}},
	{.fstype = "erofs", .read_only = {{"erofs", NULL}}},
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
