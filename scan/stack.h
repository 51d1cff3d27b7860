/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device that is made of others, by sysfs: what of, and what people call it.
 * For block.c.
 * Must not show what only holds another volume together, nor kboot's own snapshots.
 */
#ifndef KBOOT_SCAN_STACK_H
#define KBOOT_SCAN_STACK_H

#include "kboot/base/tree.h"
#include "kboot/scan/block.h"

/* The names that device-mapper has for it. -ENOENT: it is not to be shown. */
KB_MUST_CHECK int kb_scan_mapper(const struct kb_tree *sysfs, const char *name,
				 struct kb_block *block);
/* Its members; and its place in the order, which is behind the first of them. Nothing changes of a
 * device that has none. */
KB_MUST_CHECK int kb_scan_members(const struct kb_tree *sysfs, const char *name,
				  struct kb_block *block);

#endif
