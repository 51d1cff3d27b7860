/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "value.h"

#include <errno.h>
#include <string.h>

static const char *clean(struct kb_arena *arena, struct kb_str raw)
{
	const char *text = NULL;

	assert_int_equal(kb_scan_value(arena, raw, &text), 0);
	return text;
}

static void test_plain(void **state)
{
	KB_ARENA struct kb_arena a = {0};

	(void)state;
	assert_string_equal(clean(&a, KB_STR("ROOT FS")), "ROOT FS");
	assert_string_equal(clean(&a, KB_STR("gr\xc3\xbcn \xe2\x82\xac")),
			    "gr\xc3\xbcn \xe2\x82\xac");
	assert_null(clean(&a, KB_STR("")));
	assert_null(clean(&a, KB_STR("\0after")));
	assert_string_equal(clean(&a, KB_STR("before\0after")), "before");
}

static void test_hostile(void **state)
{
	KB_ARENA struct kb_arena a = {0};

	(void)state;
	assert_string_equal(clean(&a, KB_STR("\033[2J\r\n\x7f")), "?[2J???");
	assert_string_equal(clean(&a, KB_STR("a\xc2\x9b"
					     "31m")),
			    "a?31m");
	assert_string_equal(clean(&a, KB_STR("\x9b\xff\xc0\x80")), "????");
	assert_string_equal(clean(&a, KB_STR("cut\xe2\x82")), "cut??");
}

static void test_cap(void **state)
{
	KB_ARENA struct kb_arena a = {0};
	char raw[2000];

	(void)state;
	memset(raw, 'x', sizeof(raw));
	assert_int_equal(strlen(clean(&a, kb_str_of(raw, sizeof(raw)))), KB_SCAN_VALUE_MAX);
	/* A character that does not fit as a whole is left out. */
	raw[KB_SCAN_VALUE_MAX - 1] = '\xc3';
	raw[KB_SCAN_VALUE_MAX] = '\xbc';
	assert_int_equal(strlen(clean(&a, kb_str_of(raw, sizeof(raw)))), KB_SCAN_VALUE_MAX - 1);
}

static void test_out_of_memory(void **state)
{
	KB_ARENA struct kb_arena a = {.max_bytes = 1};
	const char *text = "before";

	(void)state;
	assert_int_equal(kb_scan_value(&a, KB_STR("label"), &text), -ENOMEM);
	assert_string_equal(text, "before");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_cap),
		cmocka_unit_test(test_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
