/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device-mapper table that grows, target by target.
 * For map.c and its kinds of segments.
 * Must not know volumes.
 */
#ifndef KBOOT_STORAGE_LVM_TARGETS_H
#define KBOOT_STORAGE_LVM_TARGETS_H

#include "kboot/base/dm.h"
#include "kboot/base/str.h"

enum { KB_TARGETS_MAX = 4096 };

struct kb_targets {
	struct kb_dm_target *targets;
	size_t n;
	size_t room;
	uint64_t sectors; /* so far */
};

/* params is taken over, whatever happens. -ENOMEM, -E2BIG. */
KB_MUST_CHECK int kb_targets_add(struct kb_targets *table, const char *type, uint64_t sectors,
				 struct kb_buf *params);
void kb_targets_done(struct kb_targets *table);

#endif
