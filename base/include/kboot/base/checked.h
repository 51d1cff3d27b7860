/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arithmetic that says when it overflows, for sizes and offsets that come from disks and networks.
 * For every module.
 * Must not saturate or wrap silently: callers get -EOVERFLOW and an untouched result.
 */
#ifndef KBOOT_BASE_CHECKED_H
#define KBOOT_BASE_CHECKED_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>

#include "kboot/base/cleanup.h"

KB_MUST_CHECK static inline int kb_add_size(size_t a, size_t b, size_t *ret_sum)
{
	size_t r;

	if (__builtin_add_overflow(a, b, &r)) {
		return -EOVERFLOW;
	}
	*ret_sum = r;
	return 0;
}

KB_MUST_CHECK static inline int kb_mul_size(size_t a, size_t b, size_t *ret_product)
{
	size_t r;

	if (__builtin_mul_overflow(a, b, &r)) {
		return -EOVERFLOW;
	}
	*ret_product = r;
	return 0;
}

KB_MUST_CHECK static inline int kb_add_u64(uint64_t a, uint64_t b, uint64_t *ret_sum)
{
	uint64_t r;

	if (__builtin_add_overflow(a, b, &r)) {
		return -EOVERFLOW;
	}
	*ret_sum = r;
	return 0;
}

/* align is a power of two. */
KB_MUST_CHECK static inline int kb_align_u64(uint64_t value, uint64_t align, uint64_t *ret_aligned)
{
	uint64_t r;

	if (__builtin_add_overflow(value, align - 1, &r)) {
		return -EOVERFLOW;
	}
	*ret_aligned = r & ~(align - 1);
	return 0;
}

#endif
