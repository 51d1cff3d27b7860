/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/base/clock.h"

enum { BUILT = 1700000000, DAY = 86400 };

static void test_bounds(void **state)
{
	const int64_t last = BUILT + (int64_t)15 * 365 * DAY;

	(void)state;
	assert_true(kb_clock_is_set(BUILT, BUILT));
	assert_true(kb_clock_is_set(last, BUILT));
	assert_false(kb_clock_is_set(BUILT - 1, BUILT));
	assert_false(kb_clock_is_set(last + (int64_t)5 * DAY, BUILT)); /* there were leap years */
	assert_false(kb_clock_is_set(0, BUILT));
	assert_false(kb_clock_is_set(INT64_MAX, BUILT));
	assert_false(kb_clock_is_set(INT64_MIN, BUILT));
}

static void test_believed_where_the_build_is_not_known(void **state)
{
	(void)state;
	assert_true(kb_clock_is_set(0, 0));
	assert_true(kb_clock_is_set(INT64_MAX, 0));
}

static void test_print(void **state)
{
	char buf[KB_CLOCK_TEXT];

	(void)state;
	assert_string_equal(kb_clock_print(0, buf), "1970-01-01 00:00 UTC");
	assert_string_equal(kb_clock_print(BUILT, buf), "2023-11-14 22:13 UTC");
	assert_true(kb_clock_print(INT64_MAX, buf)[0] != '\0');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_believed_where_the_build_is_not_known),
		cmocka_unit_test(test_print),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
