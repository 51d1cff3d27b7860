/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Places whose devices make others together. */
#include "place.h"

#include <string.h>

#include "kboot/formats/crypttab.h"

enum { STACK_MAX = 8 };

enum kb_set_kind kb_place_set_kind(const struct kb_place *place)
{
	const struct kb_device *device = &place->found.device;

	return device->set ? kb_set_kind_from_name(device->set)
			   : kb_set_kind_of_type(device->fstype);
}

static bool same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* Its own: of a member of several the set's is another one. */
static const char *own_uuid(const struct kb_device *device)
{
	return device->uuid_sub ? device->uuid_sub : device->uuid;
}

/* Filesystems that only share a UUID may be told apart by their partitions; two members of one set
 * that say to be the same one cannot. */
static bool is_copy(const struct kb_place *a, const struct kb_place *b)
{
	const struct kb_device *x = &a->found.device;
	const struct kb_device *y = &b->found.device;

	enum kb_set_kind kind = kb_place_set_kind(b);

	if (!a->found.has_device || !same(own_uuid(x), own_uuid(y)) ||
	    kb_place_set_kind(a) != kind) {
		return false;
	}
	return kind != KB_SET_NONE ||
	       (same(x->fstype, y->fstype) && same(x->partuuid, y->partuuid) &&
		x->size_bytes == y->size_bytes);
}

const struct kb_place *kb_places_original(const struct kb_places *p, const struct kb_place *copy)
{
	for (const struct kb_place *place = p->first; place && place != copy; place = place->next) {
		if (copy->found.has_device && !copy->found.device.tree && is_copy(place, copy)) {
			return place;
		}
	}
	return NULL;
}

static bool has_member(const struct kb_set *set, const char *name)
{
	for (size_t i = 0; i < set->n_members; i++) {
		if (strcmp(set->members[i], name) == 0) {
			return true;
		}
	}
	return false;
}

const struct kb_set *kb_places_set(const struct kb_places *p, const struct kb_place *place)
{
	enum kb_set_kind kind = kb_place_set_kind(place);

	for (size_t i = 0; kind != KB_SET_NONE && i < p->n_sets; i++) {
		if (p->sets[i]->kind == kind && has_member(p->sets[i], place->block.name)) {
			return p->sets[i];
		}
	}
	return NULL;
}

const struct kb_place *kb_places_of(const struct kb_places *p, const struct kb_device *device)
{
	const struct kb_place *place = device ? p->first : NULL;

	while (place && &place->found.device != device) {
		place = place->next;
	}
	return place;
}

/* Is one of them made of the other, by the words of the kernel? */
static bool is_made_of(const struct kb_place *holder, const char *name)
{
	return holder->kind == KB_PLACE_DEVICE && kb_is_member(holder->block.members, name);
}

const struct kb_place *kb_places_holder(const struct kb_places *p, const struct kb_place *place)
{
	for (const struct kb_place *holder = p->first; holder; holder = holder->next) {
		if (is_made_of(holder, place->block.name)) {
			return holder;
		}
	}
	return NULL;
}

static bool is_behind(const struct kb_places *p, const struct kb_place *place, const char *volume,
		      unsigned depth)
{
	for (const struct kb_place *below = p->first; place && below; below = below->next) {
		if (below != place && below->kind == KB_PLACE_DEVICE &&
		    is_made_of(place, below->block.name) &&
		    (strcmp(below->block.name, volume) == 0 ||
		     (depth < STACK_MAX && is_behind(p, below, volume, depth + 1)))) {
			return true;
		}
	}
	return false;
}

bool kb_place_is_behind(const struct kb_places *p, const struct kb_device *device,
			const char *volume)
{
	return is_behind(p, kb_places_of(p, device), volume, 0);
}

bool kb_place_is_locked(const struct kb_places *p, const struct kb_place *place)
{
	const struct kb_set *set = kb_places_set(p, place);
	bool is_closed = set ? set->state == KB_SET_LOCKED
			     : p->simulated && kb_set_kind_of_type(place->found.device.fstype) ==
						       KB_SET_LUKS;

	return is_closed && !kb_places_holder(p, place);
}

void kb_place_put_state(const struct kb_places *p, const struct kb_place *place,
			struct kb_buf *text)
{
	const struct kb_set *set = kb_places_set(p, place);

	if (!set) {
		kb_buf_puts(text, kb_place_is_locked(p, place) ? "locked" : "");
		return;
	}
	if (set->state == KB_SET_LOCKED && kb_places_holder(p, place)) {
		kb_buf_puts(text, "unlocked");
		return;
	}
	kb_buf_puts(text, kb_set_state_name(set->state));
	if (set->why) {
		kb_buf_printf(text, ": %s", set->why);
	}
}

/* The open volume whose device the line names. */
static const struct kb_place *open_volume(const struct kb_places *p, struct kb_str source)
{
	for (const struct kb_place *place = p->first; place; place = place->next) {
		if (place->found.has_device && kb_place_set_kind(place) == KB_SET_LUKS &&
		    kb_device_matches(&place->found.device, source)) {
			return kb_places_holder(p, place);
		}
	}
	return NULL;
}

static const struct kb_place *volume_called(const struct kb_places *p, const char *crypttab,
					    struct kb_str name)
{
	struct kb_str rest = kb_str_from(crypttab ? crypttab : "");
	struct kb_crypttab_line line;

	while (kb_crypttab_next(&rest, &line)) {
		if (kb_str_eq(line.name, name)) {
			return open_volume(p, line.source);
		}
	}
	return NULL;
}

const struct kb_place *kb_places_crypttab(const struct kb_places *p, struct kb_str reference)
{
	const struct kb_str dev = KB_STR("/dev/");
	const struct kb_str mapper = KB_STR("mapper/");
	const struct kb_place *found = NULL;

	reference = kb_str_starts(reference, dev) ? kb_str_skip(reference, dev.len) : reference;
	if (!kb_str_starts(reference, mapper)) {
		return NULL;
	}
	reference = kb_str_skip(reference, mapper.len);
	for (const struct kb_place *place = p->first; place && !found; place = place->next) {
		for (size_t i = 0; i < place->found.n_systems && !found; i++) {
			found = volume_called(p, place->found.systems[i].says.crypttab, reference);
		}
	}
	return found && found->found.has_device ? found : NULL;
}
