/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Places whose devices make others together. */
#include "place.h"

#include <string.h>

static enum kb_set_kind kind_of(const struct kb_place *place)
{
	const struct kb_device *device = &place->found.device;

	return device->set ? kb_set_kind_from_name(device->set)
			   : kb_set_kind_of_type(device->fstype);
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
	enum kb_set_kind kind = kind_of(place);

	for (size_t i = 0; kind != KB_SET_NONE && i < p->n_sets; i++) {
		if (p->sets[i]->kind == kind && has_member(p->sets[i], place->block.name)) {
			return p->sets[i];
		}
	}
	return NULL;
}

/* Is one of them made of the other, by the words of the kernel? */
static bool is_made_of(const struct kb_place *holder, const char *name)
{
	const struct kb_device stack = {.members = holder->block.members};

	return holder->kind == KB_PLACE_DEVICE && kb_device_has_member(&stack, name);
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

/* "sda2 is a member of the array data". */
static void name_set(const struct kb_place *place, const struct kb_set *set, struct kb_buf *text)
{
	static const char *const what[KB_N_SETS] = {
		[KB_SET_MD] = "a disk of the array",    [KB_SET_LVM] = "a disk of the volume group",
		[KB_SET_BTRFS] = "a disk of the btrfs", [KB_SET_LUKS] = "encrypted",
		[KB_SET_TABLE] = "partitioned",
	};
	enum kb_set_kind kind = kind_of(place);
	const char *name = set && set->name ? set->name : set ? set->uuid : NULL;
	bool is_shared = kind != KB_SET_LUKS && kind != KB_SET_TABLE;

	kb_buf_printf(text, "%s is %s", kb_place_name(place), what[kind]);
	if (is_shared && name) {
		kb_buf_printf(text, " %s", name);
	}
}

enum kb_log_level kb_place_tell_set(const struct kb_places *p, const struct kb_place *place,
				    struct kb_buf *text)
{
	static const enum kb_log_level levels[KB_N_SET_STATES] = {
		[KB_SET_WAITING] = KB_LOG_WARNING, [KB_SET_LOCKED] = KB_LOG_INFO,
		[KB_SET_READY] = KB_LOG_DEBUG,     [KB_SET_DEGRADED] = KB_LOG_WARNING,
		[KB_SET_REFUSED] = KB_LOG_WARNING,
	};
	const struct kb_set *set = kb_places_set(p, place);

	name_set(place, set, text);
	if (!set) {
		return KB_LOG_DEBUG;
	}
	kb_buf_puts(text, ", ");
	kb_place_put_state(p, place, text);
	return set->state == KB_SET_LOCKED && kb_places_holder(p, place) ? KB_LOG_DEBUG
									 : levels[set->state];
}
