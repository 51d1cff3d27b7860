/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order in which entries are shown: what a person sees keeps its place, what is new comes
 * below. For the engine. Must not decide anything else: which entry is meant or is the default
 * follows the order of the catalog.
 */
#ifndef KBOOT_CORE_ORDER_H
#define KBOOT_CORE_ORDER_H

#include "catalog.h"

/* Zeroed is empty. */
struct kb_order {
	uint64_t *prints; /* fingerprints of the ids, from the top; heap */
	size_t n;         /* entries that are shown */
};

void kb_order_done(struct kb_order *o);
KB_MUST_CHECK int kb_order_copy(const struct kb_order *from, struct kb_order *ret_order);
/* In place of what o was: what of c no disk has given, then those entries. -ENOMEM. */
KB_MUST_CHECK int kb_order_begin(struct kb_order *o, const struct kb_catalog *c,
				 const struct kb_entry *entries, size_t n_entries);
/* How many of o's entries other has not. */
size_t kb_order_missing(const struct kb_order *other, const struct kb_order *o);
/* Gives c its order: that of o, or with keep false the catalog's own; and remembers what of it is
 * shown. Where there is no memory for that it is the catalog's own. */
void kb_order_update(struct kb_order *o, bool keep, struct kb_catalog *c);

#endif
