/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The allocator as the linker's --wrap gives it to the code under test: counted, and failing on
 * demand. For harness.c. Must not be used without the link options of kb_fault_test.
 */
#ifndef KBOOT_TESTS_FAULT_ALLOC_H
#define KBOOT_TESTS_FAULT_ALLOC_H

#include <stdbool.h>
#include <stddef.h>

/* Maps the counters. False: no memory. */
bool alloc_init(void);
/* The nth allocation from now fails, and with and_on all after it. nth 0: none does. */
void alloc_fail(size_t nth, bool and_on);
/* Whether one has failed since alloc_fail, here or in a forked child. */
bool alloc_has_failed(void);
/* Pieces of memory that are allocated and not freed, in this process. */
long alloc_live(void);

#endif
