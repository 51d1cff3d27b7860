/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reported.h"

/* FNV-1a, 64 bits (draft-eastlake-fnv). Of two files that were made alike one is not reported. */
static const uint64_t basis = 0xcbf29ce484222325;
static const uint64_t prime = 0x100000001b3;

uint64_t kb_reported_fingerprint(uint64_t of, struct kb_str text)
{
	uint64_t print = of ? of : basis;

	for (size_t i = 0; i < text.len; i++) {
		print = (print ^ (unsigned char)text.data[i]) * prime;
	}
	/* Where a text ends counts too. */
	print = (print ^ text.len) * prime;
	print &= INT64_MAX; /* a number of JSON */
	return print ? print : basis & INT64_MAX;
}

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
