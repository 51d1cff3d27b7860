/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/base/arena.h"

#include <stdalign.h>
#include <stdarg.h>

#include "kboot/base/checked.h"

enum { BLOCK_MIN_BYTES = 4096, BLOCK_MAX_BYTES = 128 << 10 };

struct kb_arena_block {
	struct kb_arena_block *next;
	size_t used;
	size_t cap;
	alignas(max_align_t) char data[];
};

void kb_arena_done(struct kb_arena *a)
{
	if (!a) {
		return;
	}
	while (a->blocks) {
		struct kb_arena_block *next = a->blocks->next;

		kb_account_give_back(a->account, sizeof(*next) + a->blocks->cap);
		free(a->blocks);
		a->blocks = next;
	}
	a->used_bytes = 0;
}

/* Blocks grow with the arena, so that a small result costs a page and a large one few calls. */
static struct kb_arena_block *block_create(struct kb_arena *a, size_t size)
{
	size_t cap = a->used_bytes;
	size_t total;
	struct kb_arena_block *b;

	if (cap < BLOCK_MIN_BYTES - sizeof(*b)) {
		cap = BLOCK_MIN_BYTES - sizeof(*b);
	} else if (cap > BLOCK_MAX_BYTES) {
		cap = BLOCK_MAX_BYTES;
	}
	if (cap < size) {
		cap = size;
	}
	if (kb_add_size(sizeof(*b), cap, &total) < 0 || kb_account_take(a->account, total) < 0) {
		return NULL;
	}
	b = calloc(1, total);
	if (b) {
		b->cap = cap;
	} else {
		kb_account_give_back(a->account, total);
	}
	return b;
}

/* A block that one large piece fills goes behind the head, whose free room is still of use. */
static void block_link(struct kb_arena *a, struct kb_arena_block *b, size_t size)
{
	if (a->blocks && b->cap - size < a->blocks->cap - a->blocks->used) {
		b->next = a->blocks->next;
		a->blocks->next = b;
	} else {
		b->next = a->blocks;
		a->blocks = b;
	}
}

static void *take(struct kb_arena *a, struct kb_arena_block *b, size_t start, size_t size)
{
	a->used_bytes += start - b->used + size;
	b->used = start + size;
	return b->data + start;
}

static bool within_cap(const struct kb_arena *a, size_t more)
{
	size_t total;

	return kb_add_size(a->used_bytes, more, &total) == 0 &&
	       (a->max_bytes == 0 || total <= a->max_bytes);
}

/* align is a power of two, at most that of max_align_t. */
static void *alloc_aligned(struct kb_arena *a, size_t size, size_t align)
{
	struct kb_arena_block *b = a->blocks;

	if (size == 0) {
		size = 1;
	}
	if (b) {
		size_t start = (b->used + align - 1) & ~(align - 1);

		if (start <= b->cap && size <= b->cap - start) {
			return within_cap(a, start - b->used + size) ? take(a, b, start, size)
								     : NULL;
		}
	}
	if (!within_cap(a, size)) {
		return NULL;
	}
	b = block_create(a, size);
	if (!b) {
		return NULL;
	}
	block_link(a, b, size);
	return take(a, b, 0, size);
}

void *kb_arena_alloc(struct kb_arena *a, size_t size)
{
	return alloc_aligned(a, size, alignof(max_align_t));
}

void *kb_arena_array(struct kb_arena *a, size_t count, size_t size)
{
	size_t total;

	if (kb_mul_size(count, size, &total) < 0) {
		return NULL;
	}
	return kb_arena_alloc(a, total);
}

char *kb_arena_str(struct kb_arena *a, struct kb_str s)
{
	size_t size;
	char *copy;

	if (kb_add_size(s.len, 1, &size) < 0) {
		return NULL;
	}
	copy = alloc_aligned(a, size, 1);
	if (copy && s.len > 0) {
		memcpy(copy, s.data, s.len);
	}
	return copy;
}

char *kb_arena_strdup(struct kb_arena *a, const char *s)
{
	return s ? kb_arena_str(a, kb_str_from(s)) : NULL;
}

char *kb_arena_printf(struct kb_arena *a, const char *fmt, ...)
{
	va_list args;
	int n;
	char *text;

	va_start(args, fmt);
	n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (n < 0) {
		return NULL;
	}
	text = alloc_aligned(a, (size_t)n + 1, 1);
	if (!text) {
		return NULL;
	}
	va_start(args, fmt);
	(void)vsnprintf(text, (size_t)n + 1, fmt, args);
	va_end(args);
	return text;
}
