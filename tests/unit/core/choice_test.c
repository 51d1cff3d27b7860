/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which entry is the default. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "catalog/choice.h"

static struct kb_entry entries[] = {
	{.label = "Linux", .id = "a", .file = "sda1:/kboot.conf", .tries_left = -1},
	{.label = "linux", .id = "b", .file = "sdb1:/kboot.conf", .tries_left = -1},
};

static const struct kb_places nowhere = {.simulated = true};
static struct kb_catalog catalog = {.entries = entries, .n_entries = KB_ARRAY_LEN(entries)};

static void choose(const char *value, const char *file, struct kb_default *d)
{
	struct kb_settings settings = {0};

	settings.values[KB_RANK_IMAGE][KB_VAR_DEFAULT] = (struct kb_setting){
		.variable = KB_VAR_DEFAULT,
		.value = value,
		.rank = KB_RANK_IMAGE,
		.at = {file, 1, 1},
	};
	kb_choose_default(&catalog, &nowhere, &settings, d);
}

static void the_label_of_the_same_file_comes_first(void **state)
{
	struct kb_default d;

	(void)state;
	choose("LINUX", "sdb1:/kboot.conf", &d);
	assert_ptr_equal(d.entry, &entries[1]);
	assert_string_equal(d.why, "default=LINUX in sdb1:/kboot.conf:1");
	choose("LINUX", "elsewhere", &d);
	assert_ptr_equal(d.entry, &entries[0]);
}

static void a_default_may_be_missing_empty_or_unset(void **state)
{
	struct kb_default d;

	(void)state;
	choose("nine", "f", &d);
	assert_null(d.entry);
	assert_non_null(d.setting);
	assert_string_equal(d.why, "default=nine in f:1 names no entry that was found");
	choose("", "f", &d);
	assert_null(d.setting);
	assert_string_equal(d.why, "default= in f:1 wants none");
	choose(NULL, "f", &d);
	assert_null(d.setting);
	assert_string_equal(d.why, "nothing sets default=");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_label_of_the_same_file_comes_first),
		cmocka_unit_test(a_default_may_be_missing_empty_or_unset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
