/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka.h wants the four above first. */
#include <cmocka.h>
#include <fcntl.h>
#include <sys/socket.h>

#include "kboot/proto/connection.h"

struct fixture {
	struct kb_connection connection;
	struct kb_arena kept;
	const char *notice; /* in kept */
	unsigned n_messages;
	int engine; /* the other end */
};

static void take_message(void *ctx, const struct kb_message *m, struct kb_arena *arena)
{
	struct fixture *f = ctx;

	f->n_messages++;
	if (m->type == KB_MSG_STATE) {
		kb_arena_done(&f->kept);
		f->kept = *arena;
		*arena = (struct kb_arena){0};
		f->notice = m->state.notice;
	}
}

static bool take_line(void *ctx, struct kb_str line)
{
	(void)ctx;
	return kb_str_starts(line, KB_STR("{\"type\":\"catalog"));
}

static int setup(void **state)
{
	static struct fixture f;
	int ends[2];

	f = (struct fixture){.connection = {.ctx = &f, .line = take_line, .message = take_message}};
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	kb_connection_open(&f.connection, ends[0]);
	f.engine = ends[1];
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	kb_connection_done(&f->connection);
	kb_arena_done(&f->kept);
	(void)kb_close(f->engine);
	return 0;
}

static void engine_says(struct fixture *f, const char *lines)
{
	assert_int_equal(send(f->engine, lines, strlen(lines), 0), strlen(lines));
}

static void engine_heard(struct fixture *f, const char *lines)
{
	char heard[512] = "";

	assert_true(recv(f->engine, heard, sizeof(heard) - 1, MSG_DONTWAIT) > 0);
	assert_string_equal(heard, lines);
}

static void a_reply_is_known_by_its_number(void **state)
{
	const struct kb_intent visit = {.type = KB_DO_VISIT, .name = "/a"};
	struct fixture *f = *state;
	struct kb_connection *c = &f->connection;
	struct kb_error err = {0};

	assert_int_equal(kb_connection_ask(c, &visit, &err), 0);
	assert_int_equal(kb_connection_ask(c, &visit, &err), 0);
	engine_heard(f, "{\"do\":\"visit\",\"request\":1,\"name\":\"/a\"}\n"
			"{\"do\":\"visit\",\"request\":2,\"name\":\"/a\"}\n");
	engine_says(f, "{\"type\":\"reply\",\"to\":\"visit\",\"request\":1,\"text\":\"old\"}\n"
		       "{\"type\":\"reply\",\"to\":\"visit\",\"text\":\"no number\"}\n");
	assert_int_equal(kb_connection_receive(c), 1);
	assert_true(c->awaited == 2);
	engine_says(f, "{\"type\":\"reply\",\"to\":\"visit\",\"request\":2,\"ok\":true,"
		       "\"text\":\"new\"}\n"
		       "{\"type\":\"reply\",\"to\":\"visit\",\"request\":2,\"text\":\"twice\"}\n");
	assert_int_equal(kb_connection_wait(c, -1, &err), 0);
	assert_true(c->awaited == 0);
	assert_true(c->reply.ok);
	assert_string_equal(c->reply.text, "new");
	assert_int_equal(f->n_messages, 4);
	kb_connection_close(c);
	assert_string_equal(c->reply.text, "new");
}

static void what_is_said_unasked_is_handed_on(void **state)
{
	struct fixture *f = *state;

	engine_says(f, "{\"type\":\"catalog\",\"count\":0}\nno JSON\n{\"type\":\"new\"}\n"
		       "{\"type\":\"state\",\"phase\":\"waiting\",\"stage\":\"none\","
		       "\"notice_level\":\"none\",\"notice\":\"here\"}\n{\"type\":");
	assert_int_equal(kb_connection_receive(&f->connection), 1);
	assert_int_equal(f->n_messages, 1);
	assert_string_equal(f->notice, "here");
	assert_int_equal(kb_connection_receive(&f->connection), -EAGAIN);
	engine_says(f, "\"hello\"}\n");
	assert_int_equal(kb_connection_receive(&f->connection), 1);
	assert_int_equal(f->n_messages, 2);
}

static void a_lost_engine_is_told(void **state)
{
	const struct kb_intent status = {.type = KB_DO_STATUS};
	struct fixture *f = *state;
	struct kb_error err = {0};

	assert_int_equal(kb_connection_ask(&f->connection, &status, &err), 0);
	assert_int_equal(kb_connection_wait(&f->connection, 20, &err), -ETIMEDOUT);
	assert_string_equal(err.text, "the boot engine does not answer");
	engine_says(f, "{\"type\":\"bye\"}\n");
	f->engine = kb_close(f->engine);
	assert_int_equal(kb_connection_wait(&f->connection, -1, &err), -EPIPE);
	assert_string_equal(err.text, "the boot engine ended without an answer");
	assert_int_equal(f->n_messages, 1);
	/* What cannot be sent any more is not kept. */
	kb_connection_put(&f->connection, KB_STR("{\"do\":\"cancel\"}\n"));
	assert_int_equal(f->connection.out.len, 0);
	assert_int_equal(kb_connection_receive(&f->connection), -EPIPE);
}

static void what_a_full_socket_does_not_take_goes_later(void **state)
{
	static char block[64 << 10];
	static char read_back[64 << 10];
	struct fixture *f = *state;
	struct kb_connection *c = &f->connection;
	size_t sent = 0;
	size_t got = 0;
	ssize_t n;

	memset(block, 'x', sizeof(block));
	while (c->out.len == 0) {
		kb_connection_put(c, kb_str_of(block, sizeof(block)));
		sent += sizeof(block);
	}
	kb_connection_put(c, KB_STR("end"));
	while ((n = recv(f->engine, read_back, sizeof(read_back), MSG_DONTWAIT)) > 0) {
		got += (size_t)n;
		kb_connection_flush(c);
	}
	assert_int_equal(c->out.len, 0);
	assert_int_equal(got, sent + strlen("end"));
}

static void a_question_that_is_too_long_is_refused(void **state)
{
	static char name[KB_PROTO_MAX_LINE + 1];
	const struct kb_intent visit = {.type = KB_DO_VISIT, .name = name};
	struct fixture *f = *state;
	struct kb_error err = {0};

	memset(name, 'n', sizeof(name) - 1);
	assert_int_equal(kb_connection_ask(&f->connection, &visit, &err), -EMSGSIZE);
	assert_string_equal(err.text, "that is too long for the boot engine");
	assert_true(f->connection.awaited == 0);
	assert_int_equal(recv(f->engine, name, 1, MSG_DONTWAIT), -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_reply_is_known_by_its_number),
		TEST(what_is_said_unasked_is_handed_on),
		TEST(a_lost_engine_is_told),
		TEST(what_a_full_socket_does_not_take_goes_later),
		TEST(a_question_that_is_too_long_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
