/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reported.h"

bool kb_reported_has(const struct kb_reported *t, uint64_t of)
{
	for (size_t i = 0; of && i < KB_REPORTED_MAX; i++) {
		if (t->of[i] == of) {
			return true;
		}
	}
	return false;
}

void kb_reported_add(struct kb_reported *t, uint64_t of)
{
	if (of && !kb_reported_has(t, of)) {
		t->of[t->next] = of;
		t->next = (t->next + 1) % KB_REPORTED_MAX;
	}
}

void kb_reported_add_all(struct kb_reported *t, const struct kb_reported *more)
{
	for (size_t i = 0; i < KB_REPORTED_MAX; i++) {
		kb_reported_add(t, more->of[i]);
	}
}
