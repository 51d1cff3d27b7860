/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which bus a block device hangs on, and whether anybody may have plugged it in.
 * For block.c.
 * Must not believe what the device says of itself: a USB disk that says it is fixed is removable.
 */
#ifndef KBOOT_SCAN_BUS_H
#define KBOOT_SCAN_BUS_H

#include <stdbool.h>

#include "kboot/base/tree.h"

/* name is a component of /sys/class/block; link is where that points, "" when it is not known.
 * *ret_bus is one of kb_device.bus, or NULL. -ENOMEM, … */
KB_MUST_CHECK int kb_scan_bus(const struct kb_tree *sysfs, const char *name, const char *link,
			      const char **ret_bus, bool *ret_removable);

#endif
