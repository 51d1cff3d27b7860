/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was reported to somebody already: fingerprints of files whose mistakes were listed.
 * For the engine, which remembers, and for the workers, which read the files.
 * Must not grow: of many files the oldest are forgotten, and reported again.
 */
#ifndef KBOOT_CORE_REPORTED_H
#define KBOOT_CORE_REPORTED_H

#include <stdint.h>

#include "kboot/base/str.h"

enum { KB_REPORTED_MAX = 16 };

/* Zeroed: nothing. A fingerprint (kb_str_fingerprint) of 0 stands for no file. */
struct kb_reported {
	uint64_t of[KB_REPORTED_MAX];
	size_t next;
};

bool kb_reported_has(const struct kb_reported *t, uint64_t of);
void kb_reported_add(struct kb_reported *t, uint64_t of);
void kb_reported_add_all(struct kb_reported *t, const struct kb_reported *more);

#endif
