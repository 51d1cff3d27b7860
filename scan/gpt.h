/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A look at a GUID partition table's header before libblkid reads the table.
 * For probe.c and its tests.
 * Must not believe anything else that the header says.
 */
#ifndef KBOOT_SCAN_GPT_H
#define KBOOT_SCAN_GPT_H

#include <stdbool.h>

/*
 * libblkid reads as many bytes of entries as the header claims, up to 4 GiB, into memory. Linux
 * refuses a table above 4 MiB (KMALLOC_MAX_SIZE, block/partitions/efi.c) and so do we. False when
 * the header at the front or the end of the whole disk on fd claims more.
 */
bool kb_scan_gpt_is_bounded(int fd);

#endif
