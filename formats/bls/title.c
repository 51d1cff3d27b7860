/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an entry is called in a menu. */
#include "bls/entry_file.h"

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

struct list {
	struct bls_entry *const *entries;
	size_t n;
};

static bool is_twin(const struct list *list, const struct bls_entry *one,
		    bool (*alike)(const struct bls_entry *a, const struct bls_entry *b))
{
	for (size_t i = 0; i < list->n; i++) {
		if (list->entries[i] != one && alike(list->entries[i], one)) {
			return true;
		}
	}
	return false;
}

static const char *name_of(const struct bls_entry *entry)
{
	return entry->title ? entry->title : entry->id;
}

static bool same_title(const struct bls_entry *a, const struct bls_entry *b)
{
	return same(name_of(a), name_of(b));
}

static bool same_version(const struct bls_entry *a, const struct bls_entry *b)
{
	return same_title(a, b) && same(a->version, b->version);
}

static bool same_machine(const struct bls_entry *a, const struct bls_entry *b)
{
	return same_version(a, b) && same(a->machine_id, b->machine_id);
}

const char *bls_title(struct kb_arena *arena, struct bls_entry *const *entries, size_t n,
		      const struct bls_entry *entry)
{
	const struct list list = {entries, n};
	const char *title = name_of(entry);

	if (title && entry->version && is_twin(&list, entry, same_title)) {
		title = kb_arena_printf(arena, "%s (%s)", title, entry->version);
	}
	if (title && entry->machine_id && is_twin(&list, entry, same_version)) {
		title = kb_arena_printf(arena, "%s (%.8s)", title, entry->machine_id);
	}
	if (title && entry->title && is_twin(&list, entry, same_machine)) {
		title = kb_arena_printf(arena, "%s (%s)", title, entry->id);
	}
	return title;
}
