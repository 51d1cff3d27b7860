/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is logged in by SSH: what they may, and how the countdown waits for them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core_fixture.h"

static struct core_fixture f;

#define CONF "timeout=10\ndefault=a\na=/vmlinuz\n"

static void begin(const char *conf)
{
	core_fixture_init(&f, conf);
	(void)core_fixture_disk(&f, "sda1", "e=/vmlinuz\n");
	(void)core_fixture_disk(&f, "sdb1", "b=/vmlinuz\n");
	core_fixture_start(&f);
	core_fixture_is_machine(&f);
}

static void end(void)
{
	core_fixture_done(&f);
}

/* A client as the kernel would tell of it. */
static int log_in(bool restricted)
{
	int client = core_fixture_connect(&f);

	f.core->server.first->actor =
		(struct kb_actor){.is_remote = true, .restricted = restricted};
	return client;
}

static const char *say(int client, const char *line)
{
	return core_fixture_say(&f, client, line);
}

#define HELLO "{\"do\":\"session\",\"user\":\"alice\",\"from\":\"10.0.2.2\",\"want\":\"menu\"}"

static void only_a_session_is_one(void **state)
{
	int console;
	int alice;

	(void)state;
	begin(CONF);
	console = core_fixture_connect(&f);
	assert_non_null(strstr(say(console, HELLO), "only who is logged in by SSH"));
	alice = log_in(false);
	assert_non_null(strstr(say(alice, HELLO), "\"ok\":true"));
	assert_non_null(strstr(say(alice, HELLO), "it is one already"));
	assert_non_null(strstr(say(console, "{\"do\":\"status\"}"),
			       "\"sessions\":\"alice from 10.0.2.2 (menu)\""));
	assert_true(core_fixture_logged(&f, "alice from 10.0.2.2 is logged in: menu"));
	end();
}

static void what_a_key_is_called_is_harmless(void **state)
{
	int eve;

	(void)state;
	begin(CONF);
	eve = log_in(false);
	(void)say(
		eve,
		"{\"do\":\"session\",\"user\":\"e\\u001b[2Jve\",\"from\":\"\",\"want\":\"menu\"}");
	assert_true(core_fixture_logged(&f, "e\\x1b[2Jve from"));
	end();
}

static void a_restricted_key_boots_labels_alone(void **state)
{
	static const char *const refused[] = {
		"{\"do\":\"boot\",\"id\":\"b\"}",
		"{\"do\":\"boot\",\"id\":\"a\",\"args\":\"init=/bin/sh\"}",
		"{\"do\":\"boot\",\"id\":\"a\",\"name\":\"sda1:/vmlinuz\"}",
		"{\"do\":\"run\",\"name\":\"id\"}",
		"{\"do\":\"run\",\"name\":\"a single\"}",
		"{\"do\":\"plan\",\"name\":\"sda1:/vmlinuz\"}",
		"{\"do\":\"visit\",\"name\":\"/\"}",
		"{\"do\":\"set\",\"name\":\"root\",\"value\":\"sda1\"}",
		"{\"do\":\"set\",\"name\":\"restricted\",\"value\":\"true\"}",
		"{\"do\":\"devices\"}",
		"{\"do\":\"variables\"}",
		"{\"do\":\"mounts\"}",
		"{\"do\":\"chroot\"}",
		"{\"do\":\"files\"}",
		"{\"do\":\"reboot\"}",
		"{\"do\":\"poweroff\"}",
		"{\"do\":\"firmware\"}",
		"{\"do\":\"end\",\"name\":\"1\"}",
	};
	int bob;

	(void)state;
	begin(CONF);
	bob = log_in(true);
	assert_non_null(strstr(say(bob, HELLO), "\"how\":\"restricted\""));
	for (size_t i = 0; i < KB_ARRAY_LEN(refused); i++) {
		const char *heard = say(bob, refused[i]);

		if (!strstr(heard, "this kboot is restricted")) {
			fail_msg("%s: %s", refused[i], heard);
		}
	}
	assert_non_null(strstr(say(bob, "{\"do\":\"status\"}"), "\"restricted\":true"));
	assert_non_null(strstr(say(bob, "{\"do\":\"boot\",\"id\":\"a\"}"), "\"ok\":true"));
	end();
}

/* The machine is no more restricted than before. */
static void others_may_what_they_might(void **state)
{
	int bob;
	int alice;

	(void)state;
	begin(CONF);
	bob = log_in(true);
	(void)say(bob, HELLO);
	alice = log_in(false);
	assert_null(strstr(say(alice, HELLO), "restricted"));
	assert_non_null(strstr(say(alice, "{\"do\":\"files\"}"), "\"ok\":true"));
	assert_null(strstr(say(alice, "{\"do\":\"status\"}"), "\"restricted\":true"));
	end();
}

