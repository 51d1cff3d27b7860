/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "order.h"

#include <errno.h>
#include <stdlib.h>

struct position {
	uint64_t print;
	size_t at;   /* in the order that counted before */
	size_t rank; /* in the one that counts now */
};

void kb_order_done(struct kb_order *o)
{
	free(o->prints);
	*o = (struct kb_order){0};
}

static int by_number(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int by_print(const void *a, const void *b)
{
	const struct position *x = a;
	const struct position *y = b;

	return by_number(x->print, y->print);
}

static int by_rank(const void *a, const void *b)
{
	const struct position *x = a;
	const struct position *y = b;

	return by_number(x->rank, y->rank);
}

/* In the order of the fingerprints, for bsearch. */
static void sort(const struct kb_order *o, struct position *list)
{
	for (size_t i = 0; i < o->n; i++) {
		list[i] = (struct position){o->prints[i], i, 0};
	}
	qsort(list, o->n, sizeof(*list), by_print);
}

int kb_order_copy(const struct kb_order *from, struct kb_order *ret_order)
{
	uint64_t *prints = calloc(from->n + 1, sizeof(*prints));

	if (!prints) {
		return -ENOMEM;
	}
	if (from->n > 0) {
		memcpy(prints, from->prints, from->n * sizeof(*prints));
	}
	*ret_order = (struct kb_order){prints, from->n};
	return 0;
}

int kb_order_begin(struct kb_order *o, const struct kb_catalog *c, const struct kb_entry *entries,
		   size_t n_entries)
{
	uint64_t *prints = calloc(c->n_entries + n_entries + 1, sizeof(*prints));
	size_t n = 0;

	if (!prints) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < c->n_entries; i++) {
		if (!c->entries[i].device) {
			prints[n++] = kb_str_fingerprint(0, kb_str_from(c->entries[i].id));
		}
	}
	for (size_t i = 0; i < n_entries; i++) {
		prints[n++] = kb_str_fingerprint(0, kb_str_from(entries[i].id));
	}
	kb_order_done(o);
	*o = (struct kb_order){prints, n};
	return 0;
}

size_t kb_order_missing(const struct kb_order *other, const struct kb_order *o)
{
	KB_FREE struct position *there = calloc(other->n + 1, sizeof(*there));
	size_t n = 0;

	if (!there) {
		return 0;
	}
	sort(other, there);
	for (size_t i = 0; i < o->n; i++) {
		const struct position wanted = {.print = o->prints[i]};

		n += !bsearch(&wanted, there, other->n, sizeof(*there), by_print);
	}
	return n;
}

/* What was there has the rank that it had, the rest comes behind in its own order. */
static void rank(const struct kb_order *o, const struct position *before, struct position *now,
		 size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct position *was =
			bsearch(&now[i], before, o->n, sizeof(*before), by_print);

		now[i].rank = was ? was->at : o->n + i;
	}
	qsort(now, n, sizeof(*now), by_rank);
}

/* What of now is shown is remembered. */
static void take(struct kb_order *o, struct kb_catalog *c, const struct position *now)
{
	const size_t n_listed = kb_catalog_listed(c);
	size_t *order = kb_arena_array(&c->arena, n_listed, sizeof(*order));
	uint64_t *prints = order ? calloc(n_listed + 1, sizeof(*prints)) : NULL;
	size_t n = 0;

	if (!prints) {
		return;
	}
	for (size_t i = 0; i < n_listed; i++) {
		const struct kb_entry *entry = kb_catalog_shown(c, now[i].at);

		order[i] = now[i].at;
		if (!entry->hidden || entry->is_default) {
			prints[n++] = now[i].print;
		}
	}
	kb_order_done(o);
	*o = (struct kb_order){prints, n};
	c->order = order;
}

void kb_order_update(struct kb_order *o, bool keep, struct kb_catalog *c)
{
	const size_t n_listed = kb_catalog_listed(c);
	KB_FREE struct position *before = calloc(o->n + n_listed + 1, sizeof(*before));
	struct position *now = before ? before + o->n : NULL;

	c->order = NULL;
	if (!before) {
		return;
	}
	for (size_t i = 0; i < n_listed; i++) {
		const char *id = kb_catalog_shown(c, i)->id;

		now[i] = (struct position){kb_str_fingerprint(0, kb_str_from(id)), i, i};
	}
	sort(o, before);
	if (keep) {
		rank(o, before, now, n_listed);
	}
	take(o, c, now);
}
