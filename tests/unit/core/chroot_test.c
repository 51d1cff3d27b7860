/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which systems there are, and what a worker that holds one is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core_fixture.h"

static void start(struct core_fixture *f, const char *config)
{
	core_fixture_init(f, config);
	(void)core_fixture_disk(f, "sda1", NULL);
	(void)core_fixture_disk(f, "sda2", NULL);
	temp_dir_text(&f->dir, "sda2/etc/fstab", "/dev/sda2 / ext4 defaults 0 0\n");
	temp_dir_text(&f->dir, "sda2/etc/os-release", "PRETTY_NAME=\"A \\\"system\\\"\"\n");
	core_fixture_start(f);
}

static const char *say(struct core_fixture *f, const char *line)
{
	return core_fixture_say(f, core_fixture_connect(f), line);
}

static void a_system_is_what_has_an_fstab(void **state)
{
	static struct core_fixture f;
	const char *heard;

	(void)state;
	start(&f, NULL);
	heard = say(&f, "{\"do\":\"systems\"}");
	assert_non_null(strstr(heard, "\"rows\":[[\"sda2\",\"A \\\"system\\\"\""));
	assert_null(strstr(heard, "sda1"));
	core_fixture_done(&f);
}

static void only_what_is_there_is_held(void **state)
{
	static struct core_fixture f;

	(void)state;
	start(&f, NULL);
	assert_non_null(strstr(say(&f, "{\"do\":\"chroot\",\"name\":\"sda2\",\"want\":\"ro\"}"),
			       "this is a simulation"));
	core_fixture_is_machine(&f);
	assert_non_null(strstr(core_fixture_say(&f, 0, "{\"do\":\"chroot\",\"name\":\"sdz\"}"),
			       "there is no device sdz"));
	assert_non_null(
		strstr(core_fixture_say(&f, 0,
					"{\"do\":\"chroot\",\"name\":\"sda2\",\"want\":\"x\"}"),
		       "a chroot is rw or ro"));
	assert_non_null(strstr(core_fixture_say(&f, 0, "{\"do\":\"chroot-end\",\"name\":\"x\"}"),
			       "that is no number of a worker"));
	core_fixture_done(&f);
}

/* What is said for this one counts, whatever mount_rw is. */
static void what_is_wanted_reaches_the_worker(void **state)
{
	static const struct {
		const char *config;
		const char *line;
		const char *system; /* "": the environment's */
		const char *name;
		bool read_write;
		bool insist;
	} cases[] = {
		{NULL, "{\"do\":\"chroot\"}", "", "", false, false},
		{"mount_rw=true\n", "{\"do\":\"chroot\"}", "", "", true, false},
		{"mount_rw=true\n", "{\"do\":\"chroot\",\"name\":\"sda2\",\"want\":\"ro\"}", "sda2",
		 "", false, false},
		{NULL, "{\"do\":\"chroot\",\"name\":\"/dev/sda2\",\"want\":\"rw\"}", "sda2", "",
		 true, true},
		{NULL, "{\"do\":\"chroot\",\"name\":\"sda1:/\",\"want\":\"rw\"}", "sda1", "sda1:/",
		 true, true},
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		static struct core_fixture f;
		const struct kb_request *q;

		start(&f, cases[i].config);
		core_fixture_is_machine(&f);
		(void)say(&f, cases[i].line);
		q = f.core->requests;
		assert_non_null(q);
		assert_string_equal(q->system ? q->system : "", cases[i].system);
		assert_string_equal(q->prompt.name ? q->prompt.name : "", cases[i].name);
		assert_int_equal(q->prompt.read_write, cases[i].read_write);
		assert_int_equal(q->prompt.insist, cases[i].insist);
		core_fixture_done(&f);
	}
}

/* A report is written while a system is held. */
static void one_of_two_can_be_ended(void **state)
{
	static struct core_fixture f;
	const struct kb_intent intent = {.type = KB_DO_CHROOT, .request = 1};
	struct kb_request *first;

	(void)state;
	start(&f, NULL);
	(void)core_fixture_connect(&f);
	first = kb_request_create(f.core, f.core->server.first, &intent);
	(void)!kb_request_create(f.core, f.core->server.first, &intent);
	assert_non_null(f.core->requests->next);
	/* Of neither of them, which have no worker here. */
	kb_requests_end_chroots(f.core, first->asked.client, 4711);
	assert_non_null(f.core->requests->next);
	kb_requests_end_chroots(f.core, first->asked.client, 0);
	assert_null(f.core->requests);
	core_fixture_done(&f);
}

static void a_restricted_kboot_holds_none(void **state)
{
	static struct core_fixture f;
	int client;

	(void)state;
	start(&f, "restricted=true\n");
	core_fixture_is_machine(&f);
	client = core_fixture_connect(&f);
	assert_non_null(strstr(core_fixture_say(&f, client, "{\"do\":\"systems\"}"), "restricted"));
	assert_non_null(
		strstr(core_fixture_say(&f, client, "{\"do\":\"chroot\",\"name\":\"sda2\"}"),
		       "restricted"));
	assert_null(f.core->requests);
	core_fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_system_is_what_has_an_fstab),
		cmocka_unit_test(only_what_is_there_is_held),
		cmocka_unit_test(what_is_wanted_reaches_the_worker),
		cmocka_unit_test(one_of_two_can_be_ended),
		cmocka_unit_test(a_restricted_kboot_holds_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
