/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The engine's state, event by event; leaving, and the way back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core_fixture.h"

static const char own[] = "linux=//k quiet\nother=//k2\n";

static int setup(void **state)
{
	static struct core_fixture f;

	core_fixture_init(&f, own);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	core_fixture_done(*state);
	return 0;
}

static enum kb_engine_state state_of(const struct core_fixture *f)
{
	return f->core->engine.state;
}

static void kboots_own_greeting_is_told(void **state)
{
	struct core_fixture *f = *state;
	char line[128];

	temp_dir_text(&f->dir, "hello", "Welcome\n");
	(void)snprintf(line, sizeof(line), "message=/%s/hello\n", f->dir.path);
	temp_dir_text(&f->dir, "own.conf", line);
	core_fixture_start(f);
	assert_non_null(strstr(core_fixture_say(f, core_fixture_connect(f), "{\"do\":\"watch\"}"),
			       "Welcome"));
}

/* --- the table */

static void nothing_but_a_refusal_leads_out_of_leaving(void **state)
{
	(void)state;
	for (int event = 0; event < KB_N_EVENTS; event++) {
		assert_int_equal(kb_engine_next_state(KB_ENGINE_LEAVING, event),
				 event == KB_EVENT_REFUSED ? KB_ENGINE_CHOOSING
							   : KB_ENGINE_LEAVING);
	}
}

/* Once a person is there nothing boots by itself. */
static void a_person_who_is_there_stays(void **state)
{
	(void)state;
	for (int event = 0; event < KB_N_EVENTS; event++) {
		enum kb_engine_state next = kb_engine_next_state(KB_ENGINE_CHOOSING, event);

		assert_true(next == KB_ENGINE_CHOOSING ||
			    (event == KB_EVENT_CHOSEN && next == KB_ENGINE_BOOTING) ||
			    /* Who was there was a session, and has gone. */
			    (event == KB_EVENT_RESUMED && next == KB_ENGINE_WAITING) ||
			    (event == KB_EVENT_POWER && next == KB_ENGINE_LEAVING));
	}
}

static void only_what_is_wanted_is_jumped_to(void **state)
{
	(void)state;
	for (int from = 0; from < KB_ENGINE_LEAVING; from++) {
		bool wanted = from == KB_ENGINE_BOOTING || from == KB_ENGINE_UNSEEN;

		assert_int_equal(kb_engine_next_state(from, KB_EVENT_ARMED),
				 wanted ? KB_ENGINE_LEAVING : from);
	}
}

static void a_key_ends_what_nobody_has_seen_but_not_what_somebody_chose(void **state)
{
	(void)state;
	assert_int_equal(kb_engine_next_state(KB_ENGINE_UNSEEN, KB_EVENT_KEY), KB_ENGINE_CHOOSING);
	assert_int_equal(kb_engine_next_state(KB_ENGINE_COUNTING, KB_EVENT_KEY),
			 KB_ENGINE_CHOOSING);
	assert_int_equal(kb_engine_next_state(KB_ENGINE_COUNTING, KB_EVENT_OPENED),
			 KB_ENGINE_COUNTING);
	assert_int_equal(kb_engine_next_state(KB_ENGINE_BOOTING, KB_EVENT_KEY), KB_ENGINE_BOOTING);
}

/* --- leaving */

static unsigned count_text(const struct fake_sys *fake, const char *text)
{
	unsigned n = 0;

	for (size_t i = 0; i < fake->count && i < FAKE_CALLS_MAX; i++) {
		n += strcmp(fake_sys_text(fake, i), text) == 0;
	}
	return n;
}

/* A menu has asked; the kernel refuses. */
static void refuse(struct core_fixture *f, const char *line)
{
	int menu;
	const char *heard;

	core_fixture_start(f);
	menu = core_fixture_connect(f);
	(void)core_fixture_say(f, menu, "{\"do\":\"watch\",\"tty\":\"tty1\"}");
	core_fixture_is_machine(f);
	core_fixture_arm(f, "linux");
	fake_sys_forget(f->fake);
	fake_sys_fail(f->fake, FAKE_REBOOT, 1, EINVAL);
	(void)core_fixture_say(f, menu, line);
	/* A menu goes when it hears bye. */
	assert_non_null(strstr(f->heard, "\"bye\""));
	core_fixture_hang_up(f, menu);
	core_fixture_run(f);
	assert_int_equal(state_of(f), KB_ENGINE_CHOOSING);
	assert_string_equal(f->core->engine.notice, "the jump failed: no kernel is loaded.");
	assert_int_equal(count_text(f->fake, "kill 1 20"), 1);
	assert_int_equal(count_text(f->fake, "kill 1 18"), 1);
	assert_int_equal(f->core->engine.leaving.guard.pid, 0);
	assert_int_equal(f->core->engine.pipeline.stage, KB_STAGE_NONE);
	/* Everything is as before: another menu sees it, and can boot. */
	menu = core_fixture_connect(f);
	heard = core_fixture_say(f, menu, "{\"do\":\"watch\",\"tty\":\"tty1\"}");
	assert_non_null(strstr(heard, "the jump failed"));
	core_fixture_arm(f, "linux");
	(void)core_fixture_say(f, menu, line);
	assert_non_null(strstr(f->heard, "\"bye\""));
	core_fixture_hang_up(f, menu);
	core_fixture_run(f);
	assert_int_equal(fake_sys_count(f->fake, FAKE_REBOOT), 2);
}

