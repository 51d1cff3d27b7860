/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a reference to a device fits, and what is known of the places. */
#include "place.h"

#include <string.h>

static bool same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* A filesystem on several devices has one UUID on all of them; a copy has its partition's too. */
static bool are_one_set(const struct kb_device *a, const struct kb_device *b)
{
	bool spans_devices = same(a->fstype, "btrfs") || same(a->fstype, "bcachefs");

	return spans_devices && same(a->fstype, b->fstype) && same(a->uuid, b->uuid) &&
	       !same(a->partuuid, b->partuuid);
}

void kb_places_fit(const struct kb_places *p, struct kb_str reference, bool internal_only,
		   struct kb_fit *ret_fit)
{
	struct kb_fit fit = {0};

	/* In their order the internal ones come first. */
	for (const struct kb_place *place = p->first; place && !fit.other; place = place->next) {
		if (!place->found.has_device || (internal_only && place->block.removable) ||
		    !kb_device_matches(&place->found.device, reference)) {
			continue;
		}
		if (!fit.place) {
			fit.place = place;
		} else if (!are_one_set(&fit.place->found.device, &place->found.device)) {
			fit.other = place;
		}
	}
	fit.ambiguous = fit.other && fit.other->block.removable == fit.place->block.removable;
	*ret_fit = fit;
}

const struct kb_device *kb_places_device(const struct kb_places *p, struct kb_str reference)
{
	struct kb_fit fit;

	kb_places_fit(p, reference, false, &fit);
	return fit.place && !fit.ambiguous ? &fit.place->found.device : NULL;
}

const struct kb_device *kb_places_hibernated(const struct kb_places *p)
{
	for (const struct kb_place *place = p->first; place; place = place->next) {
		const struct kb_device *device = &place->found.device;

		if (place->found.has_device && device->fstype &&
		    strcmp(device->fstype, "swsuspend") == 0) {
			return device;
		}
	}
	return NULL;
}

struct kb_place *kb_places_block(const struct kb_places *p, struct kb_str name)
{
	struct kb_place *place = p->first;

	while (place && !(place->kind == KB_PLACE_DEVICE &&
			  kb_str_eq(kb_str_from(place->block.name), name))) {
		place = place->next;
	}
	return place;
}

const struct kb_place *kb_places_of(const struct kb_places *p, const struct kb_device *device)
{
	const struct kb_place *place = device ? p->first : NULL;

	while (place && &place->found.device != device) {
		place = place->next;
	}
	return place;
}

static bool is_pending(const struct kb_place *place)
{
	return place->status == KB_PLACE_QUEUED || place->status == KB_PLACE_SCANNING;
}

unsigned kb_places_pending(const struct kb_places *p)
{
	unsigned n = 0;

	for (const struct kb_place *place = p->first; place; place = place->next) {
		n += is_pending(place);
	}
	return n;
}

unsigned kb_places_unread(const struct kb_places *p)
{
	unsigned n = 0;

	for (const struct kb_place *place = p->first; place; place = place->next) {
		n += is_pending(place) && !place->known;
	}
	return n;
}

const char *kb_places_folder(const struct kb_places *p)
{
	for (const struct kb_place *place = p->first; place; place = place->next) {
		if (place->kind == KB_PLACE_FOLDER) {
			return place->folder;
		}
	}
	return NULL;
}

const char *kb_place_name(const struct kb_place *place)
{
	switch (place->kind) {
	case KB_PLACE_SESSION:
		return "this session";
	case KB_PLACE_OWN:
		return "kboot's own configuration";
	case KB_PLACE_FOLDER:
		return place->folder;
	case KB_PLACE_DEVICE:
		break;
	}
	return place->block.name;
}
