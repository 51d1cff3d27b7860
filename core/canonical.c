/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "canonical.h"

#include <errno.h>

#include "kboot/model/name.h"

static bool is_reference(struct kb_str word)
{
	static const char *const tags[] = {"UUID=", "LABEL=", "PARTUUID=", "PARTLABEL="};

	for (size_t i = 0; i < KB_ARRAY_LEN(tags); i++) {
		if (kb_str_eq_nocase(kb_str_head(word, strlen(tags[i])), kb_str_from(tags[i]))) {
			return true;
		}
	}
	return false;
}

/* A device that is there, or a word that can only be a device. */
static bool is_device(void *ctx, struct kb_str word)
{
	const struct kb_naming *naming = ctx;

	return is_reference(word) || kb_places_device(naming->places, word) ||
	       (kb_str_find(word, '.') == word.len && kb_str_find(word, '[') == word.len);
}

static const char *below_home(struct kb_arena *arena, const struct kb_name_home *home,
			      struct kb_entry *entry, const char *path)
{
	const struct kb_device *device = home->device ? home->device : home->naming->environment;
	const char *slash = path[0] == '/' ? "" : "/";

	if (!home->device && (home->in_folder || home->naming->has_folder)) {
		return kb_arena_printf(arena, "%s%s", slash, path);
	}
	if (device) {
		return kb_arena_printf(arena, "%s:%s%s", device->name, slash, path);
	}
	if (kb_entry_add_problem(arena, entry,
				 "%s: no booted environment is known (root= names one)",
				 path) < 0) {
		return NULL;
	}
	return kb_arena_printf(arena, "%s%s", slash, path);
}

static const char *on_device(struct kb_arena *arena, const struct kb_naming *naming,
			     struct kb_entry *entry, const struct kb_name *name)
{
	const struct kb_device *device = kb_places_device(naming->places, kb_str_from(name->place));

	if (device) {
		return kb_arena_printf(arena, "%s:%s", device->name, name->path);
	}
	if (kb_entry_add_problem(arena, entry, KB_WAITING_FOR "%s", name->place) < 0) {
		return NULL;
	}
	return kb_name_format(arena, name);
}

static int canonical(struct kb_arena *arena, const struct kb_name_home *home,
		     struct kb_entry *entry, const char **text)
{
	struct kb_name name;
	struct kb_error err = {0};
	const char *result = NULL;
	int r;

	if (!*text) {
		return 0;
	}
	r = kb_name_parse(arena, kb_str_from(*text), is_device, (void *)home->naming, &name, &err);
	if (r == -ENOMEM) {
		return r;
	}
	if (r < 0) {
		return kb_entry_add_problem(arena, entry, "%s", err.text);
	}
	switch (name.kind) {
	case KB_NAME_RELATIVE:
	case KB_NAME_ENVIRONMENT:
		result = below_home(arena, home, entry, name.path);
		break;
	case KB_NAME_DEVICE:
		result = on_device(arena, home->naming, entry, &name);
		break;
	case KB_NAME_OWN:
	case KB_NAME_NFS:
	case KB_NAME_URL:
		result = kb_name_format(arena, &name);
		break;
	}
	if (!result) {
		return -ENOMEM;
	}
	*text = result;
	return 0;
}

int kb_entry_make_canonical(struct kb_arena *arena, const struct kb_name_home *home,
			    struct kb_entry *entry)
{
	int r = canonical(arena, home, entry, &entry->kernel);

	for (size_t i = 0; r == 0 && i < entry->n_initrd; i++) {
		r = canonical(arena, home, entry, &entry->initrd[i]);
	}
	if (r == 0) {
		r = canonical(arena, home, entry, &entry->dtb);
	}
	return r;
}
