/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which submenus are open, by their keys: what was found before is as it was when it is found
 * again. For rows.c and the model. Must not grow: of very many the ones that were opened first are
 * forgotten.
 */
#ifndef KBOOT_UI_FOLDS_H
#define KBOOT_UI_FOLDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KB_FOLDS_MAX = 256 };

/* Zeroed: nothing is remembered. */
struct kb_folds {
	struct {
		uint64_t key;
		bool open;
	} list[KB_FOLDS_MAX];
	size_t n; /* ever remembered, beyond KB_FOLDS_MAX in a ring */
};

/* False where nothing is remembered of it. */
bool kb_folds_find(const struct kb_folds *f, uint64_t key, bool *ret_open);
void kb_folds_set(struct kb_folds *f, uint64_t key, bool open);

#endif
