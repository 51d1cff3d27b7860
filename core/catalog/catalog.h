/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of entries as every client sees it: canonical names, stable ids, one order.
 * For the engine.
 * Must not choose a default; it borrows strings from the places' findings, so it is emptied before
 * they change.
 */
#ifndef KBOOT_CORE_CATALOG_H
#define KBOOT_CORE_CATALOG_H

#include "canonical.h"

/* Zeroed is empty. */
struct kb_catalog {
	struct kb_arena arena;
	struct kb_entry *entries; /* with room for one in front, that default= may add */
	size_t n_entries;
	/* From the last time (remembered.h): shown among the others, and part of nothing else. */
	struct kb_entry *predicted;
	size_t n_predicted;
	size_t *n_shown; /* of each place, in their order */
	/* Of each place: how many of its entries are a mirror's, and whose (the last one's). */
	size_t *n_mirrored;
	const struct kb_place **mirrors;
	/* Ids of entries that another one says, too, and that one's. */
	struct kb_alias {
		const char *id;
		const char *of;
	} * aliases;
	size_t n_aliases;
	const struct kb_device *environment; /* NULL: none, or not known */
	size_t *order;                       /* in which they are shown; NULL: as they stand */
};

void kb_catalog_done(struct kb_catalog *c);
/* How many entries of a place are shown: what two of its configurations say is once. */
size_t kb_catalog_count(const struct kb_catalog *c, const struct kb_places *places,
			const struct kb_place *place);
/* How many of its entries are not shown because *ret_of has the same; 0: none. */
size_t kb_catalog_mirrored(const struct kb_catalog *c, const struct kb_places *places,
			   const struct kb_place *place, const struct kb_place **ret_of);
/* All that is listed, what is predicted too; and what stands there as the nth, from 0. */
size_t kb_catalog_listed(const struct kb_catalog *c);
const struct kb_entry *kb_catalog_shown(const struct kb_catalog *c, size_t n);
/* Builds c (empty before) from everything the places found. */
KB_MUST_CHECK int kb_catalog_build(struct kb_catalog *c, const struct kb_resolve_context *context);
/* Another one when anything that a client is told of the entries is, their order too. */
uint64_t kb_catalog_fingerprint(const struct kb_catalog *c);
/* By id, else label, else title, letter case aside for the last two; of the booted environment
 * before others; the first one. NULL. */
const struct kb_entry *kb_catalog_find(const struct kb_catalog *c, const char *text);
/* By label alone, and only of one configuration file (canonical name; NULL: of any). */
const struct kb_entry *kb_catalog_find_in(const struct kb_catalog *c, const char *text,
					  const char *file);
const struct kb_entry *kb_catalog_by_id(const struct kb_catalog *c, const char *id);
/* What boots of the system on a device: what its kboot.conf calls the default, else what its own
 * boot loader would start, else the first kernel found there. NULL. */
const struct kb_entry *kb_catalog_installed(const struct kb_catalog *c,
					    const struct kb_places *places,
					    const struct kb_device *device);

#endif