static void a_refused_jump_comes_back_to_the_menu(void **state)
{
	refuse(*state, "{\"do\":\"boot\",\"id\":\"linux\"}");
}

static void a_refused_jump_comes_back_to_the_prompt(void **state)
{
	refuse(*state, "{\"do\":\"run\",\"name\":\"linux\",\"from\":\"/\"}");
}

/* The place of a call among all of them; -1: it was not made. */
static int place_of(const struct fake_sys *fake, const char *text)
{
	for (size_t i = 0; i < fake_sys_count(fake, FAKE_ANY) && i < FAKE_CALLS_MAX; i++) {
		if (strcmp(fake_sys_text(fake, i), text) == 0) {
			return (int)i;
		}
	}
	return -1;
}

/* A menu that hangs does not keep the machine; the cards are off before it goes. */
static void who_does_not_go_is_left_behind(void **state)
{
	struct core_fixture *f = *state;
	int menu;

	core_fixture_start(f);
	menu = core_fixture_connect(f);
	core_fixture_is_machine(f);
	(void)core_fixture_say(f, menu, "{\"do\":\"reboot\"}");
	for (int i = 0; i < 100 && fake_sys_count(f->fake, FAKE_REBOOT) == 0; i++) {
		assert_int_equal(kb_loop_step(f->core->engine.loop, KB_FAREWELL_MS), 0);
	}
	assert_int_equal(count_text(f->fake, "reboot restart"), 1);
	assert_int_equal(count_text(f->fake, "interfaces_down"), 1);
	assert_true(place_of(f->fake, "interfaces_down") < place_of(f->fake, "reboot restart"));
}

/* While init is paused nobody else would restart it. */
static void a_signal_does_not_end_the_engine_while_it_leaves(void **state)
{
	struct core_fixture *f = *state;

	core_fixture_start(f);
	f->core->engine.state = KB_ENGINE_LEAVING;
	f->core->engine.leaving.step = KB_LEAVE_CLIENTS;
	assert_int_equal(kill(getpid(), SIGTERM), 0);
	kb_timer_set(f->core->engine.leaving.timer, 1);
	f->core->engine.leaving.how = KB_LEAVE_REBOOT;
	core_fixture_is_machine(f);
	core_fixture_run(f);
	assert_int_equal(count_text(f->fake, "reboot restart"), 1);
}

/* The guard is the one that restarts the machine when the engine dies. */
static void the_guard_restarts_the_machine(void **state)
{
	struct core_fixture *f = *state;
	struct kb_guard guard = {0};

	assert_int_equal(kb_guard_start(&guard, &f->fake->table), 0);
	assert_int_equal(kb_close(guard.fd), -1);
	/* Its word is there when it has gone: a count may be seen before the text. */
	assert_int_equal(waitpid(guard.pid, NULL, 0), guard.pid);
	assert_int_equal(count_text(f->fake, "reboot restart"), 1);
}

static void the_guard_goes_when_it_is_not_needed(void **state)
{
	struct core_fixture *f = *state;
	struct kb_guard guard = {0};
	pid_t pid;

	assert_int_equal(kb_guard_start(&guard, &f->fake->table), 0);
	pid = guard.pid;
	kb_guard_stop(&guard);
	assert_int_equal(kill(pid, 0), -1);
	assert_int_equal(fake_sys_count(f->fake, FAKE_REBOOT), 0);
}

/* --- countdowns */

static void a_timeout_without_a_default_says_so(void **state)
{
	struct core_fixture *f = *state;
	const struct kb_engine *e;

	core_fixture_disk(f, "sda1", "timeout=5\nDebian=/vmlinuz\n");
	core_fixture_start(f);
	e = &f->core->engine;
	assert_int_equal(e->state, KB_ENGINE_WAITING);
	assert_string_equal(e->notice, "timeout=5 (sda1:/kboot.conf:1) has no default= beside it: "
				       "nothing boots by itself.");
}

static void no_timeout_and_no_default_is_nothing_to_say(void **state)
{
	struct core_fixture *f = *state;

	core_fixture_disk(f, "sda1", "Debian=/vmlinuz\n");
	core_fixture_start(f);
	assert_int_equal(f->core->engine.notice_level, KB_NOTICE_NONE);
}

