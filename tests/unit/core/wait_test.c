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

#include "engine/engine_private.h"

static const struct kb_simulation simulation;

/* sda1 was read and is the environment; sdb1 is being read. */
struct fixture {
	struct kb_engine engine;
	struct kb_place read;
	struct kb_place pending;
};

static int setup(void **state)
{
	static struct fixture f;

	memset(&f, 0, sizeof(f));
	f.read.kind = KB_PLACE_DEVICE;
	f.read.status = KB_PLACE_READ;
	f.read.known = true;
	f.read.found.has_device = true;
	f.read.found.device = (struct kb_device){.name = "sda1", .uuid = "1-2"};
	f.read.next = &f.pending;
	f.pending.kind = KB_PLACE_DEVICE;
	f.pending.status = KB_PLACE_SCANNING;
	f.engine.options.simulation = &simulation;
	f.engine.places.first = &f.read;
	f.engine.environment_final = true;
	*state = &f;
	return 0;
}

static bool is_time(struct fixture *f, struct kb_intent i)
{
	return kb_engine_may_serve(&f->engine, &i);
}

static void lists_wait(void **state)
{
	struct fixture *f = *state;

	assert_false(is_time(f, (struct kb_intent){.type = KB_DO_LABELS}));
	assert_false(is_time(f, (struct kb_intent){.type = KB_DO_DEVICES}));
	assert_true(is_time(f, (struct kb_intent){.type = KB_DO_LABELS, .want = "now"}));
	assert_true(is_time(f, (struct kb_intent){.type = KB_DO_MOUNTS}));
	f->pending.status = KB_PLACE_READ;
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

	f->engine.environment_final = false;
	assert_false(is_time(f, (struct kb_intent){.type = KB_DO_ROOT, .name = "sda1"}));
	assert_false(is_time(f, (struct kb_intent){.type = KB_DO_LABELS, .want = "now"}));
	assert_false(is_time(f, (struct kb_intent){.type = KB_DO_MOUNTS}));
}

/* It was read before, and its bus never falls quiet. */
static void a_disk_that_is_read_anew_keeps_nobody(void **state)
{
	struct fixture *f = *state;

	f->engine.options.simulation = NULL;
	f->engine.had_settled = true;
	f->pending.known = true;
	assert_true(is_time(f, (struct kb_intent){.type = KB_DO_LABELS}));
	f->pending.known = false;
	assert_false(is_time(f, (struct kb_intent){.type = KB_DO_LABELS}));
}

static void one_question_waits_and_the_one_before_is_answered(void **state)
{
	struct fixture *f = *state;
	struct kb_server *s = &f->engine.server;
	const struct kb_intent labels = {.type = KB_DO_LABELS, .request = 7};
	const struct kb_intent run = {.type = KB_DO_RUN, .request = 8, .id = "Rescue"};
	char told[256] = "";
	int fds[2];

	assert_int_equal(kb_loop_create(&f->engine.loop), 0);
	s->loop = f->engine.loop;
	assert_int_equal(kb_server_init(s), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
	assert_int_equal(kb_server_add(s, fds[0]), 0);
	kb_engine_intent(&f->engine, s->first, &labels);
	assert_int_equal(read(fds[1], told, sizeof(told) - 1), -1);
	kb_engine_intent(&f->engine, s->first, &run);
	assert_true(read(fds[1], told, sizeof(told) - 1) > 0);
	assert_string_equal(told, "{\"type\":\"reply\",\"to\":\"labels\",\"request\":7,"
				  "\"text\":\"given up: something else was asked\"}\n");
	assert_int_equal(s->first->owed.type, KB_DO_RUN);
	assert_string_equal(s->first->owed.id, "Rescue");
	/* It is served long after something else was. */
	s->first->request = 9;
	f->pending.status = KB_PLACE_READ;
	f->engine.places.first = NULL;
	kb_engine_pay_owed(&f->engine);
	memset(told, 0, sizeof(told));
	assert_true(read(fds[1], told, sizeof(told) - 1) > 0);
	assert_non_null(strstr(told, "\"to\":\"run\",\"request\":8,"));
	kb_server_done(s);
	kb_loop_destroy(f->engine.loop);
	(void)close(fds[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(lists_wait, setup),
		cmocka_unit_test_setup(what_is_found_does_not_wait, setup),
		cmocka_unit_test_setup(nothing_is_found_before_the_environment, setup),
		cmocka_unit_test_setup(a_disk_that_is_read_anew_keeps_nobody, setup),
		cmocka_unit_test_setup(one_question_waits_and_the_one_before_is_answered, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
