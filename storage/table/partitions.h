/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Partition tables inside of mapped devices, which the kernel does not look for: linear maps.
 * For assemble.c.
 * Must not map what overlaps the end of its device.
 */
#ifndef KBOOT_STORAGE_TABLE_PARTITIONS_H
#define KBOOT_STORAGE_TABLE_PARTITIONS_H

#include "kboot/storage/assembly.h"

/* A member without a table, and one that the kernel looks into itself, is told of by nobody. */
KB_MUST_CHECK int kb_table_assemble(const struct kb_assembly *a, const struct kb_set_sink *sink,
				    struct kb_error *err);

#endif
