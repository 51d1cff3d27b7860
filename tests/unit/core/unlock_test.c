/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A locked volume: who is asked for its passphrase, what a wrong one costs, and what opens by
 * itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "core_fixture.h"
#include "kboot/storage/luks.h"

static struct core_fixture f;
static const struct kb_set locked = {.kind = KB_SET_LUKS,
				     .state = KB_SET_LOCKED,
				     .members = {"sdb1"},
				     .n_members = 1};

int __wrap_kb_luks_unlock(const struct kb_luks_unlock *unlock, struct kb_error *err);

/* In the worker. */
int __wrap_kb_luks_unlock(const struct kb_luks_unlock *unlock, struct kb_error *err)
{
	if (kb_str_eq(unlock->secret, KB_STR("right"))) {
		return strcmp(unlock->name, "luks-12-34") == 0 ? 0 : -EINVAL;
	}
	return kb_str_eq(unlock->secret, KB_STR("huge"))
		       ? kb_error_set(err, -ENOMEM, "it needs 1,024 MiB of memory, 80 are free")
		       : kb_error_set(err, -EPERM, "no slot takes that");
}

static struct kb_place *sdb1(void)
{
	return kb_places_block(&f.core->engine.places, KB_STR("sdb1"));
}

static struct kb_place *sda1(void)
{
	return kb_places_block(&f.core->engine.places, KB_STR("sda1"));
}

/* The machine's, as far as a locked volume goes. */
static int setup_with(const char *config)
{
	core_fixture_init(&f, config);
	(void)core_fixture_disk(&f, "sda1", "a=/vmlinuz\n");
	(void)core_fixture_disk(&f, "sdb1", NULL);
	f.simulation.devices[1].fstype = "crypto_LUKS";
	f.simulation.devices[1].uuid = "12-34";
	f.simulation.devices[1].label = "DATA";
	core_fixture_start(&f);
	core_fixture_is_machine(&f);
	f.core->engine.places.simulated = false;
	f.core->engine.places.sets[0] = &locked;
	f.core->engine.places.n_sets = 1;
	kb_engine_place_changing(&f.core->engine);
	core_fixture_run(&f);
	return 0;
}

static int setup(void **state)
{
	(void)state;
	return setup_with(NULL);
}

static int teardown(void **state)
{
	(void)state;
	core_fixture_done(&f);
	return 0;
}

static const char *unlock_line(void)
{
	static char line[128];
	const struct kb_catalog *c = &f.core->engine.catalog;

	for (size_t i = 0; i < c->n_entries; i++) {
		if (c->entries[i].unlock) {
			(void)snprintf(line, sizeof(line), "{\"do\":\"boot\",\"id\":\"%s\"}",
				       c->entries[i].id);
			return line;
		}
	}
	fail_msg("nothing is locked");
	return NULL;
}

static const char *answer(int client, const char *secret)
{
	char line[160];

	(void)snprintf(line, sizeof(line),
		       "{\"do\":\"answer\",\"question\":%llu,\"secret\":\"%s\"}",
		       (unsigned long long)f.core->engine.unlocking.number, secret);
	return core_fixture_say(&f, client, line);
}

static void the_console_that_wants_it_is_asked(void **state)
{
	int other = core_fixture_connect(&f);
	int asker = core_fixture_connect(&f);

	(void)state;
	assert_non_null(strstr(core_fixture_say(&f, asker, unlock_line()),
			       "\"kind\":\"passphrase\",\"text\":\"Unlock DATA (sdb1): what is the "
			       "passphrase?\""));
	assert_null(strstr(core_fixture_hear(&f, other), "question"));
	assert_non_null(strstr(answer(other, "right"), "that is not asked any more"));
	assert_int_equal(f.core->engine.unlocking.state, KB_UNLOCK_ASKING);
	(void)answer(asker, "right");
	assert_true(core_fixture_logged(&f, "sdb1 is unlocked."));
	assert_int_equal(f.core->engine.state, KB_ENGINE_CHOOSING);
	assert_int_equal(f.core->engine.unlocking.state, KB_UNLOCK_IDLE);
	assert_null(f.core->engine.unlocking.secret.data);
}

static void wrong_ones_are_counted_and_slowed(void **state)
{
	int client = core_fixture_connect(&f);

	(void)state;
	(void)core_fixture_say(&f, client, unlock_line());
	assert_non_null(strstr(answer(client, "x"), "no slot takes that (1 wrong so far). "));
	assert_non_null(strstr(answer(client, "x"), "(2 wrong so far)"));
	assert_non_null(strstr(answer(client, "x"), "(3 wrong so far)"));
	(void)answer(client, "x");
	assert_int_equal(f.core->engine.unlocking.state, KB_UNLOCK_WAITING);
	/* Nobody gets past the pause by leaving and coming back. */
	core_fixture_say(&f, client, "{\"do\":\"cancel\"}");
	assert_int_equal(f.core->engine.unlocking.n_wrong, 4);
	(void)core_fixture_say(&f, client, unlock_line());
	assert_int_equal(f.core->engine.unlocking.state, KB_UNLOCK_WAITING);
}

static void what_cannot_fit_is_said_and_not_asked_again(void **state)
{
	int client = core_fixture_connect(&f);

	(void)state;
	(void)core_fixture_say(&f, client, unlock_line());
	(void)answer(client, "huge");
	assert_true(core_fixture_logged(&f, "sdb1 stays locked: it needs 1,024 MiB of memory, 80 "
					    "are free."));
	assert_int_equal(f.core->engine.state, KB_ENGINE_CHOOSING);
}

