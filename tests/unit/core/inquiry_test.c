/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A boot that waits for a person: who is asked, who may answer, and what happens if nobody does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core_fixture.h"

static struct core_fixture f;
static struct kb_fetch_question question;

static int setup(void **state)
{
	core_fixture_init(&f, "Net=//vmlinuz quiet\n");
	core_fixture_start(&f);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	core_fixture_done(&f);
	return 0;
}

/* As if a fetcher of the wanted entry had come back with it. */
static void ask(enum kb_fetch_want want, const char *server, const char *user, bool is_chosen)
{
	struct kb_engine *e = &f.core->engine;

	question = (struct kb_fetch_question){.want = want};
	(void)snprintf(question.server, sizeof(question.server), "%s", server);
	(void)snprintf(question.user, sizeof(question.user), "%s", user);
	(void)snprintf(question.host_key, sizeof(question.host_key), "h ssh-ed25519 AAAA");
	e->state = KB_ENGINE_BOOTING;
	e->is_chosen = is_chosen;
	e->pipeline.load++;
	e->pipeline.entry.kernel = "https://h/vmlinuz";
	e->pipeline.stage = KB_STAGE_RESOLVING; /* nothing goes on by itself */
	e->pipeline.question = &question;
	e->pipeline.question_number++;
	kb_engine_ask(e, KB_WORK_PIPELINE);
	kb_engine_changed(e);
}

/* The client that has connected last. */
static void wants_it(void)
{
	f.core->asker = f.core->server.first->id;
}

static bool hears(int client, const char *text)
{
	return strstr(core_fixture_hear(&f, client), text);
}

static void who_wants_the_boot_is_asked_and_nobody_else(void **state)
{
	int other = core_fixture_connect(&f);
	int asker = core_fixture_connect(&f);
	const char *heard;

	(void)state;
	wants_it();
	ask(KB_FETCH_WANTS_LOGIN, "https://h:1", "", true);
	heard = core_fixture_hear(&f, asker);
	assert_non_null(strstr(heard, "{\"type\":\"question\",\"question\":1,\"kind\":\"login\","
				      "\"text\":\"https://h:1 wants a name and password.\"}"));
	assert_false(hears(other, "question"));
	heard = core_fixture_say(
		&f, other, "{\"do\":\"answer\",\"question\":1,\"user\":\"u\",\"secret\":\"s\"}");
	assert_non_null(strstr(heard, "that is not asked any more"));
	heard = core_fixture_say(
		&f, asker, "{\"do\":\"answer\",\"question\":9,\"user\":\"u\",\"secret\":\"s\"}");
	assert_non_null(strstr(heard, "that is not asked any more"));
	assert_ptr_equal(f.core->engine.pipeline.question, &question);
}

static void an_answer_is_for_that_server_and_is_logged_nowhere(void **state)
{
	int asker = core_fixture_connect(&f);
	const struct kb_answers *answers = &f.core->engine.pipeline.downloads.answers;
	const char *heard;

	(void)state;
	wants_it();
	ask(KB_FETCH_WANTS_LOGIN, "http://h", "", true);
	assert_true(hears(asker, "http://h wants a name and password. "
				 "Anybody on the way there can read them."));
	heard = core_fixture_say(
		&f, asker,
		"{\"do\":\"answer\",\"question\":1,\"user\":\"u\",\"secret\":\"s3cret\"}");
	assert_non_null(strstr(heard, "\"to\":\"answer\",\"ok\":true"));
	/* Who was asked is told that the question is over. */
	assert_non_null(strstr(heard, "{\"type\":\"question\",\"question\":1,\"kind\":\"none\"}"));
	assert_null(strstr(heard, "s3cret"));
	assert_false(core_fixture_logged(&f, "s3cret"));
	assert_int_equal(answers->n, 1);
	assert_string_equal(answers->all[0].server, "http://h");
	assert_string_equal(answers->all[0].user, "u");
	assert_string_equal(answers->all[0].password, "s3cret");
	/* The same again: it was the wrong one. */
	ask(KB_FETCH_WANTS_LOGIN, "http://h", "", true);
	assert_true(hears(asker, "http://h does not take that name and password."));
	(void)core_fixture_say(&f, asker, "{\"do\":\"cancel\"}");
	assert_int_equal(answers->n, 0);
}

