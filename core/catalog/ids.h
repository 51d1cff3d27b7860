/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ids of entries: the same at every boot, each once.
 * For the catalog.
 * Must not depend on the order in which things were found.
 */
#ifndef KBOOT_CORE_IDS_H
#define KBOOT_CORE_IDS_H

#include "kboot/model/entry.h"

/* From what is written on the disk: the filesystem's UUID, the format, the label. -ENOMEM. */
KB_MUST_CHECK int kb_entry_give_id(struct kb_arena *arena, struct kb_entry *entry);
/* Two labels of one name, two clones of one disk: the second is "…#2". -ENOMEM. */
KB_MUST_CHECK int kb_entries_make_ids_unique(struct kb_arena *arena, struct kb_entry *entries,
					     size_t n);

#endif
