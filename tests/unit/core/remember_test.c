/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of the last time in the engine: what is shown at once, what comes of it, that it is
 * never more than shown; and what is kept for the next time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core_fixture.h"

enum { STEPS = 8 };

/* sda1 is the environment. sdb1 has been read, and what it said is put aside: it is being read. */
struct fixture {
	struct core_fixture core;
	struct kb_place *slow;
	struct kb_findings aside;
	struct kb_buf last; /* the text of all */
};

static struct kb_engine *engine(struct fixture *f)
{
	return &f->core.core->engine;
}

static void turn(struct fixture *f)
{
	kb_engine_ask(engine(f), KB_WORK_REBUILD);
	for (int i = 0; i < STEPS; i++) {
		assert_int_equal(kb_loop_step(engine(f)->loop, 1), 0);
	}
}

static int start(void **state, const char *own, const char *sda, const char *sdb)
{
	static struct fixture f;
	struct core_fixture *c = &f.core;
	struct kb_device *disk;

	memset(&f, 0, sizeof(f));
	core_fixture_init(c, own);
	disk = core_fixture_disk(c, "sda1", sda);
	disk->uuid = "1-1";
	disk->fstype = "vfat";
	disk->label = "ESP";
	disk = core_fixture_disk(c, "sdb1", sdb);
	disk->uuid = "2-2";
	disk->fstype = "vfat";
	core_fixture_start(c);
	kb_remembered_put(&engine(&f)->catalog, KB_REMEMBERED_EFI_BYTES, &f.last);
	f.slow = kb_places_block(&engine(&f)->places, KB_STR("sdb1"));
	assert_non_null(f.slow);
	*state = &f;
	return 0;
}

/* As it would be had the engine just started, and sdb1 not answered. */
static void begin(struct fixture *f)
{
	struct kb_engine *e = engine(f);

	kb_engine_place_changing(e);
	f->aside = f->slow->found;
	f->slow->found = (struct kb_findings){0};
	f->slow->status = KB_PLACE_SCANNING;
	f->slow->known = false;
	kb_order_done(&e->order);
	e->keeps_order = false;
	e->settled_ms = 0;
	e->state = KB_ENGINE_STARTING;
	e->environment = (struct kb_environment){0};
	e->policy = (struct kb_policy){.restricted = KB_RESTRICTION_UNKNOWN};
	free(e->selection.id);
	e->selection = (struct kb_selection){0};
	kb_pipeline_clear(&e->pipeline);
	kb_engine_take_memory(e, kb_buf_view(&f->last));
	turn(f);
}

/* It answers; with all that it had, or with nothing. */
static void answer(struct fixture *f, bool with_all)
{
	kb_engine_place_changing(engine(f));
	f->slow->found = f->aside;
	f->aside = (struct kb_findings){0};
	if (!with_all) {
		f->slow->found.n_entries = 0;
	}
	f->slow->status = KB_PLACE_READ;
	f->slow->known = true;
	turn(f);
}

static int setup(void **state)
{
	return start(state, "own=//k\n", "here=/vmlinuz\n", "there=/vmlinuz\nmore=/vmlinuz\n");
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	if (f->slow->status == KB_PLACE_SCANNING) {
		answer(f, true);
	}
	kb_buf_done(&f->last);
	core_fixture_done(&f->core);
	return 0;
}

/* The list as a word: an entry's last part of the id, and ? behind what is predicted. */
static const char *listed(struct fixture *f)
{
	static char text[512];
	const struct kb_catalog *c = &engine(f)->catalog;
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < kb_catalog_listed(c); i++) {
		const struct kb_entry *e = kb_catalog_shown(c, i);

		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s%s", i > 0 ? " " : "",
					strrchr(e->id, '/') + 1, e->is_predicted ? "?" : "");
	}
	return text;
}

