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
static const struct kb_device *environment;
static bool by_network;
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
	kb_choose_default(&catalog, &nowhere, &settings, environment, by_network, d);
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

/* Of the environment, where it has no kboot.conf; and nothing that is said by kboot's own gives
 * way. */
static void the_default_of_its_own_loader(void **state)
{
	static const struct kb_device sda2 = {.name = "sda2"};
	static const struct kb_device sdb1 = {.name = "sdb1"};
	struct kb_default d;

	(void)state;
	entries[0].device = &sdb1;
	entries[0].is_default = true;
	entries[1].device = &sda2;
	environment = &sda2;
	choose(NULL, "f", &d);
	assert_null(d.entry);
	assert_null(d.setting);
	entries[1].is_default = true;
	entries[1].format = KB_FORMAT_GRUB;
	choose(NULL, "f", &d);
	assert_ptr_equal(d.entry, &entries[1]);
	assert_int_equal(d.setting->rank, KB_RANK_LOADER);
	assert_string_equal(d.why, "the default of sdb1:/kboot.conf (grub)");
	entries[1].remark = "a guess";
	choose(NULL, "f", &d);
	assert_string_equal(d.why, "the default of sdb1:/kboot.conf (grub): a guess");
	entries[1].remark = NULL;
	choose("", "f", &d);
	assert_null(d.entry);
	choose("nine", "f", &d);
	assert_null(d.entry);
	environment = NULL;
	choose(NULL, "f", &d);
	assert_null(d.entry);
}

/* On a machine without an environment. */
static void the_default_of_a_network_boot_service(void **state)
{
	struct kb_entry ours = entries[0];
	struct kb_default d;

	(void)state;
	environment = NULL;
	entries[0] = (struct kb_entry){.label = "net",
				       .id = "n",
				       .file = "tftp://h/x",
				       .is_default = true,
				       .is_remote = true};
	choose(NULL, "f", &d);
	assert_null(d.entry);
	by_network = true;
	choose(NULL, "f", &d);
	assert_ptr_equal(d.entry, &entries[0]);
	by_network = false;
	entries[0] = ours;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_label_of_the_same_file_comes_first),
		cmocka_unit_test(a_default_may_be_missing_empty_or_unset),
		cmocka_unit_test(the_default_of_its_own_loader),
		cmocka_unit_test(the_default_of_a_network_boot_service),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
