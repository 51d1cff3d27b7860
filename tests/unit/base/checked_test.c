/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/base/checked.h"

static void adds_and_says_when_it_overflows(void **state)
{
	size_t size = 7;
	uint64_t u64 = 7;

	(void)state;
	assert_int_equal(kb_add_size(SIZE_MAX - 1, 1, &size), 0);
	assert_true(size == SIZE_MAX);
	assert_int_equal(kb_add_size(SIZE_MAX, 1, &size), -EOVERFLOW);
	assert_true(size == SIZE_MAX);
	assert_int_equal(kb_add_u64(UINT64_MAX - 1, 1, &u64), 0);
	assert_true(u64 == UINT64_MAX);
	assert_int_equal(kb_add_u64(UINT64_MAX, 1, &u64), -EOVERFLOW);
	assert_true(u64 == UINT64_MAX);
}

static void multiplies_and_says_when_it_overflows(void **state)
{
	size_t size = 7;

	(void)state;
	assert_int_equal(kb_mul_size(6, 7, &size), 0);
	assert_int_equal(size, 42);
	assert_int_equal(kb_mul_size(SIZE_MAX / 2, 3, &size), -EOVERFLOW);
	assert_int_equal(size, 42);
	assert_int_equal(kb_mul_size(SIZE_MAX, 0, &size), 0);
	assert_int_equal(size, 0);
}

static void aligns_upwards(void **state)
{
	uint64_t v = 7;

	(void)state;
	assert_int_equal(kb_align_u64(0, 4096, &v), 0);
	assert_true(v == 0);
	assert_int_equal(kb_align_u64(1, 4096, &v), 0);
	assert_true(v == 4096);
	assert_int_equal(kb_align_u64(4096, 4096, &v), 0);
	assert_true(v == 4096);
	assert_int_equal(kb_align_u64(UINT64_MAX - 4094, 4096, &v), -EOVERFLOW);
	assert_true(v == 4096);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(adds_and_says_when_it_overflows),
		cmocka_unit_test(multiplies_and_says_when_it_overflows),
		cmocka_unit_test(aligns_upwards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