static void pass_to_resume(void)
{
	core_fixture_pass(&f, KB_SSH_RESUME_MS + 1);
	kb_engine_ask(&f.core->engine, KB_WORK_SSH);
	core_fixture_run(&f);
}

static enum kb_engine_state engine_state(void)
{
	return f.core->engine.state;
}

static void the_countdown_waits_and_begins_anew(void **state)
{
	int alice;

	(void)state;
	begin(CONF);
	assert_int_equal(engine_state(), KB_ENGINE_COUNTING);
	core_fixture_pass(&f, 5000);
	alice = log_in(false);
	(void)say(alice, HELLO);
	assert_int_equal(engine_state(), KB_ENGINE_CHOOSING);
	core_fixture_pass(&f, 60000);
	assert_int_equal(engine_state(), KB_ENGINE_CHOOSING);
	core_fixture_hang_up(&f, alice);
	core_fixture_run(&f);
	assert_int_equal(engine_state(), KB_ENGINE_COUNTING);
	assert_true(core_fixture_logged(&f, "the countdown begins anew"));
	assert_int_equal(kb_countdown_remaining(&f.core->engine.countdown,
						kb_engine_now(&f.core->engine)),
			 10000);
	end();
}

static void a_key_of_a_session_stops_it_for_a_minute(void **state)
{
	int alice;

	(void)state;
	begin(CONF);
	alice = log_in(false);
	(void)say(alice, HELLO);
	(void)say(alice, "{\"do\":\"activity\"}");
	core_fixture_hang_up(&f, alice);
	core_fixture_run(&f);
	assert_int_equal(engine_state(), KB_ENGINE_CHOOSING);
	pass_to_resume();
	assert_int_equal(engine_state(), KB_ENGINE_COUNTING);
	end();
}

static void a_key_at_the_machine_stops_it_for_good(void **state)
{
	int console;
	int alice;

	(void)state;
	begin(CONF);
	console = core_fixture_connect(&f);
	alice = log_in(false);
	(void)say(alice, HELLO);
	(void)say(console, "{\"do\":\"activity\"}");
	core_fixture_hang_up(&f, alice);
	core_fixture_run(&f);
	pass_to_resume();
	assert_int_equal(engine_state(), KB_ENGINE_CHOOSING);
	end();
}

static void a_command_holds_nothing_and_a_setting_neither(void **state)
{
	int alice;

	(void)state;
	begin(CONF);
	alice = log_in(false);
	(void)say(alice, "{\"do\":\"session\",\"user\":\"m\",\"want\":\"status\"}");
	assert_int_equal(engine_state(), KB_ENGINE_COUNTING);
	end();
	begin(CONF "ssh_hold=false\n");
	alice = log_in(false);
	(void)say(alice, HELLO);
	assert_int_equal(engine_state(), KB_ENGINE_COUNTING);
	end();
}

static void somebody_can_be_shown_out(void **state)
{
	char line[64];
	int console;
	int alice;

	(void)state;
	begin(CONF);
	console = core_fixture_connect(&f);
	alice = log_in(false);
	(void)say(alice, HELLO);
	(void)snprintf(line, sizeof(line), "{\"do\":\"end\",\"name\":\"%u\"}",
		       (unsigned)f.core->server.first->id);
	assert_non_null(strstr(say(console, "{\"do\":\"sessions\"}"), "\"alice\""));
	assert_non_null(strstr(say(console, line), "\"ok\":true"));
	assert_non_null(strstr(core_fixture_hear(&f, alice), "\"type\":\"bye\""));
	assert_non_null(strstr(say(console, "{\"do\":\"end\",\"name\":\"x\"}"), "no such session"));
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_session_is_one),
		cmocka_unit_test(what_a_key_is_called_is_harmless),
		cmocka_unit_test(a_restricted_key_boots_labels_alone),
		cmocka_unit_test(others_may_what_they_might),
		cmocka_unit_test(the_countdown_waits_and_begins_anew),
		cmocka_unit_test(a_key_of_a_session_stops_it_for_a_minute),
		cmocka_unit_test(a_key_at_the_machine_stops_it_for_good),
		cmocka_unit_test(a_command_holds_nothing_and_a_setting_neither),
		cmocka_unit_test(somebody_can_be_shown_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
