/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interface that an address of a link is reached by. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "zone.h"

static void an_interface_has_a_number(void **state)
{
	static const struct {
		const char *host;
		const char *numbered;
	} cases[] = {
		{"fe80::1%lo", "fe80::1%1"},
		{"fe80::1", "fe80::1"},
		{"h.lan", "h.lan"},
		{"fe80::1%nosuch0", "fe80::1%nosuch0"},
		{"fe80::1%../lo", "fe80::1%../lo"},
		{"fe80::1%", "fe80::1%"},
	};
	KB_ARENA struct kb_arena arena = {0};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		assert_string_equal(kb_zone_numbered(&arena, cases[i].host), cases[i].numbered);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_interface_has_a_number),
	};

	return cmocka_run_group_tests_name("fetch/zone", tests, NULL, NULL);
}
