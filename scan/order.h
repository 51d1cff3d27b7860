/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A sort key for block devices that is the same at every boot: where on the buses the disk sits,
 * not when the kernel found it.
 * For block.c and its tests.
 * Must not do I/O.
 */
#ifndef KBOOT_SCAN_ORDER_H
#define KBOOT_SCAN_ORDER_H

#include <stddef.h>
#include <stdint.h>

/*
 * link: where /sys/class/block/NAME points, "" when that is not known. partition: 0 for a whole
 * disk. Keys compare by bytes (strcmp); ret_key is always terminated, and size is at least 96.
 */
void kb_scan_order(const char *link, const char *name, uint64_t partition, char *ret_key,
		   size_t size);

#endif
