/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices that are made of other places' devices. */
#include <string.h>

#include "scanner.h"

struct kb_place *kb_scanner_holder(const struct kb_scanner *s, const struct kb_place *place)
{
	struct kb_place *holder = place->kind == KB_PLACE_DEVICE ? s->places->first : NULL;

	while (holder && !(holder->block.mapper[0] &&
			   kb_is_member(holder->block.members, place->block.name))) {
		holder = holder->next;
	}
	return holder;
}

/* The host that made it is of no interest: "host:data". */
static const char *name_in(const char *label)
{
	const char *colon = strrchr(label, ':');

	return colon && colon[1] ? colon + 1 : label;
}

static void take_uuid(const char *uuid, struct kb_block *block)
{
	size_t n = 0;

	for (; uuid && *uuid && n + 1 < sizeof(block->set_uuid); uuid++) {
		if (!strchr("-:", *uuid)) {
			block->set_uuid[n++] = *uuid;
		}
	}
	block->set_uuid[n] = '\0';
}

void kb_scanner_name_array(const struct kb_scanner *s, struct kb_block *block)
{
	const struct kb_place *p = s->places->first;
	const char *part = strchr(block->name, 'p');

	if (strncmp(block->name, "md", 2) != 0) {
		return;
	}
	while (p && !(p->found.has_device && kb_is_member(block->members, p->block.name))) {
		p = p->next;
	}
	if (p && !part) {
		take_uuid(p->found.device.uuid, block);
	}
	if (p && p->found.device.label) {
		(void)snprintf(block->alias, sizeof(block->alias), "md/%.100s%s",
			       name_in(p->found.device.label), part ? part : "");
	}
}

bool kb_scanner_same_stack(const struct kb_block *a, const struct kb_block *b)
{
	return strcmp(a->mapper, b->mapper) == 0 && strcmp(a->alias, b->alias) == 0 &&
	       strcmp(a->members, b->members) == 0;
}
