/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order of versions (UAPI.10 Version Format Specification), by which newer kernels come first.
 * For the readers.
 * Must not be used for what grub's blscfg orders: that is rpm's.
 */
#ifndef KBOOT_FORMATS_VERSION_H
#define KBOOT_FORMATS_VERSION_H

#include "kboot/base/str.h"

/* Negative, 0 or positive, as strcmp. */
int kb_version_compare(struct kb_str a, struct kb_str b);

#endif
