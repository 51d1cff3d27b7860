/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The line of the list for a volume that is not open yet: whoever knows its passphrase finds it
 * there. For the catalog. Must not know whether it may be opened.
 */
#ifndef KBOOT_CORE_LOCKED_H
#define KBOOT_CORE_LOCKED_H

#include "place.h"

/* 1: *ret_entry is one, with an id, its texts in the arena; 0: the place is not locked; -ENOMEM. */
KB_MUST_CHECK int kb_locked_entry(struct kb_arena *arena, const struct kb_places *places,
				  const struct kb_place *place, struct kb_entry *ret_entry);

#endif
