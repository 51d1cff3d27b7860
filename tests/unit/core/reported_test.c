/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "reported.h"

static void what_was_reported_is_known(void **state)
{
	struct kb_reported t = {0};
	struct kb_reported other = {0};

	(void)state;
	assert_false(kb_reported_has(&t, 7));
	kb_reported_add(&t, 7);
	assert_true(kb_reported_has(&t, 7));
	assert_false(kb_reported_has(&other, 7));
	kb_reported_add(&other, 8);
	kb_reported_add_all(&t, &other);
	assert_true(kb_reported_has(&t, 7) && kb_reported_has(&t, 8));
	/* News are of no file. */
	kb_reported_add(&t, 0);
	assert_false(kb_reported_has(&t, 0));
}

static void the_oldest_is_forgotten(void **state)
{
	struct kb_reported t = {0};

	(void)state;
	for (uint64_t i = 1; i <= KB_REPORTED_MAX; i++) {
		kb_reported_add(&t, i);
		kb_reported_add(&t, 1);
	}
	assert_true(kb_reported_has(&t, 1));
	kb_reported_add(&t, 99);
	assert_false(kb_reported_has(&t, 1));
	assert_true(kb_reported_has(&t, 2) && kb_reported_has(&t, 99));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_reported_is_known),
		cmocka_unit_test(the_oldest_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
