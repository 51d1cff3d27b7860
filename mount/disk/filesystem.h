/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which filesystems can be looked into, and how each is mounted without writing to its disk.
 * For device.c and its tests.
 * Must not do I/O.
 */
#ifndef KBOOT_MOUNT_FILESYSTEM_H
#define KBOOT_MOUNT_FILESYSTEM_H

enum { KB_MOUNT_ATTEMPTS = 3 };

/* What mount(2) takes. options is NULL for none. */
struct kb_mount_attempt {
	const char *type;
	const char *options;
};

/* Attempts are made in turn while the kernel does not know the type or an option. They end at a
 * NULL type or when the array does. */
struct kb_filesystem {
	const char *fstype;                                   /* as libblkid calls it */
	struct kb_mount_attempt read_only[KB_MOUNT_ATTEMPTS]; /* and nothing is replayed */
	/* Read-only, but a journal is replayed: for a snapshot, or to see whether the driver wants
	 * to. None where kboot does not replay. */
	struct kb_mount_attempt replay[KB_MOUNT_ATTEMPTS];
	/* None where Linux cannot write it, or not well enough: then read-only it is. */
	struct kb_mount_attempt read_write[KB_MOUNT_ATTEMPTS];
};

/* NULL where kboot cannot look into the type (NULL: not known). */
const struct kb_filesystem *kb_filesystem_find(const char *fstype);

#endif