static void a_countdown_boots_and_a_key_stops_it(void **state)
{
	struct core_fixture *f = *state;
	int menu;

	temp_dir_text(&f->dir, "own.conf", "default=linux\ntimeout=5\nlinux=//k\n");
	core_fixture_start(f);
	assert_int_equal(state_of(f), KB_ENGINE_COUNTING);
	menu = core_fixture_connect(f);
	core_fixture_pass(f, 3000);
	assert_int_equal(state_of(f), KB_ENGINE_COUNTING);
	(void)core_fixture_say(f, menu, "{\"do\":\"activity\"}");
	core_fixture_pass(f, 10000);
	assert_int_equal(state_of(f), KB_ENGINE_CHOOSING);
}

static void a_key_in_the_delay_opens_the_menu_and_its_countdown(void **state)
{
	struct core_fixture *f = *state;
	int menu;

	temp_dir_text(&f->dir, "own.conf", "default=linux\ndelay=2\ntimeout=5\nlinux=//k\n");
	core_fixture_start(f);
	menu = core_fixture_connect(f);
	(void)core_fixture_say(f, menu, "{\"do\":\"activity\"}");
	assert_int_equal(state_of(f), KB_ENGINE_COUNTING);
	assert_int_equal(f->core->engine.countdown.phase, KB_PHASE_COUNTDOWN);
	(void)core_fixture_say(f, menu, "{\"do\":\"activity\"}");
	assert_int_equal(state_of(f), KB_ENGINE_CHOOSING);
}

/* The delay is over, but nothing is loaded yet: a key still opens the menu. */
static void an_unseen_boot_is_ended_by_a_key(void **state)
{
	struct core_fixture *f = *state;
	int menu;

	temp_dir_text(&f->dir, "own.conf", "default=linux\ndelay=2\nlinux=//k\n");
	core_fixture_start(f);
	menu = core_fixture_connect(f);
	f->core->engine.pipeline.stage = KB_STAGE_LOADING;
	f->fake->now_ms += 3000;
	kb_engine_ask(&f->core->engine, KB_WORK_TICK);
	assert_int_equal(kb_loop_step(f->core->engine.loop, 10), 0);
	assert_int_equal(state_of(f), KB_ENGINE_UNSEEN);
	(void)core_fixture_say(f, menu, "{\"do\":\"activity\"}");
	assert_int_equal(state_of(f), KB_ENGINE_CHOOSING);
}

/* A person has selected what is on a disk. Those of a simulation stay; this one may go. */
static struct kb_engine *select_on_stick(struct core_fixture *f)
{
	struct kb_engine *e;
	struct kb_place *stick;
	char line[128];

	(void)core_fixture_disk(f, "sdb1", "Stick=/vmlinuz\n");
	core_fixture_start(f);
	e = &f->core->engine;
	stick = kb_places_block(&e->places, KB_STR("sdb1"));
	assert_non_null(stick);
	((struct kb_scanned_place *)stick)->simulated = NULL;
	(void)snprintf(line, sizeof(line), "{\"do\":\"select\",\"id\":\"%s\"}",
		       core_fixture_id(f, "Stick"));
	(void)core_fixture_say(f, core_fixture_connect(f), line);
	return e;
}

static void a_disk_that_goes_takes_the_selection_with_it(void **state)
{
	struct core_fixture *f = *state;
	struct kb_engine *e = select_on_stick(f);

	kb_scanner_device_removed(&e->scanner, "sdb1");
	core_fixture_run(f);
	assert_string_equal(e->notice, "The selected entry is gone, its disk was removed.");
	assert_string_equal(e->selection.id, core_fixture_id(f, "linux"));
	assert_true(e->selection.lost_ms > 0);
}

/* Its disk is there, but for another one: a copy, or what was written to it. */
static void an_entry_that_goes_without_its_disk(void **state)
{
	struct core_fixture *f = *state;
	struct kb_engine *e = select_on_stick(f);
	struct kb_place *stick = kb_places_block(&e->places, KB_STR("sdb1"));

	kb_engine_place_changing(e);
	stick->found.n_entries = 0;
	kb_engine_place_changed(e);
	core_fixture_run(f);
	assert_string_equal(e->notice, "The selected entry is not there any more.");
	assert_true(e->selection.lost_ms > 0);
}