static void it_is_shown_in_its_place(void **state)
{
	struct fixture *f = *state;

	begin(f);
	assert_string_equal(listed(f), "own here there? more?");
	answer(f, true);
	assert_string_equal(listed(f), "own here there more");
}

/* The disk that comes first says nothing about the place of the one that does not answer. */
static void nothing_jumps(void **state)
{
	struct fixture *f = *state;

	f->slow = kb_places_block(&engine(f)->places, KB_STR("sda1"));
	begin(f);
	assert_string_equal(listed(f), "own here? there more");
	answer(f, true);
	assert_string_equal(listed(f), "own here there more");
}

static void what_is_gone_disappears(void **state)
{
	struct fixture *f = *state;

	begin(f);
	answer(f, false);
	assert_string_equal(listed(f), "own here");
}

/* Nothing is expected any more when all is known, whatever disk it was on. */
static void what_never_comes_disappears(void **state)
{
	struct fixture *f = *state;

	begin(f);
	engine(f)->remembering.is_asked = true;
	f->aside.device.uuid = "another";
	answer(f, false);
	assert_string_equal(listed(f), "own here");
	/* Nor when a person looks again. */
	f->slow->status = KB_PLACE_SCANNING;
	turn(f);
	assert_string_equal(listed(f), "own here");
	f->slow->status = KB_PLACE_READ;
}

static void a_damaged_one_is_said_once(void **state)
{
	struct fixture *f = *state;

	f->last.data[20] ^= 1;
	begin(f);
	assert_string_equal(listed(f), "own here");
	assert_true(core_fixture_logged(&f->core,
					"the list of the last time is not shown: it is damaged"));
}

static void write_line(const struct core_fixture *c, int client, const char *text)
{
	assert_int_equal(write(c->ends[client], text, strlen(text)), strlen(text));
}

static const char *heard(struct fixture *f, int client)
{
	struct core_fixture *c = &f->core;
	ssize_t n;

	turn(f);
	n = recv(c->ends[client], c->heard, sizeof(c->heard) - 1, MSG_DONTWAIT);
	c->heard[n > 0 ? n : 0] = '\0';
	return c->heard;
}

#define THERE "\"id\":\"2-2/kboot/there\"}\n"

static int menu(struct fixture *f)
{
	int client = core_fixture_connect(&f->core);

	write_line(&f->core, client, "{\"do\":\"watch\",\"tty\":\"tty1\"}\n");
	(void)heard(f, client);
	return client;
}

static void enter_waits_for_its_disk(void **state)
{
	struct fixture *f = *state;
	int client;

	begin(f);
	client = menu(f);
	assert_non_null(strstr(f->core.heard, "\"predicted\":true"));
	write_line(&f->core, client, "{\"do\":\"select\"," THERE);
	write_line(&f->core, client, "{\"do\":\"boot\"," THERE);
	(void)heard(f, client);
	assert_non_null(strstr(f->core.heard, "Waiting for sdb1: there was there the last time"));
	assert_null(strstr(f->core.heard, "\"reply\""));
	assert_false(kb_engine_wants_boot(engine(f)));
	assert_int_equal(engine(f)->pipeline.stage, KB_STAGE_NONE);
	assert_string_equal(engine(f)->selection.id, "2-2/kboot/there");
	answer(f, true);
	assert_true(kb_engine_wants_boot(engine(f)) || engine(f)->pipeline.stage != KB_STAGE_NONE);
	assert_string_equal(engine(f)->pipeline.entry.id, "2-2/kboot/there");
	assert_non_null(strstr(heard(f, client), "\"ok\":true"));
	core_fixture_run(&f->core);
}

/* Its disk has been read, and is read anew, as hardware does that never falls quiet. */
static void enter_waits_until_all_is_settled(void **state)
{
	struct fixture *f = *state;
	int client;

	begin(f);
	f->slow->known = true;
	turn(f);
	client = menu(f);
	write_line(&f->core, client, "{\"do\":\"boot\"," THERE);
	assert_null(strstr(heard(f, client), "\"to\":\"boot\""));
	answer(f, true);
	assert_non_null(strstr(heard(f, client), "\"ok\":true"));
	core_fixture_run(&f->core);
}

