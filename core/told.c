/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "told.h"

/* FNV-1a, 64 bits (draft-eastlake-fnv). Who makes two files alike is told of one of them less. */
static const uint64_t basis = 0xcbf29ce484222325;
static const uint64_t prime = 0x100000001b3;

uint64_t kb_told_print(uint64_t of, struct kb_str text)
{
	uint64_t print = of ? of : basis;

	for (size_t i = 0; i < text.len; i++) {
		print = (print ^ (unsigned char)text.data[i]) * prime;
	}
	/* Where a text ends counts too. */
	print = (print ^ text.len) * prime;
	return print ? print : basis;
}

bool kb_told_has(const struct kb_told *t, uint64_t of)
{
	for (size_t i = 0; of && i < KB_TOLD_MAX; i++) {
		if (t->of[i] == of) {
			return true;
		}
	}
	return false;
}

void kb_told_add(struct kb_told *t, uint64_t of)
{
	if (of && !kb_told_has(t, of)) {
		t->of[t->next] = of;
		t->next = (t->next + 1) % KB_TOLD_MAX;
	}
}

void kb_told_add_all(struct kb_told *t, const struct kb_told *more)
{
	for (size_t i = 0; i < KB_TOLD_MAX; i++) {
		kb_told_add(t, more->of[i]);
	}
}
