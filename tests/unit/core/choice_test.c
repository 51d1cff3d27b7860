/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which environment and which default, while some disks are still being read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "catalog/choice.h"

static struct kb_entry linux_entry = {.label = "Linux", .format = KB_FORMAT_KBOOT};
static struct kb_entry bare_entry = {.label = "other", .format = KB_FORMAT_FILE};

struct machine {
	struct kb_place disk;
	struct kb_place stick;
	struct kb_place late;
	struct kb_places places;
	struct kb_settings settings;
	struct kb_environment env;
};

/* The stick comes first. */
static void init(struct machine *m)
{
	static const struct kb_place device = {.kind = KB_PLACE_DEVICE,
					       .status = KB_PLACE_READ,
					       .found.has_device = true};

	*m = (struct machine){.disk = device, .stick = device, .late = device};
	m->places = (struct kb_places){.first = &m->stick, .sysfs_fd = -1};
	m->stick.next = &m->disk;
	m->disk.next = &m->late;
	m->stick.found.device.name = "sdb1";
	m->stick.block.removable = true;
	m->disk.found.device.name = "sda1";
	m->late.found.device.name = "sdc1";
}

static void has(struct kb_place *place, struct kb_entry *entry)
{
	place->found.entries = entry;
	place->found.n_entries = 1;
}

static void assert_chosen(struct machine *m, const struct kb_place *place, bool final)
{
	kb_choose_environment(&m->places, &m->settings, &m->env);
	assert_ptr_equal(m->env.place, place);
	assert_int_equal(m->env.final, final);
	assert_true(m->env.why[0] != '\0');
}

static void set(struct machine *m, enum kb_variable variable, const char *value,
		enum kb_source_rank rank)
{
	m->settings.values[rank][variable] =
		(struct kb_setting){.variable = variable, .value = value, .rank = rank};
}

static void a_fixed_disk_comes_before_a_removable_one(void **state)
{
	struct machine m;

	(void)state;
	init(&m);
	assert_chosen(&m, NULL, false);
	has(&m.disk, &bare_entry);
	assert_chosen(&m, NULL, false);
	has(&m.stick, &linux_entry);
	assert_chosen(&m, &m.stick, true);
	has(&m.disk, &linux_entry);
	assert_chosen(&m, &m.disk, true);
	has(&m.late, &linux_entry);
	assert_chosen(&m, &m.disk, true);
}

static void a_setting_alone_is_a_configuration(void **state)
{
	struct machine m;

	(void)state;
	init(&m);
	m.late.found.n_settings = 1;
	assert_chosen(&m, &m.late, true);
}

static void what_is_being_read_may_still_be_it(void **state)
{
	static const enum kb_place_status pending[] = {KB_PLACE_QUEUED, KB_PLACE_SCANNING};
	struct machine m;

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(pending); i++) {
		init(&m);
		has(&m.stick, &linux_entry);
		m.late.status = pending[i];
		assert_chosen(&m, &m.stick, false);
		has(&m.disk, &linux_entry);
		assert_chosen(&m, &m.disk, true);
		m.late.status = KB_PLACE_FAILED;
		m.stick.status = pending[i];
		assert_chosen(&m, &m.disk, true);
	}
}

static void kboots_own_configuration_is_no_environment(void **state)
{
	struct machine m;

	(void)state;
	init(&m);
	m.disk.kind = KB_PLACE_OWN;
	has(&m.disk, &linux_entry);
	assert_chosen(&m, NULL, false);
	set(&m, KB_VAR_DEFAULT, "linux", KB_RANK_IMAGE);
	assert_chosen(&m, NULL, false);
	m.disk.kind = KB_PLACE_FOLDER;
	assert_chosen(&m, &m.disk, true);
	set(&m, KB_VAR_DEFAULT, NULL, KB_RANK_IMAGE);
	assert_chosen(&m, &m.disk, true);
}

static void root_names_it(void **state)
{
	struct machine m;

	(void)state;
	init(&m);
	has(&m.disk, &linux_entry);
	set(&m, KB_VAR_ROOT, "sdc1", KB_RANK_IMAGE);
	assert_chosen(&m, &m.late, true);
	assert_string_equal(m.env.why, "root=sdc1 in kboot itself names it");
	set(&m, KB_VAR_ROOT, "sdd1", KB_RANK_CMDLINE);
	assert_chosen(&m, NULL, false);
	set(&m, KB_VAR_ROOT, "sda1", KB_RANK_SESSION);
	assert_chosen(&m, &m.disk, true);
}

/* What the environment itself says does not choose it. */
static void a_weak_root_chooses_nothing(void **state)
{
	struct machine m;

	(void)state;
	init(&m);
	has(&m.disk, &linux_entry);
	set(&m, KB_VAR_ROOT, "sdc1", KB_RANK_ENVIRONMENT);
	set(&m, KB_VAR_DEFAULT, "other", KB_RANK_ENVIRONMENT);
	has(&m.late, &bare_entry);
	assert_chosen(&m, &m.disk, true);
}

static void the_default_entry_chooses(void **state)
{
	struct machine m;

	(void)state;
	init(&m);
	has(&m.disk, &linux_entry);
	has(&m.late, &bare_entry);
	set(&m, KB_VAR_DEFAULT, "OTHER", KB_RANK_IMAGE);
	assert_chosen(&m, &m.late, true);
	m.stick.status = KB_PLACE_QUEUED;
	assert_chosen(&m, &m.late, false);
	/* Nobody has it yet: whoever is still being read may. */
	has(&m.late, &linux_entry);
	assert_chosen(&m, &m.disk, false);
	m.stick.status = KB_PLACE_READ;
	assert_chosen(&m, &m.disk, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fixed_disk_comes_before_a_removable_one),
		cmocka_unit_test(a_setting_alone_is_a_configuration),
		cmocka_unit_test(what_is_being_read_may_still_be_it),
		cmocka_unit_test(kboots_own_configuration_is_no_environment),
		cmocka_unit_test(root_names_it),
		cmocka_unit_test(a_weak_root_chooses_nothing),
		cmocka_unit_test(the_default_entry_chooses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