static void enter_on_what_is_gone_says_so(void **state)
{
	struct fixture *f = *state;
	int client;

	begin(f);
	client = menu(f);
	write_line(&f->core, client, "{\"do\":\"select\"," THERE);
	write_line(&f->core, client, "{\"do\":\"boot\"," THERE);
	(void)heard(f, client);
	answer(f, false);
	(void)heard(f, client);
	assert_non_null(strstr(f->core.heard, "\"to\":\"boot\",\"text\":\"The selected entry "
					      "is not there any more: choose again\""));
	assert_false(kb_engine_wants_boot(engine(f)));
	assert_int_equal(engine(f)->pipeline.stage, KB_STAGE_NONE);
}

static void whoever_moves_on_boots_nothing(void **state)
{
	struct fixture *f = *state;
	int client;

	begin(f);
	client = menu(f);
	write_line(&f->core, client, "{\"do\":\"boot\"," THERE);
	(void)heard(f, client);
	write_line(&f->core, client, "{\"do\":\"select\",\"id\":\"1-1/kboot/here\"}\n");
	assert_non_null(strstr(heard(f, client), "given up: another entry was chosen"));
	answer(f, true);
	assert_false(kb_engine_wants_boot(engine(f)));
}

static void selecting_it_loads_nothing(void **state)
{
	struct fixture *f = *state;
	struct kb_engine *e = engine(f);

	begin(f);
	e->state = KB_ENGINE_CHOOSING;
	kb_engine_select(e, "2-2/kboot/there");
	kb_engine_rested(e);
	assert_int_equal(e->pipeline.stage, KB_STAGE_NONE);
	assert_string_equal(e->selection.id, "2-2/kboot/there");
	turn(f);
	assert_string_equal(e->selection.id, "2-2/kboot/there");
	answer(f, false);
	assert_string_equal(e->selection.id, "kboot/kboot/own");
	assert_non_null(strstr(e->notice, "The selected entry is not there any more."));
}

/* --- what starts by itself */

static int setup_default(void **state)
{
	return start(state, "default=there\ntimeout=100\n", "here=/vmlinuz\n", "there=/vmlinuz\n");
}

static void it_is_no_default(void **state)
{
	struct fixture *f = *state;
	struct kb_engine *e = engine(f);

	begin(f);
	assert_string_equal(listed(f), "here there?");
	assert_null(e->chosen.entry);
	assert_int_equal(e->state, KB_ENGINE_STARTING);
	assert_int_equal(e->pipeline.stage, KB_STAGE_NONE);
	/* But the cursor is where it will be. */
	assert_string_equal(e->selection.id, "2-2/kboot/there");
	answer(f, true);
	assert_int_equal(e->state, KB_ENGINE_COUNTING);
	assert_string_equal(e->pipeline.entry.id, "2-2/kboot/there");
	core_fixture_run(&f->core);
}

static int setup_early(void **state)
{
	return start(state, NULL, "default=here\ntimeout=100\nhere=/vmlinuz\n", "there=/vmlinuz\n");
}

