/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two spellings of a logical volume's name: people's "my-vg/root", and device-mapper's and
 * GRUB's "my--vg-root", with a dash between group and volume and each of their own dashes doubled.
 * For every module above base.
 * Must not do I/O, or check what LVM allows in a name.
 */
#ifndef KBOOT_MODEL_VOLUME_NAME_H
#define KBOOT_MODEL_VOLUME_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "kboot/base/cleanup.h"
#include "kboot/base/str.h"

/* *ret_name is always terminated; what does not fit is cut. False: there is no group in it. */
bool kb_volume_name(struct kb_str mapper, char *ret_name, size_t size);
/* The other way. -ENAMETOOLONG. */
KB_MUST_CHECK int kb_volume_mapper(const char *name, char *ret_mapper, size_t size);

#endif
