/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A block device as kboot knows it: its kernel name and what identifies the filesystem on it.
 * For every module above base.
 * Must not do I/O; the strings belong to whoever made the value (usually an arena).
 */
#ifndef KBOOT_MODEL_DEVICE_H
#define KBOOT_MODEL_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "kboot/base/arena.h"
#include "kboot/base/json.h"

/* Text that is not known is NULL. */
struct kb_device {
	const char *name;   /* the kernel's, below /dev: "sda2", "dm-0" */
	const char *alias;  /* what people call it: "vg/lv", "md/data" */
	const char *mapper; /* below /dev/mapper: "vg-lv" */
	const char *uuid;
	const char *label;
	const char *partuuid;
	const char *partlabel;
	const char *fstype; /* as libblkid calls it: "ext4", "vfat", "crypto_LUKS", … */
	const char *bus;    /* "usb", "ata", …: see kb_bus_find */
	const char *tree;   /* simulation only: the folder that stands for its filesystem */
	const char
		*subvolume;   /* simulation only: the default one of a btrfs ("@"); NULL: its top */
	const char *parttype; /* of its partition, as libblkid has it: a GUID, or "0xef" */
	const char *disk;     /* what all partitions of one disk share: "8:0" */
	const char *uuid_sub; /* its own, where uuid is that of a filesystem on several devices */
	const char *set;      /* what it is a member of: kb_set_kind_name(); NULL: nothing */
	const char *set_uuid; /* of what it is made of, digits and letters alone */
	const char *members;  /* what it is made of, by kernel names: "sda2 sdb2" */
	uint64_t size_bytes;
	bool removable;
};

KB_MUST_CHECK int kb_device_copy(struct kb_arena *arena, const struct kb_device *from,
				 struct kb_device *ret_device);
/* Does "UUID=…", "LABEL=…", "PARTUUID=…", "PARTLABEL=…", "/dev/NAME" or "NAME" mean this device?
 * UUIDs: any case. NAME: any of its names, "mapper/vg-lv" and GRUB's "lvm/vg-lv", "lvmid/…/…",
 * "mduuid/…", "cryptouuid/…" too. */
bool kb_device_matches(const struct kb_device *device, struct kb_str reference);
/* What people call it. */
const char *kb_device_display(const struct kb_device *device);
/* Does it hold the memory of a Linux that sleeps? */
bool kb_device_is_hibernated(const struct kb_device *device);
/* Is the kernel name one of kb_device.members? NULL has none. */
bool kb_is_member(const char *members, const char *name);
void kb_device_to_json(const struct kb_device *device, const char *key, struct kb_buf *json);
/* Texts are borrowed from the object. */
KB_MUST_CHECK int kb_device_from_json(const struct kb_json *object, struct kb_device *ret_device);

/* The name of a bus as kb_device.bus has it; constant. -ENOENT. */
KB_MUST_CHECK int kb_bus_find(struct kb_str name, const char **ret_bus);
/* May whoever stands before the machine have plugged in what hangs on it? NULL: no bus is known. */
bool kb_bus_is_removable(const char *bus);

#endif
