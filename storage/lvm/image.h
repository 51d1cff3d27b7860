/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The images of a RAID volume: which of them hold what was last written, by the superblocks that
 * dm-raid keeps beside them.
 * For the table of a volume.
 * Must not write one: that is why the volume is not dm-raid's with its metadata.
 */
#ifndef KBOOT_STORAGE_LVM_IMAGE_H
#define KBOOT_STORAGE_LVM_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KB_LVM_IMAGE_BYTES = 64 };

struct kb_lvm_image {
	bool is_there; /* its data can be read */
	bool has_super;
	uint64_t events;
	uint64_t failed; /* a bit for each image that it knows to have failed */
	bool is_filled;  /* it is not on the way to being so */
};

/* The beginning of its metadata; other bytes than a superblock are none. */
void kb_lvm_image_take(const unsigned char bytes[static KB_LVM_IMAGE_BYTES],
		       struct kb_lvm_image *image);
/* Which of them may be read. With no superblock anywhere (it was never in use) all that are there.
 */
void kb_lvm_image_choose(const struct kb_lvm_image *images, size_t n_images, bool *ret_usable);

#endif
