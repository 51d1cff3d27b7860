/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/model/fstab.h"

#include <string.h>

static struct kb_fstab_line lines[] = {
	{.source = "a", .dir = "/"},         {.source = "b", .dir = "/home"},
	{.source = "c", .dir = "/home/u/k"}, {.source = "d", .dir = "/boot"},
	{.source = "e", .dir = "/boot"},
};
static const struct kb_fstab fstab = {lines, KB_ARRAY_LEN(lines)};

static void finds_a_directory(void **state)
{
	(void)state;
	assert_string_equal(kb_fstab_at(&fstab, "/")->source, "a");
	assert_string_equal(kb_fstab_at(&fstab, "/home/u/k")->source, "c");
	assert_null(kb_fstab_at(&fstab, "/home/u"));
	assert_null(kb_fstab_at(&fstab, "/hom"));
	assert_null(kb_fstab_at(&fstab, ""));
}

static void the_last_of_a_directory_counts(void **state)
{
	const char *rest = "untouched";

	(void)state;
	assert_string_equal(kb_fstab_at(&fstab, "/boot")->source, "e");
	assert_string_equal(kb_fstab_covering(&fstab, "/boot/x", &rest)->source, "e");
	assert_string_equal(rest, "/x");
}

static void check_covering(const char *path, const char *source, const char *expected_rest)
{
	const char *rest = "untouched";
	const struct kb_fstab_line *line = kb_fstab_covering(&fstab, path, &rest);

	if (!source) {
		assert_null(line);
		assert_string_equal(rest, "untouched");
		return;
	}
	assert_non_null(line);
	assert_string_equal(line->source, source);
	assert_string_equal(rest, expected_rest);
	assert_ptr_equal(rest, path + strlen(line->dir));
}

static void covers_by_whole_components(void **state)
{
	(void)state;
	check_covering("/home", "b", "");
	check_covering("/home/", "b", "/");
	check_covering("/home/u", "b", "/u");
	check_covering("/home/u/k", "c", "");
	check_covering("/home/u/k/bzImage", "c", "/bzImage");
	check_covering("/home/u/kk", "b", "/u/kk");
	check_covering("/homes/u", NULL, NULL);
	check_covering("/", NULL, NULL);
	check_covering("/etc/fstab", NULL, NULL);
	check_covering("", NULL, NULL);
}

static void an_empty_one_has_nothing(void **state)
{
	static const struct kb_fstab empty;
	const char *rest = "untouched";

	(void)state;
	assert_null(kb_fstab_at(&empty, "/"));
	assert_null(kb_fstab_covering(&empty, "/boot", &rest));
	assert_string_equal(rest, "untouched");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_a_directory),
		cmocka_unit_test(the_last_of_a_directory_counts),
		cmocka_unit_test(covers_by_whole_components),
		cmocka_unit_test(an_empty_one_has_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