static void whoever_leaves_leaves_it_locked(void **state)
{
	int client = core_fixture_connect(&f);

	(void)state;
	(void)core_fixture_say(&f, client, unlock_line());
	(void)core_fixture_say(&f, client, "{\"do\":\"cancel\"}");
	assert_true(core_fixture_logged(&f, "Stopped: it stays locked."));
	assert_int_equal(f.core->engine.state, KB_ENGINE_CHOOSING);
	(void)core_fixture_say(&f, client, unlock_line());
	core_fixture_hang_up(&f, client);
	core_fixture_run(&f);
	assert_int_equal(f.core->engine.unlocking.state, KB_UNLOCK_IDLE);
	assert_int_equal(f.core->engine.state, KB_ENGINE_CHOOSING);
}

/* A kernel that was loaded before is not what a person wants who says a passphrase. */
static void nothing_is_started_by_the_way(void **state)
{
	int client = core_fixture_connect(&f);

	(void)state;
	core_fixture_arm(&f, "a");
	(void)core_fixture_say(&f, client, unlock_line());
	assert_int_equal(f.core->engine.pipeline.stage, KB_STAGE_NONE);
	(void)answer(client, "right");
	assert_int_not_equal(f.core->engine.state, KB_ENGINE_LEAVING);
}

static void a_disk_that_goes_ends_the_question(void **state)
{
	int client = core_fixture_connect(&f);

	(void)state;
	(void)core_fixture_say(&f, client, unlock_line());
	kb_engine_unlock_gone(&f.core->engine, "sda1");
	assert_int_equal(f.core->engine.unlocking.state, KB_UNLOCK_ASKING);
	kb_engine_unlock_gone(&f.core->engine, "sdb1");
	assert_int_equal(f.core->engine.unlocking.state, KB_UNLOCK_IDLE);
	assert_int_equal(f.core->engine.state, KB_ENGINE_CHOOSING);
}

static void restricted_means_fixed_disks(void **state)
{
	int client = core_fixture_connect(&f);

	(void)state;
	f.core->engine.policy.restricted = KB_RESTRICTED;
	f.core->engine.policy.environment_known = true;
	sdb1()->block.removable = true;
	assert_non_null(strstr(core_fixture_say(&f, client, unlock_line()), "restricted"));
	assert_int_equal(f.core->engine.unlocking.state, KB_UNLOCK_IDLE);
	sdb1()->block.removable = false;
	(void)core_fixture_say(&f, client, unlock_line());
	assert_int_equal(f.core->engine.unlocking.state, KB_UNLOCK_ASKING);
}

static void the_prompt_asks_by_name(void **state)
{
	int client = core_fixture_connect(&f);

	(void)state;
	assert_non_null(
		strstr(core_fixture_say(&f, client, "{\"do\":\"unlock\",\"name\":\"sda1\"}"),
		       "sda1 is no locked volume"));
	(void)core_fixture_say(&f, client, "{\"do\":\"unlock\",\"name\":\"LABEL=DATA\"}");
	assert_int_equal(f.core->engine.unlocking.state, KB_UNLOCK_ASKING);
	(void)core_fixture_say(&f, client, "{\"do\":\"cancel\"}");
	(void)core_fixture_say(&f, client, "{\"do\":\"unlock\"}");
	assert_int_equal(f.core->engine.unlocking.state, KB_UNLOCK_ASKING);
	assert_non_null(strstr(core_fixture_say(&f, client, "{\"do\":\"lock\",\"name\":\"sdb1\"}"),
			       "sdb1 is locked"));
	assert_non_null(strstr(core_fixture_say(&f, client, "{\"do\":\"lock\",\"name\":\"sda1\"}"),
			       "sda1 is not encrypted"));
}

static unsigned times_logged(const char *text)
{
	const struct kb_log_line *line;
	unsigned n = 0;
	uint64_t seq = 0;

	while ((line = kb_log_next(&f.core->engine.journal.log, seq))) {
		n += strstr(line->text, text) != NULL;
		seq = line->seq;
	}
	return n;
}

/* Once, and once more when another device comes: it may be the stick with the file. */
static void a_key_file_is_tried_by_itself(void **state)
{
	struct kb_engine *e;

	(void)state;
	(void)setup_with("keyfile=sda1:/missing.key\n");
	e = &f.core->engine;
	kb_engine_try_keys(e);
	core_fixture_run(&f);
	assert_int_equal(times_logged("sdb1 stays locked: its key file does not open it"), 1);
	kb_engine_try_keys(e);
	core_fixture_run(&f);
	assert_int_equal(times_logged("its key file does not open it"), 1);
	/* A device that is being read is none yet. */
	sda1()->found.has_device = false;
	kb_engine_try_keys(e);
	core_fixture_run(&f);
	assert_int_equal(times_logged("its key file does not open it"), 2);
	sda1()->found.has_device = true;
	/* A person's word counts more. */
	sdb1()->stays_locked = true;
	kb_engine_try_keys(e);
	core_fixture_run(&f);
	assert_int_equal(times_logged("its key file does not open it"), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_console_that_wants_it_is_asked),
		TEST(wrong_ones_are_counted_and_slowed),
		TEST(what_cannot_fit_is_said_and_not_asked_again),
		TEST(whoever_leaves_leaves_it_locked),
		TEST(nothing_is_started_by_the_way),
		TEST(a_disk_that_goes_ends_the_question),
		TEST(restricted_means_fixed_disks),
		TEST(the_prompt_asks_by_name),
		cmocka_unit_test_teardown(a_key_file_is_tried_by_itself, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
