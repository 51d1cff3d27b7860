/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fold.h"

#include <errno.h>
#include <stdlib.h>

#include "kboot/model/name.h"

/* What an entry leads to on another filesystem: its kernel, or the file that it was made from. */
struct lead {
	const char *name;
	const struct kb_entry *entry;
};

struct leads {
	struct lead *items;
	size_t n;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct lead *)a)->name, ((const struct lead *)b)->name);
}

static void add(struct leads *leads, const char *name, const struct kb_entry *entry)
{
	if (name && !kb_name_is_on(name, entry->device->name)) {
		leads->items[leads->n++] = (struct lead){name, entry};
	}
}

static int collect(const struct kb_entry *entries, size_t n, struct leads *leads)
{
	leads->items = calloc(n + 1, 2 * sizeof(*leads->items));
	if (!leads->items) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < n; i++) {
		const struct kb_entry *e = &entries[i];

		if (e->format == KB_FORMAT_GRUB && e->device && e->kernel && !e->hidden) {
			add(leads, e->kernel, e);
			add(leads, e->file, e);
		}
	}
	qsort(leads->items, leads->n, sizeof(*leads->items), by_name);
	return 0;
}

static bool is_same(const struct lead *lead, const struct kb_entry *entry)
{
	return entry->format == KB_FORMAT_BLS ||
	       (entry->format == KB_FORMAT_FILE && kb_entry_same_files(lead->entry, entry));
}

/* A stick speaks for its own partitions alone. */
static bool may_tell(const struct kb_place *place, const struct kb_place *of)
{
	return !place->block.removable ||
	       (of->block.removable && kb_on_one_disk(&place->found.device, &of->found.device));
}

/* The entry that says of this one what it says; NULL: none may. */
static const struct kb_entry *teller(const struct leads *leads, const struct kb_places *places,
				     const struct kb_entry *entry)
{
	const struct kb_place *own = kb_places_of(places, entry->device);
	const char *name = entry->format == KB_FORMAT_BLS    ? entry->file
			   : entry->format == KB_FORMAT_FILE ? entry->kernel
							     : NULL;
	const struct lead wanted = {.name = name};
	const struct lead *lead =
		own && name ? bsearch(&wanted, leads->items, leads->n, sizeof(wanted), by_name)
			    : NULL;

	while (lead && lead > leads->items && by_name(lead - 1, &wanted) == 0) {
		lead--;
	}
	for (; lead && lead < leads->items + leads->n && by_name(lead, &wanted) == 0; lead++) {
		const struct kb_place *place = kb_places_of(places, lead->entry->device);

		if (place && may_tell(place, own) && is_same(lead, entry)) {
			return lead->entry;
		}
	}
	return NULL;
}

int kb_fold_find(const struct kb_entry *entries, size_t n, const struct kb_resolve_context *context,
		 const struct kb_entry **ret_tellers)
{
	struct leads leads = {0};
	int r = collect(entries, n, &leads);

	for (size_t i = 0; leads.n > 0 && i < n; i++) {
		if (entries[i].device != context->environment) {
			ret_tellers[i] = teller(&leads, context->places, &entries[i]);
			r += ret_tellers[i] != NULL;
		}
	}
	free(leads.items);
	return r;
}
