/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Module aliases of the hardware that is there, for modprobe.
 * For core (coldplug at start; hotplug hands aliases in from uevents).
 * Must not load anything itself.
 */
#ifndef KBOOT_SCAN_MODALIAS_H
#define KBOOT_SCAN_MODALIAS_H

#include "kboot/base/cleanup.h"

enum { KB_MODALIAS_MAX = 4096, KB_MODALIAS_BYTES = 1024 };

/*
 * Calls fn once for each distinct modalias of a device below sysfs_fd/devices that has no driver
 * yet. 0 or -errno; -E2BIG, after fn was called for those that were found, above KB_MODALIAS_MAX.
 */
KB_MUST_CHECK int kb_modalias_collect(int sysfs_fd, int (*fn)(void *ctx, const char *modalias),
				      void *ctx);

#endif
