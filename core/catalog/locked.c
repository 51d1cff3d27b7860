/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "locked.h"

#include <errno.h>

#include "ids.h"

static const char *title(struct kb_arena *arena, const struct kb_device *device)
{
	const char *name = kb_device_display(device);

	return device->label ? kb_arena_printf(arena, "Unlock %s (%s)", device->label, name)
			     : kb_arena_printf(arena, "Unlock %s", name);
}

static const char *remark(struct kb_arena *arena, const struct kb_set *set)
{
	return set && set->why ? kb_arena_printf(arena, "encrypted; %s", set->why)
			       : "encrypted: Enter asks for its passphrase, and what is in it "
				 "comes into the list";
}

int kb_locked_entry(struct kb_arena *arena, const struct kb_places *places,
		    const struct kb_place *place, struct kb_entry *ret_entry)
{
	const struct kb_device *device = &place->found.device;

	if (!kb_place_is_locked(places, place)) {
		return 0;
	}
	*ret_entry = (struct kb_entry){
		.format = KB_FORMAT_LUKS,
		.device = device,
		.unlock = device->name,
		.title = title(arena, device),
		.remark = remark(arena, kb_places_set(places, place)),
		.tries_left = -1,
	};
	if (!ret_entry->title || !ret_entry->remark || kb_entry_give_id(arena, ret_entry) < 0) {
		return -ENOMEM;
	}
	return 1;
}
