/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Block devices: which there are (sysfs), and what is on one (libblkid).
 * For core: enumerate in the engine, probe in a worker.
 * Must not mount or write, and must not open a device outside kb_scan_probe.
 */
#ifndef KBOOT_SCAN_BLOCK_H
#define KBOOT_SCAN_BLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "kboot/base/arena.h"
#include "kboot/base/error.h"
#include "kboot/model/device.h"

enum { KB_SCAN_MAX_DEVICES = 1024 };

/* What sysfs says without touching the device. */
struct kb_block {
	char name[64]; /* kernel name; '!' as '/' */
	uint64_t size_bytes;
	bool removable;      /* anybody may have plugged it in, whatever it says of itself */
	bool has_partitions; /* a whole disk with partitions on it: not read itself */
	const char *bus;     /* see kb_device; constant */
	/* The kernel's number of the disk, never used again, another one for another medium. 0: the
	 * kernel is older than 5.15. */
	uint64_t diskseq;
	/* Sort key: the bus path of the disk and the partition number, so that the order is the
	 * same at every boot. */
	char order[160];
	/* Of device-mapper: its own name, below /dev/mapper, and LVM's ("vg/lv"). "": it has none.
	 */
	char mapper[128];
	char alias[128];
	/* Of the set that it is made of, as digits and letters alone: LUKS's, an array's, the
	 * volume group's and the volume's in a row. "": not known. */
	char set_uuid[80];
	/* What it is made of, by kernel names with a blank between: "sda2 sdb2". "": nothing. */
	char members[256];
};

/*
 * Calls fn for each disk, partition, md and dm device of non-zero size below sysfs_fd (a descriptor
 * of /sys or of a captured tree), in a stable order; loop, ram, zram and floppy devices are left
 * out. A negative answer stops. Above KB_SCAN_MAX_DEVICES fn is still called for the first ones,
 * and the answer is -E2BIG.
 */
KB_MUST_CHECK int kb_scan_enumerate(int sysfs_fd,
				    int (*fn)(void *ctx, const struct kb_block *block), void *ctx,
				    struct kb_error *err);
/* One device by its kernel name (after a uevent). -ENOENT when it is not one to be shown. */
KB_MUST_CHECK int kb_scan_block(int sysfs_fd, const char *name, struct kb_block *ret_block);

/*
 * Reads the superblock and the partition entry. name becomes ret_device->name; fd is the open block
 * device (or an image file in tests). A device without a known filesystem has fstype NULL and is no
 * error; contradicting signatures are -EUCLEAN with a sentence. While it runs, the process may take
 * 32 MiB more address space and no more (-ENOMEM): libblkid believes sizes that a superblock
 * claims.
 */
KB_MUST_CHECK int kb_scan_probe(struct kb_arena *arena, int fd, const struct kb_block *block,
				struct kb_device *ret_device, struct kb_error *err);

#endif
