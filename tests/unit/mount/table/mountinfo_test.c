/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "table/mountinfo.h"

#include <errno.h>

static int parse(struct kb_arena *arena, const char *line, struct kb_mountinfo *info)
{
	return kb_mountinfo_parse(arena, kb_str_from(line), info);
}

static void test_fields(void **state)
{
	KB_ARENA struct kb_arena a = {0};
	struct kb_mountinfo i;

	(void)state;
	assert_int_equal(parse(&a,
			       "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 shared:2 - ext3 "
			       "/dev/root rw,errors=continue",
			       &i),
			 0);
	assert_int_equal(i.id, 36);
	assert_int_equal(i.parent, 35);
	assert_int_equal(i.major, 98);
	assert_string_equal(i.target, "/mnt2");
	assert_string_equal(i.fstype, "ext3");
	assert_string_equal(i.source, "/dev/root");
	/* Without optional fields, and without a source. */
	assert_int_equal(parse(&a, "36 35 98:0 / /m rw - nfs  rw", &i), 0);
	assert_string_equal(i.source, "");
	assert_int_equal(parse(&a, "36 35 98:0 / /m rw - nfs x", &i), 0);
}

static void test_escapes(void **state)
{
	KB_ARENA struct kb_arena a = {0};
	struct kb_mountinfo i;

	(void)state;
	assert_int_equal(parse(&a,
			       "1 2 8:0 / /a\\040b\\011c\\012d\\134e\\377 rw - x\\040y z\\043 o",
			       &i),
			 0);
	assert_string_equal(i.target, "/a b\tc\nd\\e\377");
	assert_string_equal(i.fstype, "x y");
	assert_string_equal(i.source, "z#");
}

static void test_malformed(void **state)
{
	static const char *const lines[] = {
		"",
		" ",
		"1",
		"1 2 8:0 / /a",
		"1 2 8:0 / /a rw",
		"1 2 8:0 / /a rw -",
		"1 2 8:0 / /a rw - x",
		"1 2 8:0 / /a\\ rw - x y",
		"1 2 8:0 / /a\\04 rw - x y",
		"1 2 8:0 / /a\\08 rw - x y",
		"1 2 8:0 / /a\\400 rw - x y",
		"1 2 8:0 / /a\\000 rw - x y",
		"1 2 8:0 / a rw - x y",
		"-1 2 8:0 / /a rw - x y",
		"1 b 8:0 / /a rw - x y",
		"1 2 :0 / /a rw - x y",
		"1 2 8:0 /  rw - x y",
		"99999999999999999999999 2 8:0 / /a rw - x y",
	};
	KB_ARENA struct kb_arena a = {0};
	struct kb_mountinfo i = {.target = "untouched"};

	(void)state;
	for (size_t n = 0; n < KB_ARRAY_LEN(lines); n++) {
		assert_int_equal(parse(&a, lines[n], &i), -EINVAL);
	}
	assert_int_equal(kb_mountinfo_parse(&a, KB_STR("1 2 8:0 / /a\0b rw - x y"), &i), -EINVAL);
	assert_string_equal(i.target, "untouched");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_malformed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
