/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every fuzzer defines, and how it says that a promise was broken.
 * For tests/fuzz only.
 * Must not be used for what an input may legitimately cause: a failure that is reported is fine.
 */
#ifndef KBOOT_TESTS_FUZZ_H
#define KBOOT_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHECK(condition)                                                                      \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			(void)fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__,           \
				      #condition);                                                 \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

#endif
