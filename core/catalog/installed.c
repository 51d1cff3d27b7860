/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "installed.h"

#include <errno.h>

#include "kboot/formats/words.h"
#include "kboot/model/name.h"
#include "typed.h"

static void take_system(struct kb_entry *entry, const struct kb_entry *system)
{
	entry->command = NULL;
	entry->kernel = system->kernel;
	memcpy(entry->initrd, system->initrd, sizeof(entry->initrd));
	entry->n_initrd = system->n_initrd;
	entry->dtb = system->dtb;
	entry->args = system->args;
	entry->root = system->root;
	entry->is_waiting = system->is_waiting;
	memcpy(entry->problems, system->problems, sizeof(entry->problems));
	entry->n_problems = system->n_problems;
}

/* The device is not there, or nothing boots from it. */
static int tell_why(struct kb_arena *arena, struct kb_entry *entry, const char *word,
		    const struct kb_device *device)
{
	if (device) {
		return kb_entry_add_problem(arena, entry, "nothing that boots was found on %s",
					    device->name);
	}
	if (!kb_name_has_tag(kb_str_from(word)) && strncmp(word, "/dev/", 5) != 0) {
		return 0;
	}
	entry->is_waiting = true;
	return kb_entry_add_problem(arena, entry, "waiting for %s", word);
}

/* The last one that was asked for: a hostile file may ask twenty thousand times. */
struct memory {
	const struct kb_device *device;
	const struct kb_entry *system;
};

static const struct kb_entry *remember(struct memory *m, const struct kb_catalog *c,
				       const struct kb_places *places,
				       const struct kb_device *device)
{
	if (device && device != m->device) {
		*m = (struct memory){device, kb_catalog_installed(c, places, device)};
	}
	return device ? m->system : NULL;
}

static int fill(struct kb_catalog *c, const struct kb_resolve_context *context,
		struct memory *memory, struct kb_entry *entry)
{
	const struct kb_name_home home = {.context = context, .device = entry->device};
	struct kb_str rest = kb_str_from(entry->command);
	const struct kb_entry *installed;
	const struct kb_device *device;
	struct kb_entry system;
	struct kb_error err = {0};
	struct kb_str word;
	const char *name;
	int r;

	if (!kb_words_next(&rest, &word)) {
		return 0;
	}
	name = kb_word_unquote(&c->arena, word);
	if (!name) {
		return -ENOMEM;
	}
	device = kb_places_device(context->places, kb_str_from(name));
	installed = remember(memory, c, context->places, device);
	if (!installed) {
		return tell_why(&c->arena, entry, name, device);
	}
	r = kb_catalog_entry_with_words(&home, &c->arena, installed, kb_str_trim(rest), &system,
					&err);
	if (r == 0) {
		take_system(entry, &system);
	}
	return r == 0 || r == -ENOMEM ? r : kb_entry_add_problem(&c->arena, entry, "%s", err.text);
}

int kb_catalog_fill_installed(struct kb_catalog *c, const struct kb_resolve_context *context)
{
	struct memory memory = {0};
	int r = 0;

	for (size_t i = 0; r == 0 && i < c->n_entries; i++) {
		struct kb_entry *entry = &c->entries[i];

		if (!entry->kernel && entry->command) {
			r = fill(c, context, &memory, entry);
		}
	}
	return r;
}
