/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What visits of the prompt tell of a broken fstab, and whom: real workers, on folders. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/engine_private.h"
#include "fake_sys.h"
#include "temp_dir.h"

enum { DEVICES = 2, CLIENTS = 2, STEP_MS = 1000, STEPS = 60 };

#define WRONG "/etc/fstab:1:1: there is no directory: the line is skipped"

struct fixture {
	struct fake_sys *fake;
	struct temp_dir disks;
	struct kb_place places[DEVICES];
	char trees[DEVICES][96];
	struct kb_engine engine;
	int ends[CLIENTS]; /* the prompts' */
	struct kb_client *clients[CLIENTS];
	char said[4096];
};

static void write_fstab(struct fixture *f, int device, const char *text)
{
	char path[32];

	(void)snprintf(path, sizeof(path), "%d/etc/fstab", device);
	temp_dir_text(&f->disks, path, text);
}

static void ignore(void *ctx)
{
	(void)ctx;
}

static void add_device(struct fixture *f, int i, const char *name)
{
	struct kb_place *p = &f->places[i];

	(void)snprintf(f->trees[i], sizeof(f->trees[i]), "%s/%d", f->disks.path, i);
	*p = (struct kb_place){.kind = KB_PLACE_DEVICE,
			       .status = KB_PLACE_READ,
			       .found = {.has_device = true,
					 .device = {.name = name, .tree = f->trees[i]}},
			       .next = i + 1 < DEVICES ? p + 1 : NULL};
	write_fstab(f, i, "broken\n");
}

static void add_client(struct fixture *f, int i)
{
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	assert_int_equal(kb_server_add(&f->engine.server, ends[0]), 0);
	f->clients[i] = f->engine.server.first;
	f->ends[i] = ends[1];
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct kb_engine *e;

	assert_non_null(f);
	e = &f->engine;
	*state = f;
	f->fake = fake_sys_create();
	assert_non_null(f->fake);
	fake_sys_let_processes_through(f->fake);
	temp_dir_init(&f->disks);
	assert_int_equal(kb_loop_create(&e->loop), 0);
	e->sys = &f->fake->table;
	e->journal.sys = e->sys;
	e->places = (struct kb_places){.sys = e->sys, .sysfs_fd = -1, .first = f->places};
	e->server.loop = e->loop;
	e->server.journal = &e->journal;
	e->server.left = ignore;
	assert_int_equal(kb_server_init(&e->server), 0);
	add_device(f, 0, "sda2");
	add_device(f, 1, "sdb2");
	(void)snprintf(e->environment, sizeof(e->environment), "sda2");
	for (int i = 0; i < CLIENTS; i++) {
		add_client(f, i);
	}
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	kb_requests_forget(&f->engine, NULL);
	kb_server_done(&f->engine.server);
	kb_loop_destroy(f->engine.loop);
	for (int i = 0; i < CLIENTS; i++) {
		(void)close(f->ends[i]);
	}
	temp_dir_done(&f->disks);
	fake_sys_destroy(f->fake);
	free(f);
	return 0;
}

/* The text of the answer to a client's visit. */
static const char *visit(struct fixture *f, int client, const char *name, const char *want)
{
	const struct kb_intent intent = {.type = KB_DO_VISIT, .name = name, .want = want};
	struct kb_engine *e = &f->engine;
	KB_ARENA struct kb_arena arena = {0};
	const struct kb_json *reply = NULL;
	ssize_t n;

	kb_engine_do_visit(e, f->clients[client], &intent);
	for (int i = 0; e->requests && i < STEPS; i++) {
		assert_true(kb_loop_step(e->loop, STEP_MS) >= 0);
	}
	assert_null(e->requests);
	n = read(f->ends[client], f->said, sizeof(f->said));
	assert_true(n > 0 && f->said[n - 1] == '\n');
	assert_int_equal(kb_json_parse(&arena, kb_str_of(f->said, (size_t)n), &reply), 0);
	(void)snprintf(f->said, sizeof(f->said), "%s", kb_json_get_str(reply, "text", ""));
	return f->said;
}

static unsigned times_logged(const struct fixture *f, const char *text)
{
	const struct kb_log *log = &f->engine.journal.log;
	unsigned n = 0;

	for (const struct kb_log_line *l = kb_log_next(log, 0); l; l = kb_log_next(log, l->seq)) {
		n += strcmp(l->text, text) == 0;
	}
	return n;
}

static void once_for_each_file(void **state)
{
	struct fixture *f = *state;

	write_fstab(f, 0, "broken\nagain\n");
	assert_string_equal(visit(f, 0, "/", "dir"),
			    WRONG "\n/etc/fstab:2:1: there is no directory: the line is skipped");
	assert_string_equal(visit(f, 0, "/etc", "dir"), "");
	assert_string_equal(visit(f, 0, "/", "any"), "");
	write_fstab(f, 0, "broken\n");
	assert_string_equal(visit(f, 0, "/", "dir"), WRONG);
	assert_string_equal(visit(f, 0, "/", "dir"), "");
	/* Once for each of the two files. */
	assert_int_equal(times_logged(f, WRONG), 2);
}

static void once_for_each_environment(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(visit(f, 0, "/", "dir"), WRONG);
	(void)snprintf(f->engine.environment, sizeof(f->engine.environment), "sdb2");
	assert_string_equal(visit(f, 0, "/", "dir"), WRONG);
	assert_string_equal(visit(f, 0, "/", "dir"), "");
	(void)snprintf(f->engine.environment, sizeof(f->engine.environment), "sda2");
	assert_string_equal(visit(f, 0, "/", "dir"), "");
}

/* Somebody on another console has not seen it. The log has it. */
static void once_for_each_client(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(visit(f, 0, "/", "dir"), WRONG);
	assert_string_equal(visit(f, 1, "/", "dir"), WRONG);
	assert_string_equal(visit(f, 0, "/", "dir"), "");
	assert_string_equal(visit(f, 1, "/", "dir"), "");
	assert_int_equal(times_logged(f, WRONG), 1);
}

static void not_to_those_who_do_not_read_it(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(visit(f, 0, "/", "look"), "");
	assert_string_equal(visit(f, 0, "/etc/fstab", "look"), "/etc/fstab is not a directory");
	assert_string_equal(visit(f, 0, "/none", "dir"),
			    "/none: there is no such file or directory");
	assert_int_equal(times_logged(f, WRONG), 1);
	assert_string_equal(visit(f, 0, "/", "dir"), WRONG);
}

/* What was mounted is told whenever it was. */
static void news_are_no_mistakes(void **state)
{
	struct fixture *f = *state;

	write_fstab(f, 0, "/dev/sdb2 /home auto\n");
	assert_string_equal(visit(f, 0, "/home", "dir"), "/etc/fstab:1: /home is on sdb2");
	assert_string_equal(visit(f, 0, "/home", "dir"), "/etc/fstab:1: /home is on sdb2");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(once_for_each_file),   TEST(once_for_each_environment),
		TEST(once_for_each_client), TEST(not_to_those_who_do_not_read_it),
		TEST(news_are_no_mistakes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
