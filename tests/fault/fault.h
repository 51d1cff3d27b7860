/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs scenarios again and again, failing one more call each time, until one runs to its end with
 * nothing failed: every allocation, then every call of the system table.
 * For fault tests: a program hands in a table of scenarios and links harness.c for its main().
 * Must not be asked about calls that libc makes to itself: only ours are wrapped.
 */
#ifndef KBOOT_TESTS_FAULT_H
#define KBOOT_TESTS_FAULT_H

#include "fake_sys.h"

/*
 * Sets up, does the thing, and gives everything back: memory and descriptors are counted before and
 * after. Answers 0, or the -errno of the code under test. With nothing failing it must answer 0;
 * with an allocation failing 0 or -ENOMEM; with a call of the system table failing anything that is
 * not positive. What it allocates itself may fail too; temp_dir and fake_sys never do.
 */
struct fault_scenario {
	const char *name;
	int (*run)(struct fake_sys *fake);
};

/* Ends with an empty one. Defined by the test. */
extern const struct fault_scenario fault_scenarios[];

#endif
