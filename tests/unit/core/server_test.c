/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clients that do not read, too many of them, and who is told what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core_fixture.h"

static int setup(void **state)
{
	static struct core_fixture f;

	core_fixture_init(&f, "linux=//k quiet\n");
	core_fixture_start(&f);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	core_fixture_done(*state);
	return 0;
}

/* It wants the log, and its going is a line of the log. */
static void a_client_that_does_not_read_loses_its_connection(void **state)
{
	struct core_fixture *f = *state;
	static char big[100001];
	const struct kb_message m = {.type = KB_MSG_GREETING, .text = big};
	struct kb_client *c;
	int n = 0;

	memset(big, 'x', sizeof(big) - 1);
	(void)core_fixture_connect(f);
	c = f->core->server.first;
	c->wants_log = true;
	while (!c->dropped && n < 100) {
		kb_client_send(c, &m);
		n++;
	}
	assert_true(c->dropped);
	assert_in_range(c->out.len, KB_CLIENT_MAX_PENDING / 2,
			KB_CLIENT_MAX_PENDING + sizeof(big) * 2);
	assert_true(core_fixture_logged(f, "does not read what it is told"));
	core_fixture_run(f);
	assert_null(f->core->server.first);
}

/* Together they have one share; who keeps most of it goes. */
static void clients_share_their_memory(void **state)
{
	struct core_fixture *f = *state;
	static char big[200001];
	const struct kb_message m = {.type = KB_MSG_GREETING, .text = big};
	struct kb_client *greedy;
	struct kb_client *modest;

	memset(big, 'x', sizeof(big) - 1);
	(void)core_fixture_connect(f);
	greedy = f->core->server.first;
	(void)core_fixture_connect(f);
	modest = f->core->server.first;
	f->core->server.max_pending = sizeof(big) * 7 / 2;
	kb_client_send(modest, &m);
	kb_client_send(greedy, &m);
	kb_client_send(greedy, &m);
	assert_false(modest->dropped || greedy->dropped);
	kb_client_send(modest, &(struct kb_message){.type = KB_MSG_CATALOG_END});
	kb_client_send(greedy, &(struct kb_message){.type = KB_MSG_GREETING, .text = big});
	assert_true(greedy->dropped);
	assert_false(modest->dropped);
}

/* What changes costs nothing until it is read. */
static void a_menu_that_stands_still_stays(void **state)
{
	struct core_fixture *f = *state;
	int menu = core_fixture_connect(f);
	struct kb_client *c = f->core->server.first;

	(void)core_fixture_say(f, menu, "{\"do\":\"watch\",\"tty\":\"tty1\"}");
	for (int i = 0; i < 20000; i++) {
		kb_engine_notice(&f->core->engine, KB_NOTICE_INFO, "This is notice %d.", i);
		assert_int_equal(kb_loop_step(f->core->engine.loop, 0), 0);
	}
	assert_false(c->dropped);
	assert_true(c->out.len <= KB_CLIENT_ENOUGH * 2);
	for (int i = 0; i < 100 && !strstr(core_fixture_hear(f, menu), "This is notice 19999.");
	     i++) {
	}
	assert_non_null(strstr(f->heard, "This is notice 19999."));
}

static unsigned count(const char *text, const char *word)
{
	unsigned n = 0;

	for (const char *at = strstr(text, word); at; at = strstr(at + 1, word)) {
		n++;
	}
	return n;
}

static void a_catalog_goes_out_when_it_is_another(void **state)
{
	struct core_fixture *f = *state;
	int menu = core_fixture_connect(f);
	const char *heard = core_fixture_say(f, menu, "{\"do\":\"watch\"}");

	assert_int_equal(count(heard, "\"catalog-end\""), 1);
	/* Places change and nothing that is shown does. */
	kb_engine_place_changing(&f->core->engine);
	kb_engine_place_changed(&f->core->engine);
	assert_int_equal(count(core_fixture_hear(f, menu), "\"catalog-end\""), 0);
	heard = core_fixture_say(
		f, menu, "{\"do\":\"set\",\"name\":\"new\",\"value\":\"//k2\",\"request\":7}");
	assert_int_equal(count(heard, "\"catalog-end\""), 1);
	assert_non_null(strstr(heard, "\"label\":\"new\""));
	/* A list is drawn with the state that belongs to it. */
	assert_true(strstr(heard, "\"catalog-end\"") < strrchr(heard, '{'));
}