static void a_name_that_is_known_is_not_asked_for(void **state)
{
	int asker = core_fixture_connect(&f);

	(void)state;
	wants_it();
	ask(KB_FETCH_WANTS_LOGIN, "https://h", "eve", true);
	assert_true(hears(asker, "\"user\":\"eve\""));
	(void)core_fixture_say(&f, asker, "{\"do\":\"answer\",\"question\":1,\"secret\":\"s\"}");
	assert_string_equal(f.core->engine.pipeline.downloads.answers.all[0].user, "eve");
}

static void assert_given_up(void)
{
	assert_null(f.core->engine.pipeline.question);
	assert_int_equal(f.core->engine.pipeline.stage, KB_STAGE_FAILED);
	assert_int_equal(f.core->engine.state, KB_ENGINE_CHOOSING);
}

static void nobody_is_asked_when_the_time_is_over(void **state)
{
	int watcher = core_fixture_connect(&f);

	(void)state;
	wants_it();
	ask(KB_FETCH_WANTS_LOGIN, "https://h", "", false);
	assert_false(hears(watcher, "question"));
	assert_given_up();
}

static void who_leaves_does_not_answer(void **state)
{
	int asker = core_fixture_connect(&f);

	(void)state;
	wants_it();
	(void)core_fixture_connect(&f);
	ask(KB_FETCH_WANTS_LOGIN, "https://h", "", true);
	core_fixture_run(&f);
	assert_non_null(f.core->engine.pipeline.question);
	core_fixture_hang_up(&f, asker);
	core_fixture_run(&f);
	assert_given_up();
}

static void a_host_key_is_believed_by_a_yes(void **state)
{
	int asker = core_fixture_connect(&f);

	(void)state;
	wants_it();
	ask(KB_FETCH_WANTS_HOST_KEY, "sftp://h", "", true);
	assert_true(hears(asker, "\"kind\":\"host-key\""));
	(void)core_fixture_say(&f, asker, "{\"do\":\"answer\",\"question\":1}");
	assert_string_equal(f.core->engine.pipeline.downloads.answers.all[0].host_key,
			    "h ssh-ed25519 AAAA");
}

/* Whoever restricts it says by config/ which keys are believed. */
static void a_restricted_kboot_believes_no_key(void **state)
{
	int asker = core_fixture_connect(&f);

	(void)state;
	wants_it();
	f.core->engine.policy.restricted = KB_RESTRICTED;
	ask(KB_FETCH_WANTS_HOST_KEY, "sftp://h", "", true);
	assert_false(hears(asker, "\"type\":\"question\""));
	assert_given_up();
	ask(KB_FETCH_WANTS_LOGIN, "https://h", "", true);
	assert_true(hears(asker, "\"kind\":\"login\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(who_wants_the_boot_is_asked_and_nobody_else, setup,
						teardown),
		cmocka_unit_test_setup_teardown(an_answer_is_for_that_server_and_is_logged_nowhere,
						setup, teardown),
		cmocka_unit_test_setup_teardown(a_name_that_is_known_is_not_asked_for, setup,
						teardown),
		cmocka_unit_test_setup_teardown(nobody_is_asked_when_the_time_is_over, setup,
						teardown),
		cmocka_unit_test_setup_teardown(who_leaves_does_not_answer, setup, teardown),
		cmocka_unit_test_setup_teardown(a_host_key_is_believed_by_a_yes, setup, teardown),
		cmocka_unit_test_setup_teardown(a_restricted_kboot_believes_no_key, setup,
						teardown),
	};

	return cmocka_run_group_tests_name("core/inquiry", tests, NULL, NULL);
}
