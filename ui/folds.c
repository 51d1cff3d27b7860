/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "folds.h"

/* Its place in the list, or KB_FOLDS_MAX. */
static size_t place_of(const struct kb_folds *f, uint64_t key)
{
	for (size_t i = 0; i < f->n && i < KB_FOLDS_MAX; i++) {
		if (f->list[i].key == key) {
			return i;
		}
	}
	return KB_FOLDS_MAX;
}

bool kb_folds_find(const struct kb_folds *f, uint64_t key, bool *ret_open)
{
	size_t i = place_of(f, key);

	if (i == KB_FOLDS_MAX) {
		return false;
	}
	*ret_open = f->list[i].open;
	return true;
}

void kb_folds_set(struct kb_folds *f, uint64_t key, bool open)
{
	size_t i = place_of(f, key);

	if (i == KB_FOLDS_MAX) {
		i = f->n++ % KB_FOLDS_MAX;
	}
	f->list[i].key = key;
	f->list[i].open = open;
}
