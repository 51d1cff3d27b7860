/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many lines a text has: LF ends them, or CR where there is no LF in it.
 * For the fuzzers of formats.
 * Must not be what the readers use: they are judged by it.
 */
#ifndef KBOOT_TESTS_FUZZ_LINES_H
#define KBOOT_TESTS_FUZZ_LINES_H

#include <stdint.h>
#include <string.h>

static inline unsigned fuzz_count_lines(const uint8_t *data, size_t size)
{
	int end = size > 0 && memchr(data, '\n', size) ? '\n' : '\r';
	unsigned n = size > 0 && data[size - 1] != end;

	for (size_t i = 0; i < size; i++) {
		n += data[i] == end;
	}
	return n;
}

#endif
