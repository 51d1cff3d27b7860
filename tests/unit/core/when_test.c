/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What waits for disks that are still being read, and what does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core_fixture.h"

/* sda1 was read and is the environment; sdb1 is being read. */
struct fixture {
	struct core_fixture core;
	struct kb_place *pending;
};

static int setup(void **state)
{
	static struct fixture f;
	struct core_fixture *c = &f.core;

	core_fixture_init(c, NULL);
	core_fixture_disk(c, "sda1", "linux=/vmlinuz\n")->uuid = "1-2";
	(void)core_fixture_disk(c, "sdb1", NULL);
	core_fixture_start(c);
	f.pending = c->core->engine.places.first->next;
	f.pending->status = KB_PLACE_SCANNING;
	f.pending->known = false;
	f.pending->found.has_device = false;
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	f->pending->status = KB_PLACE_READ;
	core_fixture_done(&f->core);
	return 0;
}

static bool is_time(struct fixture *f, struct kb_intent i)
{
	return kb_core_may_serve(f->core.core, &(struct kb_actor){0}, &i);
}

static void lists_wait(void **state)
{
	struct fixture *f = *state;

	assert_false(is_time(f, (struct kb_intent){.type = KB_DO_LABELS}));
	assert_false(is_time(f, (struct kb_intent){.type = KB_DO_DEVICES}));
	assert_true(is_time(f, (struct kb_intent){.type = KB_DO_LABELS, .want = "now"}));
	assert_true(is_time(f, (struct kb_intent){.type = KB_DO_MOUNTS}));
	f->pending->status = KB_PLACE_READ;
	assert_true(is_time(f, (struct kb_intent){.type = KB_DO_LABELS}));
}

static void what_is_found_does_not_wait(void **state)
{
	struct fixture *f = *state;

	assert_true(is_time(f, (struct kb_intent){.type = KB_DO_ROOT, .name = "sda1"}));
	assert_true(is_time(f, (struct kb_intent){.type = KB_DO_ROOT, .name = "/dev/sda1:"}));
	assert_false(is_time(f, (struct kb_intent){.type = KB_DO_ROOT, .name = "sdb1"}));
	/* A clone that comes before it may have the same. */
	assert_false(is_time(f, (struct kb_intent){.type = KB_DO_ROOT, .name = "UUID=1-2"}));
	assert_true(is_time(f, (struct kb_intent){.type = KB_DO_VISIT, .name = "sda1:/x"}));
	assert_true(is_time(f, (struct kb_intent){.type = KB_DO_VISIT, .name = "//tmp"}));
	assert_true(
		is_time(f,
			(struct kb_intent){.type = KB_DO_VISIT, .name = "x", .from = "sda1:/etc"}));
	assert_false(is_time(f, (struct kb_intent){.type = KB_DO_VISIT, .name = "/boot"}));
	assert_false(is_time(f, (struct kb_intent){.type = KB_DO_VISIT, .name = "x"}));
	assert_false(is_time(f, (struct kb_intent){.type = KB_DO_VISIT, .name = "a.b:/x"}));
	assert_true(is_time(f, (struct kb_intent){.type = KB_DO_VISIT, .name = "nfs://a.b/x"}));
	assert_true(is_time(f, (struct kb_intent){.type = KB_DO_SET, .name = "x", .value = "y"}));
	assert_false(
		is_time(f, (struct kb_intent){.type = KB_DO_SET, .name = "Root", .value = "y"}));
}

static void nothing_is_found_before_the_environment(void **state)
{
	struct fixture *f = *state;

	f->core.core->engine.environment.state = KB_ENV_UNKNOWN;
	assert_false(is_time(f, (struct kb_intent){.type = KB_DO_ROOT, .name = "sda1"}));
	assert_false(is_time(f, (struct kb_intent){.type = KB_DO_LABELS, .want = "now"}));
	assert_false(is_time(f, (struct kb_intent){.type = KB_DO_MOUNTS}));
}

/* It was read before, and its bus never falls quiet. */
static void a_disk_that_is_read_anew_keeps_nobody(void **state)
{
	struct fixture *f = *state;

	f->core.core->engine.options.simulation = NULL;
	f->core.core->engine.settled_ms = 1;
	f->pending->known = true;
	assert_true(is_time(f, (struct kb_intent){.type = KB_DO_LABELS}));
	f->pending->known = false;
	assert_false(is_time(f, (struct kb_intent){.type = KB_DO_LABELS}));
}

/* Without a look at what comes of it. */
static void write_line(const struct core_fixture *c, int client, const char *text)
{
	assert_int_equal(write(c->ends[client], text, strlen(text)), strlen(text));
}

static void one_question_waits_and_the_one_before_is_answered(void **state)
{
	struct fixture *f = *state;
	struct core_fixture *c = &f->core;
	int client = core_fixture_connect(c);
	struct kb_client *asker = c->core->server.first;

	write_line(c, client, "{\"do\":\"labels\",\"request\":7}\n");
	assert_int_equal(kb_loop_step(c->core->engine.loop, 10), 0);
	assert_int_equal(kb_loop_step(c->core->engine.loop, 10), 0);
	assert_int_equal(asker->n_questions, 1);
	write_line(c, client, "{\"do\":\"run\",\"request\":8,\"id\":\"Rescue\"}\n");
	assert_int_equal(kb_loop_step(c->core->engine.loop, 10), 0);
	assert_int_equal(kb_loop_step(c->core->engine.loop, 10), 0);
	assert_true(read(c->ends[client], c->heard, sizeof(c->heard)) > 0);
	assert_non_null(strstr(c->heard, "{\"type\":\"reply\",\"to\":\"labels\",\"request\":7,"
					 "\"text\":\"given up: something else was asked\"}\n"));
	assert_int_equal(asker->n_questions, 1);
	assert_int_equal(asker->questions->intent.type, KB_DO_RUN);
	assert_true(asker->questions->deferred);
	/* It is served when the devices are known. */
	f->pending->status = KB_PLACE_READ;
	f->pending->known = true;
	kb_core_ask_turn(c->core);
	assert_non_null(strstr(core_fixture_hear(c, client), "\"to\":\"run\",\"request\":8,"));
}

/* It would be booted after all. */
static void a_boot_that_waits_is_given_up_by_cancel(void **state)
{
	struct fixture *f = *state;
	struct core_fixture *c = &f->core;
	int client = core_fixture_connect(c);

	write_line(c, client, "{\"do\":\"boot\",\"id\":\"none\"}\n{\"do\":\"cancel\"}\n");
	for (int i = 0; i < 4; i++) {
		assert_int_equal(kb_loop_step(c->core->engine.loop, 10), 0);
	}
	assert_int_equal(c->core->server.first->n_questions, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lists_wait),
		TEST(what_is_found_does_not_wait),
		TEST(nothing_is_found_before_the_environment),
		TEST(a_disk_that_is_read_anew_keeps_nobody),
		TEST(a_boot_that_waits_is_given_up_by_cancel),
		TEST(one_question_waits_and_the_one_before_is_answered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