/* The first disk does not answer: the default of the second may turn out to be none. */
static void what_was_the_default_is_loaded_early(void **state)
{
	struct fixture *f = *state;
	struct kb_engine *e = engine(f);

	f->slow = kb_places_block(&e->places, KB_STR("sdb1"));
	f->core.core->engine.places.first->next = NULL; /* sdb1 comes before sda1: */
	f->slow->next = e->places.first;
	e->places.first = f->slow;
	begin(f);
	assert_int_equal(e->environment.state, KB_ENV_UNKNOWN);
	assert_int_equal(e->policy.restricted, KB_RESTRICTION_UNKNOWN);
	assert_int_equal(e->state, KB_ENGINE_STARTING);
	assert_int_not_equal(e->pipeline.stage, KB_STAGE_NONE);
	assert_string_equal(e->pipeline.entry.id, "1-1/kboot/here");
	assert_true(core_fixture_logged(&f->core, "the default of the last time"));
	/* What is found makes this kboot restricted: that is nobody's entry then. */
	e->policy.restricted = KB_RESTRICTED;
	e->policy.environment_known = true;
	e->policy.environment = (struct kb_environment_id){.place = 99};
	turn(f);
	assert_int_equal(e->pipeline.stage, KB_STAGE_NONE);
}

/* --- the next time */

static int setup_file(void **state)
{
	return start(state, "remember=LABEL=ESP:/kboot.scan\n", "here=/vmlinuz\n",
		     "there=/vmlinuz\n");
}

static bool kept(struct fixture *f, char *text, size_t size)
{
	char path[160];
	FILE *file;
	size_t n;

	(void)snprintf(path, sizeof(path), "%s/sda1/kboot.scan", f->core.dir.path);
	file = fopen(path, "r");
	if (!file) {
		return false;
	}
	n = fread(text, 1, size - 1, file);
	text[n] = '\0';
	(void)fclose(file);
	return true;
}

static void boot(struct fixture *f, const char *label)
{
	struct core_fixture *c = &f->core;
	int client = core_fixture_connect(c);
	char line[256];

	(void)core_fixture_say(c, client, "{\"do\":\"watch\",\"tty\":\"tty1\"}");
	core_fixture_is_machine(c);
	core_fixture_arm(c, label);
	(void)snprintf(line, sizeof(line), "{\"do\":\"boot\",\"id\":\"%s\"}",
		       core_fixture_id(c, label));
	(void)core_fixture_say(c, client, line);
	core_fixture_hang_up(c, client);
	core_fixture_run(c);
	assert_int_equal(fake_sys_count(c->fake, FAKE_REBOOT), 1);
}

static void a_boot_keeps_the_list(void **state)
{
	struct fixture *f = *state;
	char text[1024];

	assert_false(kept(f, text, sizeof(text)));
	boot(f, "here");
	assert_true(kept(f, text, sizeof(text)));
	assert_string_equal(text, f->last.data);
}

static void what_is_kept_already_is_not_written(void **state)
{
	struct fixture *f = *state;
	char path[160];
	struct stat before;
	struct stat after;

	temp_dir_text(&f->core.dir, "sda1/kboot.scan", f->last.data);
	(void)snprintf(path, sizeof(path), "%s/sda1/kboot.scan", f->core.dir.path);
	assert_int_equal(stat(path, &before), 0);
	boot(f, "here");
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
}

static void a_restart_keeps_nothing(void **state)
{
	struct fixture *f = *state;
	struct core_fixture *c = &f->core;
	int client = core_fixture_connect(c);
	char text[1024];

	core_fixture_is_machine(c);
	(void)core_fixture_say(c, client, "{\"do\":\"reboot\"}");
	core_fixture_hang_up(c, client);
	core_fixture_run(c);
	assert_int_equal(fake_sys_count(c->fake, FAKE_REBOOT), 1);
	assert_false(kept(f, text, sizeof(text)));
}

static void nothing_is_kept_beside_a_hibernated_system(void **state)
{
	struct fixture *f = *state;
	char text[1024];

	f->slow->found.device.fstype = "swsuspend";
	boot(f, "here");
	assert_false(kept(f, text, sizeof(text)));
	assert_true(core_fixture_logged(&f->core,
					"the list is not kept: a system of this machine is "
					"hibernated"));
}

