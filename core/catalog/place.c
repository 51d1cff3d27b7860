/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a reference to a device fits, and what is known of the places. */
#include "place.h"

#include <string.h>

#include "kboot/mount/device.h"

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

/* "sda" of "sda1", "nvme0n1" of "nvme0n1p2". */
static struct kb_str disk_named(const char *name)
{
	size_t len = strlen(name);

	while (len > 0 && kb_is_digit(name[len - 1])) {
		len--;
	}
	if (len > 1 && name[len - 1] == 'p' && kb_is_digit(name[len - 2])) {
		len--;
	}
	return kb_str_of(name, len);
}

bool kb_on_one_disk(const struct kb_device *a, const struct kb_device *b)
{
	return a->disk && b->disk ? strcmp(a->disk, b->disk) == 0
				  : kb_str_eq(disk_named(a->name), disk_named(b->name));
}

/* One device of a filesystem on several: what is on it is read by another one, or not at all yet.
 */
static bool is_half(const struct kb_place *place)
{
	return kb_place_set_kind(place) == KB_SET_BTRFS && !place->is_whole;
}

/* It is meant by its own name only: what both are called means the first. */
static bool is_copy_of(const struct kb_places *p, const struct kb_place *place,
		       struct kb_str reference)
{
	const struct kb_device by_name = {.name = place->block.name};

	return !kb_device_matches(&by_name, reference) && kb_places_original(p, place);
}

static void fit(const struct kb_places *p, struct kb_str reference, bool internal_only,
		struct kb_fit *ret_fit)
{
	struct kb_fit found = {0};

	/* In their order the internal ones come first. */
	for (const struct kb_place *place = p->first; place && !found.other; place = place->next) {
		if (!place->found.has_device || is_half(place) ||
		    (internal_only && place->block.removable) ||
		    !kb_device_matches(&place->found.device, reference) ||
		    is_copy_of(p, place, reference)) {
			continue;
		}
		if (!found.place) {
			found.place = place;
		} else if (!are_one_set(&found.place->found.device, &place->found.device)) {
			found.other = place;
		}
	}
	found.ambiguous =
		found.other && found.other->block.removable == found.place->block.removable;
	*ret_fit = found;
}

void kb_places_fit(const struct kb_places *p, struct kb_str reference, bool internal_only,
		   struct kb_fit *ret_fit)
{
	const struct kb_place *volume;

	fit(p, reference, internal_only, ret_fit);
	volume = ret_fit->place ? NULL : kb_places_crypttab(p, reference);
	if (volume && !(internal_only && volume->block.removable)) {
		*ret_fit = (struct kb_fit){.place = volume};
	}
}

void kb_places_lead(const struct kb_places *p, const struct kb_place *place, size_t n,
		    struct kb_fit *ret_fit)
{
	kb_places_fit(p, kb_str_from(place->found.others[n]), !place->block.removable, ret_fit);
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
		if (place->found.has_device && kb_device_is_hibernated(&place->found.device)) {
			return &place->found.device;
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

const struct kb_place *kb_places_by_id(const struct kb_places *p, uint64_t id)
{
	const struct kb_place *place = p->first;

	while (place && place->id != id) {
		place = place->next;
	}
	return place;
}

/* A server that does not answer holds up nothing. */
static bool is_pending(const struct kb_places *p, const struct kb_place *place)
{
	if (place->kind == KB_PLACE_NETWORK && !p->simulated) {
		return false;
	}
	return place->status == KB_PLACE_QUEUED || place->status == KB_PLACE_SCANNING;
}

unsigned kb_places_pending(const struct kb_places *p)
{
	unsigned n = 0;

	for (const struct kb_place *place = p->first; place; place = place->next) {
		n += is_pending(p, place);
	}
	return n;
}

unsigned kb_places_unread(const struct kb_places *p)
{
	unsigned n = 0;

	for (const struct kb_place *place = p->first; place; place = place->next) {
		n += is_pending(p, place) && !place->known;
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
	case KB_PLACE_NETWORK:
		return "network";
	case KB_PLACE_DEVICE:
		break;
	}
	return place->block.name;
}
