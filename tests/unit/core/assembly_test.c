/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When devices are put together: which count, how long others are waited for, and what goes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fake_sys.h"
#include "places/assembly.h"
#include "temp_dir.h"

struct fixture {
	struct fake_sys *fake;
	struct temp_dir sysfs;
	struct kb_journal journal;
	struct kb_places places;
	struct kb_scanner scanner;
	struct kb_hotplug hotplug;
	struct kb_assembly_watch assembly;
	unsigned n_changed;
};

static struct fixture f;

int __wrap_kb_assemble(const struct kb_assembly *assembly, const struct kb_set_sink *sink,
		       struct kb_error *err);
int __wrap_kb_disassemble(const struct kb_sys *sys, const char *dev_dir, const char *name,
			  bool force, struct kb_error *err);
int __wrap_kb_disassemble_parts(const struct kb_sys *sys, int sysfs_fd, const char *dev_dir,
				struct kb_error *err);

/* In the worker: an array wants three disks, and starts with two where it may. */
int __wrap_kb_assemble(const struct kb_assembly *a, const struct kb_set_sink *sink,
		       struct kb_error *err)
{
	struct kb_set set = {.kind = a->kind, .uuid = "u", .name = "data", .n_wanted = 3};
	char why[64];

	(void)err;
	for (size_t i = 0; i < a->n_members; i++) {
		if (!a->members[i].is_refused) {
			set.members[set.n_members++] = a->members[i].name;
		}
	}
	(void)snprintf(why, sizeof(why), "%zu of 3 disks", set.n_members);
	set.state = set.n_members == 3                     ? KB_SET_READY
		    : set.n_members == 2 && a->may_degrade ? KB_SET_DEGRADED
							   : KB_SET_WAITING;
	set.why = set.n_members == 3 ? NULL : why;
	return sink->take(sink->ctx, &set);
}

int __wrap_kb_disassemble(const struct kb_sys *sys, const char *dev_dir, const char *name,
			  bool force, struct kb_error *err)
{
	(void)dev_dir;
	/* For the parent to see: the calls are in shared memory. */
	(void)sys->umount(sys->ctx, name, force);
	return kb_error_set(err, strcmp(name, "dm-9") == 0 ? -EIO : 0, "%s stays", name);
}

int __wrap_kb_disassemble_parts(const struct kb_sys *sys, int sysfs_fd, const char *dev_dir,
				struct kb_error *err)
{
	(void)sysfs_fd;
	(void)dev_dir;
	(void)err;
	(void)sys->umount(sys->ctx, "parts", 0);
	return 0;
}

static void ignore(void *ctx)
{
	(void)ctx;
}

static void ignore_name(void *ctx, const char *name)
{
	(void)ctx;
	(void)name;
}

static void changed(void *ctx)
{
	(void)ctx;
	f.n_changed++;
}

static void orphaned(void *ctx, const char *name)
{
	(void)ctx;
	kb_assembly_take_apart(&f.assembly, name);
}