static void a_list_ends_with_its_answer(void **state)
{
	struct core_fixture *f = *state;
	int client = core_fixture_connect(f);
	const char *heard = core_fixture_say(f, client, "{\"do\":\"list\",\"request\":3}");
	const char *end = strstr(heard, "\"catalog-end\"");

	assert_non_null(end);
	assert_non_null(
		strstr(end, "{\"type\":\"reply\",\"to\":\"list\",\"request\":3,\"ok\":true"));
}

static int add(struct core_fixture *f, int *ret_end)
{
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	*ret_end = ends[1];
	return kb_core_add_client(f->core, ends[0]);
}

/* However many others there are. */
static void a_menu_of_the_machine_always_gets_in(void **state)
{
	struct core_fixture *f = *state;
	int ends[KB_MAX_CLIENTS * 2];
	int menu = core_fixture_connect(f);
	uint64_t id = f->core->server.first->id;

	(void)core_fixture_say(f, menu, "{\"do\":\"watch\",\"tty\":\"tty1\"}");
	for (int i = 0; i < KB_MAX_CLIENTS * 2; i++) {
		assert_int_equal(add(f, &ends[i]), 0);
	}
	assert_int_equal(f->core->server.n_clients, KB_MAX_CLIENTS);
	assert_non_null(kb_server_find(&f->core->server, id));
	assert_true(core_fixture_logged(f, "the oldest that is no menu had to go"));
	assert_non_null(strstr(core_fixture_say(f, menu, "{\"do\":\"status\"}"), "\"ok\":true"));
	for (int i = 0; i < KB_MAX_CLIENTS * 2; i++) {
		(void)close(ends[i]);
	}
}

static unsigned times_logged(const struct core_fixture *f, const char *text)
{
	const struct kb_log *log = &f->core->engine.journal.log;
	unsigned n = 0;

	for (const struct kb_log_line *l = kb_log_next(log, 0); l; l = kb_log_next(log, l->seq)) {
		n += strstr(l->text, text) != NULL;
	}
	return n;
}

/* No descriptor is left: the client waits in the socket's queue, and the loop does not spin. */
static void a_client_waits_for_a_descriptor(void **state)
{
	struct core_fixture *f = *state;
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct rlimit before;
	struct rlimit none;
	struct kb_error err = {0};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int64_t begin_ms;

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s/sock", f->dir.path);
	assert_int_equal(kb_server_listen(&f->core->server, address.sun_path, &err), 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 3;
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	begin_ms = kb_sys_linux.now_ms(NULL);
	for (int i = 0; i < 10; i++) {
		assert_int_equal(kb_loop_step(f->core->engine.loop, 20), 0);
	}
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	/* Most rounds had nothing to do. */
	assert_true(kb_sys_linux.now_ms(NULL) - begin_ms >= 100);
	assert_int_equal(times_logged(f, "a client has to wait"), 1);
	assert_null(f->core->server.first);
	/* Again, the moment after the pause: */
	kb_timer_set(f->core->server.accept_again, 0);
	core_fixture_run(f);
	assert_non_null(f->core->server.first);
	(void)close(fd);
}

/* Nobody who waits for an answer is listened to without end. */
static void questions_have_an_end(void **state)
{
	struct core_fixture *f = *state;
	int client = core_fixture_connect(f);
	struct kb_client *c = f->core->server.first;
	char line[] = "{\"do\":\"activity\"}\n";

	for (int i = 0; i < 100000; i++) {
		if (write(f->ends[client], line, strlen(line)) < 0) {
			break;
		}
	}
	assert_int_equal(kb_loop_step(f->core->engine.loop, 10), 0);
	assert_true(c->n_questions <= KB_CLIENT_MAX_QUESTIONS + 5000);
	core_fixture_run(f);
	assert_int_equal(c->n_questions, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_client_that_does_not_read_loses_its_connection),
		TEST(clients_share_their_memory),
		TEST(a_menu_that_stands_still_stays),
		TEST(a_catalog_goes_out_when_it_is_another),
		TEST(a_list_ends_with_its_answer),
		TEST(a_menu_of_the_machine_always_gets_in),
		TEST(a_client_waits_for_a_descriptor),
		TEST(questions_have_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
