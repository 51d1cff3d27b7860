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

#include "core_fixture.h"
#include "kboot/base/json.h"

enum { CLIENTS = 2 };

#define WRONG "/etc/fstab:1:1: there is no directory: the line is skipped"

struct fixture {
	struct core_fixture core;
	int clients[CLIENTS];
	char text[4096];
};

static void write_fstab(struct fixture *f, const char *device, const char *text)
{
	char path[32];

	(void)snprintf(path, sizeof(path), "%s/etc/fstab", device);
	temp_dir_text(&f->core.dir, path, text);
}

static void set_root(struct fixture *f, const char *name)
{
	char line[96];

	(void)snprintf(line, sizeof(line), "{\"do\":\"root\",\"name\":\"%s\"}", name);
	(void)core_fixture_say(&f->core, f->clients[0], line);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	*state = f;
	core_fixture_init(&f->core, NULL);
	(void)core_fixture_disk(&f->core, "sda2", NULL);
	(void)core_fixture_disk(&f->core, "sdb2", NULL);
	write_fstab(f, "sda2", "broken\n");
	write_fstab(f, "sdb2", "broken\n");
	core_fixture_start(&f->core);
	for (int i = 0; i < CLIENTS; i++) {
		f->clients[i] = core_fixture_connect(&f->core);
	}
	set_root(f, "sda2");
	/* What the scan found of it is another story. */
	f->core.core->engine.journal.log = (struct kb_log){0};
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	core_fixture_done(&f->core);
	free(f);
	return 0;
}

/* The text of the answer to a client's visit. */
static const char *visit(struct fixture *f, int client, const char *name, const char *want)
{
	KB_ARENA struct kb_arena arena = {0};
	const struct kb_json *reply = NULL;
	char line[128];
	const char *heard;

	(void)snprintf(line, sizeof(line), "{\"do\":\"visit\",\"name\":\"%s\",\"want\":\"%s\"}",
		       name, want);
	heard = core_fixture_say(&f->core, f->clients[client], line);
	assert_int_equal(kb_json_parse(&arena, kb_str_from(heard), &reply), 0);
	(void)snprintf(f->text, sizeof(f->text), "%s", kb_json_get_str(reply, "text", ""));
	return f->text;
}

static unsigned times_logged(const struct fixture *f, const char *text)
{
	const struct kb_log *log = &f->core.core->engine.journal.log;
	unsigned n = 0;

	for (const struct kb_log_line *l = kb_log_next(log, 0); l; l = kb_log_next(log, l->seq)) {
		n += strcmp(l->text, text) == 0;
	}
	return n;
}

static void once_for_each_file(void **state)
{
	struct fixture *f = *state;

	write_fstab(f, "sda2", "broken\nagain\n");
	assert_string_equal(visit(f, 0, "/", "dir"),
			    WRONG "\n/etc/fstab:2:1: there is no directory: the line is skipped");
	assert_string_equal(visit(f, 0, "/etc", "dir"), "");
	assert_string_equal(visit(f, 0, "/", "any"), "");
	write_fstab(f, "sda2", "broken\n");
	assert_string_equal(visit(f, 0, "/", "dir"), WRONG);
	assert_string_equal(visit(f, 0, "/", "dir"), "");
	/* Once for each of the two files. */
	assert_int_equal(times_logged(f, WRONG), 2);
}

static void once_for_each_environment(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(visit(f, 0, "/", "dir"), WRONG);
	set_root(f, "sdb2");
	assert_string_equal(visit(f, 0, "/", "dir"), WRONG);
	assert_string_equal(visit(f, 0, "/", "dir"), "");
	set_root(f, "sda2");
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
	assert_string_equal(visit(f, 0, "/etc/fstab", "look"), "/etc/fstab: not a directory");
	assert_string_equal(visit(f, 0, "/none", "dir"),
			    "/none: there is no such file or directory");
	assert_int_equal(times_logged(f, WRONG), 1);
	assert_string_equal(visit(f, 0, "/", "dir"), WRONG);
}

/* What was mounted is told whenever it was. */
static void news_are_no_mistakes(void **state)
{
	struct fixture *f = *state;

	write_fstab(f, "sda2", "/dev/sdb2 /home auto\n");
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
