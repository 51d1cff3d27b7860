/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a person is told of disks: those that give nothing, and those that come and go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core_fixture.h"

static int setup(void **state)
{
	static struct core_fixture f;

	core_fixture_init(&f, NULL);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	core_fixture_done(*state);
	return 0;
}

/* Nothing stands for the disk any more: this is what its superblock says. */
static void hold(const struct core_fixture *f, const char *name, const char *fstype)
{
	struct kb_place *place = kb_places_block(&f->core->engine.places, kb_str_from(name));

	kb_engine_place_changing(&f->core->engine);
	place->found.n_entries = 0;
	place->found.device.tree = NULL;
	place->found.device.fstype = fstype;
	place->is_news = true;
}

static void assert_logged(const struct core_fixture *f, const char *text, unsigned times)
{
	const struct kb_log_line *line;
	unsigned n = 0;
	uint64_t seq = 0;

	while ((line = kb_log_next(&f->core->engine.journal.log, seq))) {
		n += strcmp(line->text, text) == 0;
		seq = line->seq;
	}
	assert_int_equal(n, times);
}

static void the_log_counts_what_is_shown(void **state)
{
	struct core_fixture *f = *state;

	core_fixture_disk(f, "sda1", "a=/vmlinuz\n");
	core_fixture_disk(f, "sdb1", "a=/vmlinuz\nb=/vmlinuz quiet\n");
	core_fixture_start(f);
	/* The kernel that a label offers is no entry of its own. */
	assert_logged(f, "sda1: 1 entry", 1);
	assert_logged(f, "sdb1: 2 entries", 1);
	core_fixture_say(f, core_fixture_connect(f), "{\"do\":\"explain\"}");
	assert_non_null(strstr(f->heard, "  sda1: 1 entry\\n  sdb1: 2 entries\\n"));
}

static void what_cannot_be_opened_is_told(void **state)
{
	static const char sentence[] = "sdb1 holds crypto_LUKS: cannot be opened yet";
	struct core_fixture *f = *state;
	int client;

	core_fixture_disk(f, "sda1", "a=/vmlinuz\n");
	core_fixture_disk(f, "sdb1", NULL);
	core_fixture_disk(f, "sdc1", NULL);
	core_fixture_start(f);
	hold(f, "sdb1", "crypto_LUKS");
	hold(f, "sdc1", "swap");
	core_fixture_run(f);
	assert_logged(f, sentence, 1);
	client = core_fixture_connect(f);
	assert_non_null(strstr(core_fixture_say(f, client, "{\"do\":\"explain\"}"), sentence));
	assert_non_null(strstr(core_fixture_say(f, client, "{\"do\":\"devices\"}"), sentence));
	assert_non_null(strstr(f->heard, "[\"sdc1\",\"swap\"]"));
	assert_null(strstr(f->heard, "sdc1 holds"));
}

static void a_disk_that_was_given_up_on_is_named(void **state)
{
	static const char sentence[] = "sdb1: no answer within 20 s; left out";
	struct core_fixture *f = *state;
	struct kb_place *place;
	int client;

	core_fixture_disk(f, "sda1", "a=/vmlinuz\n");
	core_fixture_disk(f, "sdb1", NULL);
	core_fixture_start(f);
	hold(f, "sdb1", NULL);
	place = kb_places_block(&f->core->engine.places, KB_STR("sdb1"));
	place->found.has_device = false;
	place->status = KB_PLACE_FAILED;
	(void)kb_error_set(&place->found.error, -ETIMEDOUT, "no answer within 20 s; left out");
	core_fixture_run(f);
	client = core_fixture_connect(f);
	assert_non_null(strstr(core_fixture_say(f, client, "{\"do\":\"explain\"}"), sentence));
	assert_non_null(strstr(core_fixture_say(f, client, "{\"do\":\"devices\"}"), sentence));
	assert_non_null(strstr(core_fixture_say(f, client, "{\"do\":\"list\"}"), sentence));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_log_counts_what_is_shown),
		TEST(what_cannot_be_opened_is_told),
		TEST(a_disk_that_was_given_up_on_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