static void nothing_is_kept_on_what_a_mount_would_change(void **state)
{
	struct fixture *f = *state;
	char text[1024];

	kb_places_block(&engine(f)->places, KB_STR("sda1"))->found.device.fstype = "btrfs";
	boot(f, "here");
	assert_false(kept(f, text, sizeof(text)));
	assert_true(core_fixture_logged(&f->core, "nothing is written on btrfs"));
}

static bool is_gathered(struct fixture *f)
{
	struct kb_remember_job job;

	kb_engine_gather_memory(engine(f));
	return kb_engine_has_memory_to_keep(engine(f), &job);
}

static void only_what_is_settled_is_kept(void **state)
{
	struct fixture *f = *state;

	assert_true(is_gathered(f));
	f->slow->status = KB_PLACE_SCANNING;
	assert_false(is_gathered(f));
	f->slow->status = KB_PLACE_READ;
	assert_true(is_gathered(f));
}

/* What a session restricts is not what the next start will be. */
static void nothing_is_kept_while_the_session_differs(void **state)
{
	struct fixture *f = *state;
	struct kb_engine *e = engine(f);

	e->policy.restricted = KB_RESTRICTED;
	assert_false(is_gathered(f));
	e->policy.restricted = KB_RESTRICTION_UNKNOWN;
	assert_false(is_gathered(f));
	e->policy.restricted = KB_UNRESTRICTED;
	assert_true(is_gathered(f));
}

static void the_file_is_read_when_its_disk_was(void **state)
{
	struct fixture *f = *state;
	struct kb_engine *e = engine(f);

	temp_dir_text(&f->core.dir, "sda1/kboot.scan", f->last.data);
	kb_buf_reset(&f->last);
	/* Not before the first look: a quick reader would be there already. */
	e->remembering.is_asked = true;
	begin(f);
	assert_string_equal(listed(f), "here");
	e->remembering.is_asked = false;
	for (int i = 0; i < 200 && !strchr(listed(f), '?'); i++) {
		turn(f);
	}
	assert_string_equal(listed(f), "here there?");
}

static int setup_nonsense(void **state)
{
	return start(state, "remember=somewhere\n", NULL, NULL);
}

static void nonsense_is_said(void **state)
{
	struct fixture *f = *state;

	assert_true(core_fixture_logged(&f->core, "remember=somewhere is neither efi nor a file"));
	assert_false(is_gathered(f));
}

static int setup_foreign(void **state)
{
	return start(state, NULL, "remember=LABEL=ESP:/kboot.scan\nhere=/vmlinuz\n", NULL);
}

static void no_disk_says_where_to_write(void **state)
{
	struct fixture *f = *state;

	assert_false(is_gathered(f));
	assert_true(core_fixture_logged(&f->core, "remember: only kboot's own configuration"));
}

int main(void)
{
#define T(test, setup) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(it_is_shown_in_its_place, setup),
		T(nothing_jumps, setup),
		T(what_is_gone_disappears, setup),
		T(what_never_comes_disappears, setup),
		T(a_damaged_one_is_said_once, setup),
		T(enter_waits_for_its_disk, setup),
		T(enter_waits_until_all_is_settled, setup),
		T(enter_on_what_is_gone_says_so, setup),
		T(whoever_moves_on_boots_nothing, setup),
		T(selecting_it_loads_nothing, setup),
		T(it_is_no_default, setup_default),
		T(what_was_the_default_is_loaded_early, setup_early),
		T(a_boot_keeps_the_list, setup_file),
		T(what_is_kept_already_is_not_written, setup_file),
		T(a_restart_keeps_nothing, setup_file),
		T(nothing_is_kept_beside_a_hibernated_system, setup_file),
		T(nothing_is_kept_on_what_a_mount_would_change, setup_file),
		T(only_what_is_settled_is_kept, setup_file),
		T(nothing_is_kept_while_the_session_differs, setup_file),
		T(the_file_is_read_when_its_disk_was, setup_file),
		T(nonsense_is_said, setup_nonsense),
		T(no_disk_says_where_to_write, setup_foreign),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
