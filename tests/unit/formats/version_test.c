/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "version.h"

static void assert_order(const char *a, const char *b, int expected)
{
	int forth = kb_version_compare(kb_str_from(a), kb_str_from(b));
	int back = kb_version_compare(kb_str_from(b), kb_str_from(a));

	if ((forth > 0) - (forth < 0) != expected || (back > 0) - (back < 0) != -expected) {
		fail_msg("%s against %s: %d and %d, expected %d", a, b, forth, back, expected);
	}
}

/* Each is lower than all that follow. */
static void assert_rising(const char *const *versions, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		assert_order(versions[i], versions[i], 0);
		for (size_t j = i + 1; j < n; j++) {
			assert_order(versions[i], versions[j], -1);
		}
	}
}

/* The chain at the end of UAPI.10. */
static void orders_as_the_specification(void **state)
{
	static const char *const versions[] = {
		"~",          "",        "ab",      "abb",      "abc",     "0001",
		"002",        "12",      "122",     "122.9",    "123~rc1", "123",
		"123-a",      "123-a.1", "123-a1",  "123-a1.1", "123-3",   "123-3.1",
		"123^patch1", "123^1",   "123.a-1", "123.1-1",  "123a-1",  "124",
	};

	(void)state;
	assert_rising(versions, KB_ARRAY_LEN(versions));
}

static void orders_kernels(void **state)
{
	static const char *const versions[] = {
		"0-rescue",
		"4.19.0-27-amd64",
		"6.1.0-9-amd64",
		"6.1.0-26-amd64",
		"6.5.6-300.fc39.x86_64",
		"6.6.3",
		"6.11.0~rc4-amd64",
		"6.11.0-amd64",
		"6.11.4-101.fc39.x86_64",
		"6.11.4-200.fc40.x86_64",
	};

	(void)state;
	assert_rising(versions, KB_ARRAY_LEN(versions));
}

static void drops_what_does_not_count(void **state)
{
	(void)state;
	assert_order("123_aa2-67.89", "123aa+2-67.89", 0);
	assert_order("1_2", "12", -1);
	assert_order("1.002", "1.2", 0);
	assert_order("1.0", "1.", 0);
	assert_order("\xc3\xa4", "", 0);
	assert_order("99999999999999999999999999999998", "99999999999999999999999999999999", -1);
	assert_order("99999999999999999999999999999999", "100000000000000000000000000000000", -1);
	assert_order("A", "a", -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(orders_as_the_specification),
		cmocka_unit_test(orders_kernels),
		cmocka_unit_test(drops_what_does_not_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
