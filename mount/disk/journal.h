/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does a filesystem wait for its journal to be replayed?
 * For device.c, before it mounts.
 * Must not write, and must not believe more than it has to: a lie may cost a mount, never a disk.
 */
#ifndef KBOOT_MOUNT_JOURNAL_H
#define KBOOT_MOUNT_JOURNAL_H

enum kb_journal {
	KB_JOURNAL_CLEAN,     /* or none */
	KB_JOURNAL_DIRTY,     /* and all of the filesystem is on this device */
	KB_JOURNAL_ELSEWHERE, /* a replay would write to other devices too */
	KB_JOURNAL_ASK,       /* the driver tells, by refusing to mount a read-only device */
};

/*
 * fstype as libblkid calls it. Where the superblock cannot be read the answer is CLEAN: then
 * nothing is replayed.
 */
enum kb_journal kb_journal_look(int block_fd, const char *fstype);

#endif
