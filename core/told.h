/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What somebody has been told already: fingerprints of files whose mistakes were listed.
 * For the engine, which remembers, and for the workers, which read the files.
 * Must not grow: of many files the oldest are forgotten, and told of again.
 */
#ifndef KBOOT_CORE_TOLD_H
#define KBOOT_CORE_TOLD_H

#include <stdint.h>

#include "kboot/base/str.h"

enum { KB_TOLD_MAX = 16 };

/* Zeroed: nothing. */
struct kb_told {
	uint64_t of[KB_TOLD_MAX];
	size_t next;
};

/* Adds text to a fingerprint, which begins as 0. Never answers 0, which stands for no file. */
uint64_t kb_told_print(uint64_t of, struct kb_str text);
bool kb_told_has(const struct kb_told *t, uint64_t of);
void kb_told_add(struct kb_told *t, uint64_t of);
void kb_told_add_all(struct kb_told *t, const struct kb_told *more);

#endif
