/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which device is which: a number that goes with the disk, not with the name it has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "fake_sys.h"
#include "places/scanner.h"
#include "temp_dir.h"

struct fixture {
	struct fake_sys *fake;
	struct temp_dir sysfs;
	struct kb_journal journal;
	struct kb_places places;
	struct kb_scanner scanner;
	char removed[256]; /* names, a blank behind each */
};

static void ignore(void *ctx)
{
	(void)ctx;
}

static void note_removal(void *ctx, const char *name)
{
	struct fixture *f = ctx;

	(void)strcat(f->removed, name);
	(void)strcat(f->removed, " ");
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->fake = fake_sys_create();
	assert_non_null(f->fake);
	temp_dir_init(&f->sysfs);
	f->journal.sys = &f->fake->table;
	f->scanner = (struct kb_scanner){.places = &f->places,
					 .sys = &f->fake->table,
					 .journal = &f->journal,
					 .sysfs_fd = f->sysfs.fd,
					 .ctx = f,
					 .changing = ignore,
					 .changed = ignore,
					 .removed = note_removal};
	assert_int_equal(kb_loop_create(&f->scanner.loop), 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	kb_scanner_done(&f->scanner);
	kb_loop_destroy(f->scanner.loop);
	temp_dir_done(&f->sysfs);
	fake_sys_destroy(f->fake);
	free(f);
	return 0;
}

/* What sysfs says of a disk with two partitions. */
static void write_disk(struct fixture *f, const char *diskseq)
{
	static const char *const names[] = {"", "/sda1", "/sda2"};
	char path[64];

	for (size_t i = 0; i < KB_ARRAY_LEN(names); i++) {
		(void)snprintf(path, sizeof(path), "devices/sda%s/size", names[i]);
		temp_dir_text(&f->sysfs, path, "2048\n");
		(void)snprintf(path, sizeof(path), "devices/sda%s/partition", names[i]);
		if (i > 0) {
			temp_dir_text(&f->sysfs, path, i == 1 ? "1\n" : "2\n");
		}
	}
	temp_dir_text(&f->sysfs, "devices/sda/diskseq", diskseq);
}

static void plug(struct fixture *f)
{
	struct kb_error err = {0};

	write_disk(f, "5\n");
	temp_dir_symlink(&f->sysfs, "class/block/sda", "../../devices/sda");
	temp_dir_symlink(&f->sysfs, "class/block/sda1", "../../devices/sda/sda1");
	temp_dir_symlink(&f->sysfs, "class/block/sda2", "../../devices/sda/sda2");
	assert_int_equal(kb_scanner_enumerate(&f->scanner, false, &err), 0);
}

/* 0: it is not there. */
static uint64_t id_of(const struct fixture *f, const char *name)
{
	for (const struct kb_place *p = f->places.first; p; p = p->next) {
		if (strcmp(p->block.name, name) == 0) {
			return p->id;
		}
	}
	return 0;
}

static void each_device_has_a_number_of_its_own(void **state)
{
	struct fixture *f = *state;

	plug(f);
	assert_int_not_equal(id_of(f, "sda"), 0);
	assert_int_not_equal(id_of(f, "sda1"), 0);
	assert_int_not_equal(id_of(f, "sda2"), 0);
	assert_int_not_equal(id_of(f, "sda1"), id_of(f, "sda2"));
	assert_int_not_equal(id_of(f, "sda"), id_of(f, "sda1"));
}

static void one_that_comes_back_is_another(void **state)
{
	struct fixture *f = *state;
	uint64_t before;

	plug(f);
	before = id_of(f, "sda1");
	kb_scanner_device_removed(&f->scanner, "sda1");
	assert_int_equal(id_of(f, "sda1"), 0);
	assert_int_equal(kb_scanner_device_added(&f->scanner, "sda1"), 0);
	assert_true(id_of(f, "sda1") > before);
	assert_string_equal(f->removed, "sda1 ");
}

static void a_change_of_the_same_disk_is_none(void **state)
{
	struct fixture *f = *state;
	struct kb_error err = {0};
	uint64_t before;

	plug(f);
	before = id_of(f, "sda1");
	assert_int_equal(kb_scanner_device_added(&f->scanner, "sda1"), 0);
	assert_int_equal(kb_scanner_enumerate(&f->scanner, true, &err), 0);
	assert_int_equal(id_of(f, "sda1"), before);
	assert_string_equal(f->removed, "");
}

/* The kernel's word that the first disk went was lost. */
static void another_disk_of_that_name_is_another(void **state)
{
	struct fixture *f = *state;
	uint64_t before;

	plug(f);
	before = id_of(f, "sda1");
	write_disk(f, "6\n");
	assert_int_equal(kb_scanner_device_added(&f->scanner, "sda"), 0);
	assert_string_equal(f->removed, "sda sda1 sda2 ");
	assert_int_equal(id_of(f, "sda1"), 0);
	assert_int_equal(kb_scanner_device_added(&f->scanner, "sda1"), 0);
	assert_true(id_of(f, "sda1") > before);
}

static void looking_anew_sees_it_too(void **state)
{
	struct fixture *f = *state;
	struct kb_error err = {0};
	uint64_t before;

	plug(f);
	before = id_of(f, "sda2");
	write_disk(f, "6\n");
	assert_int_equal(kb_scanner_enumerate(&f->scanner, false, &err), 0);
	assert_true(id_of(f, "sda2") > before);
	assert_string_equal(f->removed, "sda sda1 sda2 ");
}

/* Each reader may take a share of the memory; together they take no more than theirs. */
static void a_small_memory_reads_one_at_a_time(void **state)
{
	const struct kb_memory small = {(uint64_t)48 << 20, (uint64_t)36 << 20};
	struct fixture *f = *state;

	fake_sys_let_processes_through(f->fake);
	f->scanner.memory = small;
	plug(f);
	assert_int_equal(kb_places_pending(&f->places), 2);
	assert_int_equal(f->scanner.n_scanning, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_device_has_a_number_of_its_own, setup,
						teardown),
		cmocka_unit_test_setup_teardown(one_that_comes_back_is_another, setup, teardown),
		cmocka_unit_test_setup_teardown(a_change_of_the_same_disk_is_none, setup, teardown),
		cmocka_unit_test_setup_teardown(another_disk_of_that_name_is_another, setup,
						teardown),
		cmocka_unit_test_setup_teardown(looking_anew_sees_it_too, setup, teardown),
		cmocka_unit_test_setup_teardown(a_small_memory_reads_one_at_a_time, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