static int setup(void **state)
{
	(void)state;
	memset(&f, 0, sizeof(f));
	f.fake = fake_sys_create();
	assert_non_null(f.fake);
	fake_sys_let_processes_through(f.fake);
	temp_dir_init(&f.sysfs);
	temp_dir_text(&f.sysfs, "class/block/.keep", "");
	f.journal.sys = &f.fake->table;
	f.hotplug.is_settled = true;
	f.scanner = (struct kb_scanner){.places = &f.places,
					.sys = &f.fake->table,
					.journal = &f.journal,
					.sysfs_fd = f.sysfs.fd,
					.changing = ignore,
					.changed = ignore,
					.removed = ignore_name,
					.orphaned = orphaned};
	assert_int_equal(kb_loop_create(&f.scanner.loop), 0);
	f.assembly = (struct kb_assembly_watch){.scanner = &f.scanner,
						.hotplug = &f.hotplug,
						.changed = changed};
	assert_int_equal(kb_assembly_init(&f.assembly), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	kb_assembly_done(&f.assembly);
	kb_scanner_done(&f.scanner);
	kb_loop_destroy(f.scanner.loop);
	temp_dir_done(&f.sysfs);
	fake_sys_destroy(f.fake);
	return 0;
}

/* A device of the machine that was read: what it is a member of, and what it is made of. */
static struct kb_place *add(const char *name, const char *set, const char *uuid_sub,
			    const char *members)
{
	struct kb_place template = {.kind = KB_PLACE_DEVICE, .status = KB_PLACE_READ};
	struct kb_place *place;
	char path[64];

	(void)snprintf(template.block.name, sizeof(template.block.name), "%s", name);
	(void)snprintf(template.block.order, sizeof(template.block.order), "%s", name);
	(void)snprintf(template.block.members, sizeof(template.block.members), "%s", members);
	if (strncmp(name, "dm", 2) == 0) {
		(void)snprintf(template.block.mapper, sizeof(template.block.mapper), "m%s", name);
	}
	template.found.has_device = true;
	template.found.device =
		(struct kb_device){.name = name, .set = set, .uuid = "u", .uuid_sub = uuid_sub};
	assert_int_equal(kb_scanner_add(&f.scanner, &template, NULL, &place), 0);
	/* It stays when sysfs is looked at. */
	(void)snprintf(path, sizeof(path), "class/block/%s/size", name);
	temp_dir_text(&f.sysfs, path, "8\n");
	if (template.block.mapper[0]) {
		(void)snprintf(path, sizeof(path), "class/block/%s/dm/name", name);
		temp_dir_text(&f.sysfs, path, template.block.mapper);
		(void)snprintf(path, sizeof(path), "class/block/%s/slaves/%s/size", name, members);
		temp_dir_text(&f.sysfs, path, "8\n");
	}
	return place;
}

static bool is_quiet(void)
{
	bool is_busy = f.assembly.taker || f.assembly.apart.n_names > 0;

	for (int kind = 0; kind < KB_N_SETS; kind++) {
		is_busy = is_busy || f.assembly.by_kind[kind].child;
	}
	return !is_busy;
}

static void run_until_quiet(void)
{
	for (int i = 0; i < 500; i++) {
		(void)!kb_loop_step(f.scanner.loop, 10);
		if (is_quiet()) {
			return;
		}
	}
	fail_msg("a worker does not end");
}

static void look(void)
{
	kb_assembly_look(&f.assembly);
	run_until_quiet();
}

static void assert_state(const struct kb_place *place, const char *text)
{
	KB_BUF struct kb_buf state = {0};

	kb_place_put_state(&f.places, place, &state);
	assert_string_equal(state.data ? state.data : "", text);
}

static void all_members_make_a_set(void **state)
{
	struct kb_place *a = add("sda", "md", "1", "");

	(void)state;
	(void)add("sdb", "md", "2", "");
	(void)add("sdc", "md", "3", "");
	(void)add("sdd", NULL, NULL, "");
	assert_state(a, "");
	look();
	assert_state(a, "ready");
	assert_false(kb_assembly_pending(&f.assembly));
	assert_int_equal(f.places.n_sets, 1);
}

/* It is there at last, or the others have had their time. */
static void missing_members_are_waited_for(void **state)
{
	struct kb_place *a = add("sda", "md", "1", "");

	(void)state;
	(void)add("sdb", "md", "2", "");
	look();
	assert_state(a, "waiting: 2 of 3 disks");
	assert_true(kb_assembly_pending(&f.assembly));
	(void)add("sdc", "md", "3", "");
	look();
	assert_state(a, "ready");
}

static void after_a_while_what_is_there_has_to_do(void **state)
{
	struct kb_place *a = add("sda", "md", "1", "");

	(void)state;
	(void)add("sdb", "md", "2", "");
	look();
	f.hotplug.is_settled = false;
	kb_timer_set(f.assembly.patience, 0);
	(void)!kb_loop_step(f.scanner.loop, 10);
	assert_state(a, "waiting: 2 of 3 disks");
	f.hotplug.is_settled = true;
	kb_timer_set(f.assembly.patience, 0);
	(void)!kb_loop_step(f.scanner.loop, 10);
	run_until_quiet();
	assert_state(a, "degraded: 2 of 3 disks");
	assert_false(kb_assembly_pending(&f.assembly));
}

/* One that cannot do without its members is not waited for, for ever. */
static void what_stays_incomplete_keeps_nobody_waiting(void **state)
{
	struct kb_place *a = add("sda", "md", "1", "");

	(void)state;
	look();
	kb_timer_set(f.assembly.patience, 0);
	(void)!kb_loop_step(f.scanner.loop, 10);
	run_until_quiet();
	assert_state(a, "waiting: 1 of 3 disks");
	assert_false(kb_assembly_pending(&f.assembly));
}

static void a_copy_of_a_member_does_not_count(void **state)
{
	(void)state;
	(void)add("sda", "md", "1", "");
	(void)add("sdb", "md", "1", "");
	(void)add("sdc", "md", "2", "");
	look();
	assert_int_equal(f.places.sets[0]->n_members, 2);
	assert_string_equal(f.places.sets[0]->members[0], "sda");
	assert_string_equal(f.places.sets[0]->members[1], "sdc");
}

static void the_same_members_are_put_together_once(void **state)
{
	unsigned before;

	(void)state;
	(void)add("sda", "md", "1", "");
	look();
	before = f.n_changed;
	look();
	assert_int_equal(f.n_changed, before);
	kb_assembly_again(&f.assembly);
	look();
	assert_true(f.n_changed > before);
}

/* The first one is mounted for all; when one is missing, none is. */
static void one_member_stands_for_a_filesystem(void **state)
{
	struct kb_place *a = add("sda", "btrfs", "1", "");
	struct kb_place *b = add("sdb", "btrfs", "2", "");
	struct kb_fit fit;

	(void)state;
	f.scanner.paused = true; /* nobody reads them */
	kb_places_fit(&f.places, KB_STR("UUID=u"), false, &fit);
	assert_null(fit.place);
	(void)add("sdc", "btrfs", "3", "");
	f.scanner.paused = false;
	look();
	assert_true(a->is_whole);
	assert_false(b->is_whole);
	kb_places_fit(&f.places, KB_STR("UUID=u"), false, &fit);
	assert_ptr_equal(fit.place, a);
	kb_scanner_device_removed(&f.scanner, "sdc");
	look();
	assert_false(a->is_whole);
	kb_places_fit(&f.places, KB_STR("UUID=u"), false, &fit);
	assert_null(fit.place);
}

static bool was_taken_apart(const char *name)
{
	for (size_t i = 0; i < f.fake->count; i++) {
		if (f.fake->calls[i].kind == FAKE_UMOUNT &&
		    strncmp(f.fake->calls[i].text + strlen("umount "), name, strlen(name)) == 0) {
			return true;
		}
	}
	return false;
}

/* From the top down; what is on another disk stays, and so does an array. */
static void what_stands_on_a_removed_disk_goes(void **state)
{
	(void)state;
	(void)add("sda", "luks", NULL, "");
	(void)add("sdb", NULL, NULL, "");
	(void)add("dm-0", "lvm", NULL, "sda");
	(void)add("dm-1", NULL, NULL, "dm-0");
	(void)add("dm-2", NULL, NULL, "sdb");
	(void)add("md127", NULL, NULL, "sda");
	kb_scanner_device_removed(&f.scanner, "sda");
	assert_null(kb_places_block(&f.places, KB_STR("dm-0")));
	assert_null(kb_places_block(&f.places, KB_STR("dm-1")));
	assert_non_null(kb_places_block(&f.places, KB_STR("dm-2")));
	assert_non_null(kb_places_block(&f.places, KB_STR("md127")));
	run_until_quiet();
	run_until_quiet();
	assert_true(was_taken_apart("dm-1"));
	assert_true(was_taken_apart("dm-0"));
	assert_false(was_taken_apart("dm-2"));
	assert_true(was_taken_apart("parts"));
}

/* The old device of a volume, or a part of it, may still be there by the name of the new one. */
static void nothing_is_assembled_while_something_is_taken_apart(void **state)
{
	const struct kb_assembler *md = &f.assembly.by_kind[KB_SET_MD];

	(void)state;
	(void)add("sda", "luks", NULL, "");
	(void)add("dm-0", NULL, NULL, "sda");
	(void)add("sdb", "md", "1", "");
	kb_scanner_device_removed(&f.scanner, "sda");
	assert_non_null(f.assembly.taker);
	kb_assembly_look(&f.assembly);
	assert_null(md->child);
	assert_true(kb_assembly_pending(&f.assembly));
	run_until_quiet();
	look();
	assert_int_equal(f.places.n_sets, 1);
}

static void nothing_is_taken_apart_while_something_is_assembled(void **state)
{
	(void)state;
	(void)add("sda", "luks", NULL, "");
	(void)add("dm-0", NULL, NULL, "sda");
	(void)add("sdb", "md", "1", "");
	kb_assembly_look(&f.assembly);
	assert_non_null(f.assembly.by_kind[KB_SET_MD].child);
	kb_scanner_device_removed(&f.scanner, "sda");
	assert_null(f.assembly.taker);
	run_until_quiet();
	assert_true(was_taken_apart("dm-0"));
}

static void hostile_lines_are_no_sets(void **state)
{
	static const char *const lines[] = {
		"",
		"[]",
		"{\"state\":99}",
		"{\"state\":-1}",
		"{\"state\":\"ready\"}",
		"{\"state\":1,\"members\":7}",
	};
	KB_ARENA struct kb_arena arena = {0};
	struct kb_set set;

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(lines); i++) {
		print_message("%s\n", lines[i]);
		assert_true(kb_assemble_decode(&arena, KB_SET_MD, kb_str_from(lines[i]), &set) < 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_members_make_a_set, setup, teardown),
		cmocka_unit_test_setup_teardown(missing_members_are_waited_for, setup, teardown),
		cmocka_unit_test_setup_teardown(after_a_while_what_is_there_has_to_do, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_stays_incomplete_keeps_nobody_waiting, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_copy_of_a_member_does_not_count, setup, teardown),
		cmocka_unit_test_setup_teardown(the_same_members_are_put_together_once, setup,
						teardown),
		cmocka_unit_test_setup_teardown(one_member_stands_for_a_filesystem, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_stands_on_a_removed_disk_goes, setup,
						teardown),
		cmocka_unit_test_setup_teardown(nothing_is_assembled_while_something_is_taken_apart,
						setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_is_taken_apart_while_something_is_assembled,
						setup, teardown),
		cmocka_unit_test(hostile_lines_are_no_sets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