/* That the selection goes with it is no news beside what became of the boot. */
static void a_disk_that_goes_while_its_kernel_is_loaded(void **state)
{
	struct core_fixture *f = *state;
	struct kb_engine *e = select_on_stick(f);

	core_fixture_arm(f, "Stick");
	e->pipeline.stage = KB_STAGE_LOADING;
	kb_engine_event(e, KB_EVENT_CHOSEN);
	kb_scanner_device_removed(&e->scanner, "sdb1");
	core_fixture_run(f);
	assert_int_equal(state_of(f), KB_ENGINE_CHOOSING);
	assert_string_equal(e->notice, "Stick cannot be booted: its disk sdb1 was removed.");
	assert_int_equal(e->notice_level, KB_NOTICE_ERROR);
	assert_string_equal(e->selection.id, core_fixture_id(f, "linux"));
	assert_true(e->selection.lost_ms > 0);
}

/* --- what the next engine finds */

/* Who holds the file as it was sees all of it: at no moment is there less. */
static void the_state_file_is_replaced_whole(void **state)
{
	struct core_fixture *f = *state;
	char path[128];
	char text[16] = "";
	int before;
	int now;

	f->options.run_dir = f->dir.path;
	(void)snprintf(path, sizeof(path), "%s/engine.state", f->dir.path);
	core_fixture_start(f);
	before = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(before >= 0);
	(void)core_fixture_say(f, core_fixture_connect(f), "{\"do\":\"activity\"}");
	assert_int_equal(read(before, text, sizeof(text)), strlen("running"));
	assert_memory_equal(text, "running", strlen("running"));
	now = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(now, text, sizeof(text)), strlen("touched"));
	assert_memory_equal(text, "touched", strlen("touched"));
	(void)close(before);
	(void)close(now);
}

/* The environment's, for whoever brings the network up; and nothing where nobody says it. */
static void what_the_network_is_to_be_is_kept(void **state)
{
	struct core_fixture *f = *state;
	const struct kb_tree run = {.root_fd = f->dir.fd, .name = ""};
	KB_BUF struct kb_buf text = {0};

	f->options.run_dir = f->dir.path;
	temp_dir_text(&f->dir, KB_NETWORK_SETTING, "of an engine before");
	core_fixture_start(f);
	assert_int_equal(kb_tree_read(&run, KB_NETWORK_SETTING, 100, &text), 0);
	assert_int_equal(text.len, 0);
	(void)core_fixture_disk(f, "sda1",
				"network=eth0:dhcp\nlinux=/vmlinuz\nproxy='http://p:1 .lan'\n");
	kb_core_destroy(f->core);
	core_fixture_start(f);
	assert_int_equal(kb_tree_read(&run, KB_NETWORK_SETTING, 100, &text), 0);
	assert_string_equal(text.data, "eth0:dhcp");
	kb_buf_done(&text);
	assert_int_equal(kb_tree_read(&run, KB_PROXY_SETTING, 100, &text), 0);
	assert_string_equal(text.data, "http://p:1 .lan");
}

/* A device that comes and goes all the time does not keep the policy unknown. */
static void hardware_that_never_falls_quiet_is_not_waited_for(void **state)
{
	struct core_fixture *f = *state;
	struct kb_engine *e;

	core_fixture_start(f);
	e = &f->core->engine;
	e->options.simulation = NULL;
	e->settled_ms = 0;
	kb_engine_root_changed(e);
	core_fixture_run(f);
	assert_int_equal(e->environment.state, KB_ENV_UNKNOWN);
	f->fake->now_ms += KB_UNSEEN_WINDOW_MS;
	kb_timer_set(e->unseen_window, 0);
	core_fixture_run(f);
	assert_int_equal(e->environment.state, KB_ENV_NONE);
	e->options.simulation = &f->simulation;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_but_a_refusal_leads_out_of_leaving),
		cmocka_unit_test(a_person_who_is_there_stays),
		cmocka_unit_test(only_what_is_wanted_is_jumped_to),
		cmocka_unit_test(a_key_ends_what_nobody_has_seen_but_not_what_somebody_chose),
		TEST(a_refused_jump_comes_back_to_the_menu),
		TEST(a_refused_jump_comes_back_to_the_prompt),
		TEST(who_does_not_go_is_left_behind),
		TEST(a_signal_does_not_end_the_engine_while_it_leaves),
		TEST(kboots_own_greeting_is_told),
		TEST(the_guard_restarts_the_machine),
		TEST(the_guard_goes_when_it_is_not_needed),
		TEST(a_timeout_without_a_default_says_so),
		TEST(no_timeout_and_no_default_is_nothing_to_say),
		TEST(a_countdown_boots_and_a_key_stops_it),
		TEST(a_key_in_the_delay_opens_the_menu_and_its_countdown),
		TEST(an_unseen_boot_is_ended_by_a_key),
		TEST(a_disk_that_goes_takes_the_selection_with_it),
		TEST(an_entry_that_goes_without_its_disk),
		TEST(a_disk_that_goes_while_its_kernel_is_loaded),
		TEST(hardware_that_never_falls_quiet_is_not_waited_for),
		TEST(the_state_file_is_replaced_whole),
		TEST(what_the_network_is_to_be_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
