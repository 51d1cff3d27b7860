/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bump allocator: parse and scan results live in one arena and go at once.
 * For every module.
 * Must not be shared between threads or handed memory it did not make.
 */
#ifndef KBOOT_BASE_ARENA_H
#define KBOOT_BASE_ARENA_H

#include <stddef.h>

#include "kboot/base/budget.h"
#include "kboot/base/cleanup.h"
#include "kboot/base/str.h"

struct kb_arena_block;

/* Zero-initialised is a valid empty arena without a cap. */
struct kb_arena {
	struct kb_arena_block *blocks;
	size_t used_bytes;
	size_t max_bytes;           /* 0: no cap; above it every call answers NULL */
	struct kb_account *account; /* what the blocks take is charged there too; NULL: none */
};

void kb_arena_done(struct kb_arena *a);
/* Zeroed, aligned for any type; NULL when out of memory or above the cap. size 0 gives a valid
 * pointer. */
void *kb_arena_alloc(struct kb_arena *a, size_t size);
void *kb_arena_array(struct kb_arena *a, size_t count, size_t size);
/* NUL-terminated copies; NULL on failure. kb_arena_strdup(NULL) is NULL. */
char *kb_arena_strdup(struct kb_arena *a, const char *s);
char *kb_arena_str(struct kb_arena *a, struct kb_str s);
char *kb_arena_printf(struct kb_arena *a, const char *fmt, ...) KB_PRINTF(2, 3);

#define KB_ARENA KB_CLEANUP(kb_arena_done)

#endif
