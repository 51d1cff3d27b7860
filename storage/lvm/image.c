/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lvm/image.h"

#include <endian.h>
#include <string.h>

/* drivers/md/dm-raid.c, struct dm_raid_superblock. */
enum { MAGIC = 0x64526d44, MAX_FAILED = 64 };

struct superblock {
	uint32_t magic;
	uint32_t compat_features;
	uint32_t num_devices;
	uint32_t array_position;
	uint64_t events;
	uint64_t failed_devices;
	uint64_t disk_recovery_offset; /* all ones: filled */
	uint64_t array_resync_offset;
};

_Static_assert(sizeof(struct superblock) <= KB_LVM_IMAGE_BYTES, "read whole");

void kb_lvm_image_take(const unsigned char bytes[static KB_LVM_IMAGE_BYTES],
		       struct kb_lvm_image *image)
{
	struct superblock sb;

	memcpy(&sb, bytes, sizeof(sb));
	if (le32toh(sb.magic) != MAGIC) {
		return;
	}
	image->has_super = true;
	image->events = le64toh(sb.events);
	image->failed = le64toh(sb.failed_devices);
	image->is_filled = le64toh(sb.disk_recovery_offset) == UINT64_MAX;
}

void kb_lvm_image_choose(const struct kb_lvm_image *images, size_t n_images, bool *ret_usable)
{
	bool has_super = false;
	uint64_t events = 0;
	uint64_t failed = 0;

	for (size_t i = 0; i < n_images; i++) {
		has_super = has_super || images[i].has_super;
		events = images[i].has_super && images[i].events > events ? images[i].events
									  : events;
	}
	for (size_t i = 0; i < n_images; i++) {
		failed |= images[i].has_super && images[i].events == events ? images[i].failed : 0;
	}
	for (size_t i = 0; i < n_images; i++) {
		const struct kb_lvm_image *image = &images[i];
		bool is_failed = i < MAX_FAILED && (failed >> i & 1) != 0;

		ret_usable[i] = image->is_there && !is_failed &&
				(!has_super ||
				 (image->has_super && image->is_filled && image->events == events));
	}
}
