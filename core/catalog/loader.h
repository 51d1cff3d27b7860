/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * systemd-boot's menu, where it is on more than one partition: the entries of the ESP and the
 * extended boot partition (XBOOTLDR) of one disk are one list with one default, and what is on
 * several ESPs alike (a mirror) is one entry.
 * For the catalog, the choice of the environment and the default.
 * Must not keep state, and must not know other boot loaders' entries.
 */
#ifndef KBOOT_CORE_LOADER_H
#define KBOOT_CORE_LOADER_H

#include "place.h"
#include "settings.h"

/* Is it one of systemd-boot's list? */
bool kb_loader_has(const struct kb_entry *entry);
/* The other partition of the same list; NULL. */
const struct kb_place *kb_loader_partner(const struct kb_places *places,
					 const struct kb_place *place);
/* Has place a loader.conf with entries to it, or does an EFI variable name one of its entries? */
bool kb_loader_is_there(const struct kb_places *places, const struct kb_place *place);
/* The place whose entry is the same on another ESP; NULL. */
const struct kb_place *kb_loader_mirror(const struct kb_entry *entries, size_t n,
					const struct kb_places *places,
					const struct kb_place *place, const struct kb_entry *entry);
/* Brings the entries of partners together, in their order. -ENOMEM. */
KB_MUST_CHECK int kb_loader_merge(struct kb_entry *entries, size_t n,
				  const struct kb_places *places);
/* Which of the entries the loader of place would start; NULL. *ret_by: the EFI variable that says
 * so, or KB_N_LOADER_VARS. */
const struct kb_entry *kb_loader_default(const struct kb_entry *entries, size_t n,
					 const struct kb_places *places,
					 const struct kb_place *place, enum kb_loader_var *ret_by);
/* Adds what becomes of systemd-boot's EFI variables when the entry is started: with one of its own
 * nothing is said for one boot any more, and @saved is this one; with any that is not counted no
 * counted one is waiting to be found good. -ENOMEM. */
KB_MUST_CHECK int kb_loader_add_writes(struct kb_arena *arena, const struct kb_places *places,
				       const struct kb_place *place, struct kb_entry *entry);
/* What EFI variables say of the timeout of place's loader, as a setting of that rank. -ENOMEM. */
KB_MUST_CHECK int kb_loader_set_timeout(struct kb_settings *settings, const struct kb_place *place);

#endif
