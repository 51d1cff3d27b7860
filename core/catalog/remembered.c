/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "remembered.h"

#include <errno.h>

void kb_remembered_done(struct kb_remembered *r)
{
	kb_arena_done(&r->arena);
	*r = (struct kb_remembered){0};
}

/* It has told all that it has. A member of a set that waits for others may still have more. */
static bool is_read(const struct kb_places *places, const struct kb_place *p)
{
	return (p->status == KB_PLACE_READ || p->status == KB_PLACE_FAILED) && p->known &&
	       (p->is_whole || !kb_places_set(places, p));
}

/* What was on a device that has been read, and is not there, is gone. */
static bool may_come(const struct kb_places *places, const struct kb_device *device)
{
	bool is_there = false;

	for (const struct kb_place *p = places->first; p; p = p->next) {
		if (!p->found.has_device || !p->found.device.uuid ||
		    strcmp(p->found.device.uuid, device->uuid) != 0) {
			continue;
		}
		if (!is_read(places, p)) {
			return true;
		}
		is_there = true;
	}
	return !is_there;
}

int kb_remembered_predict(struct kb_remembered *r, const struct kb_places *places,
			  struct kb_catalog *c)
{
	struct kb_entry *predicted = kb_arena_array(&c->arena, r->n_entries, sizeof(*predicted));

	if (!predicted) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < r->n_entries; i++) {
		struct kb_entry *e = &r->entries[i];

		/* Once it is known, it stays so: what goes later is gone. */
		e->is_predicted = e->is_predicted && !kb_catalog_by_id(c, e->id) &&
				  may_come(places, e->device);
		if (e->is_predicted) {
			predicted[c->n_predicted++] = *e;
		}
	}
	c->predicted = predicted;
	return 0;
}

const struct kb_entry *kb_catalog_predicted(const struct kb_catalog *c, const char *id)
{
	for (size_t i = 0; id && i < c->n_predicted; i++) {
		if (strcmp(c->predicted[i].id, id) == 0) {
			return &c->predicted[i];
		}
	}
	return NULL;
}
