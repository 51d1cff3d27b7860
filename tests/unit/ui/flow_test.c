/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What keys ask of the engine, in each phase. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the ones above first. */
#include <cmocka.h>

#include "scene.h"
#include "view.h"

static struct scene s;

static void in_phase(enum kb_phase phase)
{
	s.state.phase = phase;
	s.state.remaining_ms = 7000;
	s.state.total_ms = 10000;
	scene_state(&s);
	(void)scene_sent(&s);
}

static void sends(const char *keys, const char *expected)
{
	scene_type(&s, keys);
	assert_string_equal(scene_sent(&s), expected);
}

static void moving(void **state)
{
	(void)state;
	sends("<Down>", "select b");
	sends("j", "select c");
	sends("<Up>k", "select b; select a");
	sends("<Up>", "");
	sends("<End>", "");
	sends("<Home>", "select a");
	sends("<PgDn>", "");
	sends("<PgUp>", "select a");
}

static bool shown(const char *text)
{
	return strstr(scene_text(&s), text) != NULL;
}

/* The keys of a submenu are the menu's own: the engine knows entries, and hears of those alone. */
static void submenus(void **state)
{
	(void)state;
	sends("<End>", "");
	assert_true(shown(" >   ▸ Advanced options  (1)\n"));
	assert_true(shown("Enter open"));
	assert_true(shown("Submenu       1 entry: Old one"));
	sends("<Right>", "");
	sends("<Right>", "");
	assert_true(shown(" >   ▾ Advanced options  (1)\n   5     Old one"));
	assert_true(shown("Enter fold"));
	sends("<Down>", "select e");
	assert_true(shown("Enter boot"));
	sends("<Right>", "");
	sends("<Left>", "");
	assert_true(shown(" >   ▸ Advanced options  (1)\n"));
	assert_false(shown("Old one  "));
	sends("<Left>", "");
	sends("<Enter>", "");
	sends("<Enter>", "");
	assert_true(shown(" >   ▸ Advanced options  (1)\n"));
	sends("e", "");
	assert_true(shown("This is a submenu: choose an entry in it."));
	sends("<Up>", "select d");
	sends("<Left><Right>", "");
	sends("5", "select e");
	sends("<Enter>", "boot e");
}

/* The engine says again and again what is selected: only another entry than before opens. */
static void a_submenu_that_is_left_stays_closed(void **state)
{
	(void)state;
	sends("5", "select e");
	s.state.selected_id = "e";
	scene_state(&s);
	sends("<Left>", "");
	s.state.stage = KB_STAGE_ARMED;
	s.state.stage_id = "e";
	scene_state(&s);
	scene_catalog(&s);
	scene_state(&s);
	assert_true(shown(" >   ▸ Advanced options  (1)\n"));
	assert_false(shown("Enter starts it"));
	s.state.selected_id = "a";
	scene_state(&s);
	assert_true(shown(" > 1   Debian"));
	s.state.selected_id = "e";
	scene_state(&s);
	assert_true(shown("     ▾ Advanced options  (1)\n > 5     Old one"));
	/* It was opened for somebody, and stays. */
	scene_entries(&s, NULL, 0);
	scene_state(&s);
	scene_catalog(&s);
	s.state.selected_id = "b";
	scene_state(&s);
	assert_true(shown("     ▾ Advanced options  (1)\n   5     Old one"));
}

/* A list and the state behind it are one picture: which entry is selected the state says. */
static void a_new_list_waits_for_its_state(void **state)
{
	(void)state;
	assert_true(kb_screen_may_draw(&s.ui, s.now_ms));
	scene_catalog(&s);
	assert_false(kb_screen_may_draw(&s.ui, s.now_ms));
	assert_in_range(kb_screen_next_ms(&s.ui), 1, KB_UI_LIST_MS);
	/* Not for ever. */
	assert_true(kb_screen_may_draw(&s.ui, s.now_ms + KB_UI_LIST_MS));
	scene_state(&s);
	assert_true(kb_screen_may_draw(&s.ui, s.now_ms));
	assert_int_equal(kb_screen_next_ms(&s.ui), -1);
}

static void numbers(void **state)
{
	static struct kb_entry many[120];
	static char ids[120][8];

	(void)state;
	sends("3", "select c");
	/* There are five: 34 is none, so 4 is a new number. */
	sends("4", "select d");
	sends("0", "");
	sends("9", "");
	for (int i = 0; i < 120; i++) {
		(void)snprintf(ids[i], sizeof(ids[i]), "n%d", i + 1);
		many[i] = (struct kb_entry){.id = ids[i], .tries_left = -1};
	}
	scene_entries(&s, many, 120);
	(void)scene_sent(&s);
	s.now_ms += KB_UI_NUMBER_MS;
	sends("117", "select n1; select n11; select n117");
	sends("8", "select n8");
	s.now_ms += KB_UI_NUMBER_MS;
	sends("5", "select n5");
	/* An arrow ends a number: what follows is another one. */
	sends("<Down>7", "select n6; select n7");
}

static void booting(void **state)
{
	(void)state;
	sends("<Down><Enter>", "select b; boot b");
	/* Once is enough until the engine has answered. */
	sends("<Enter><Enter>", "");
	scene_reply(&s, KB_DO_BOOT, false, "no kernel");
	sends("<Enter>", "boot b");
	scene_reply(&s, KB_DO_BOOT, true, NULL);
	in_phase(KB_PHASE_BOOTING);
	sends("<Down><Enter>ecrq5", "");
	sends("<Esc>", "cancel");
	in_phase(KB_PHASE_LEAVING);
	sends("<Esc><Enter>l", "");
}

static void the_countdown_stops_at_any_key(void **state)
{
	(void)state;
	in_phase(KB_PHASE_COUNTDOWN);
	sends("x", "activity");
	sends("<Down>", "activity; select b");
	sends("<Enter>", "activity; boot b");
	scene_reply(&s, KB_DO_BOOT, true, NULL);
	in_phase(KB_PHASE_WAITING);
	sends("x", "");
}

static void a_key_in_the_delay_only_opens_the_menu(void **state)
{
	(void)state;
	in_phase(KB_PHASE_DELAY);
	assert_ptr_equal(kb_screen_view(&s.ui), &kb_view_delay);
	sends("<Enter>", "activity");
	assert_ptr_equal(kb_screen_view(&s.ui), &kb_view_menu);
	/* Typed ahead of the engine's answer, and meant for the menu. */
	sends("<Down><Enter>", "select b; boot b");
	scene_reply(&s, KB_DO_BOOT, true, NULL);
	in_phase(KB_PHASE_WAITING);
	in_phase(KB_PHASE_DELAY);
	sends("<Down>", "activity");
}

static void looking_for_devices_counts_as_waiting(void **state)
{
	(void)state;
	in_phase(KB_PHASE_STARTING);
	sends("<Down>", "activity; select b");
}

static void typed_before_the_engine_spoke(void **state)
{
	struct scene early;

	(void)state;
	scene_open(&early, 24, 80, KB_CHARSET_UTF8);
	scene_type(&early, "<Down><Down><Enter>");
	assert_string_equal(scene_sent(&early), "");
	scene_catalog(&early);
	assert_string_equal(scene_sent(&early), "");
	scene_state(&early);
	assert_string_equal(scene_sent(&early), "select b; select c; boot c");
	scene_close(&early);
	scene_open(&early, 24, 80, KB_CHARSET_UTF8);
	for (int i = 0; i < 100; i++) {
		scene_type(&early, "r");
	}
	assert_int_equal(early.ui.n_early, KB_UI_EARLY_KEYS);
	scene_close(&early);
}

static void editing(void **state)
{
	(void)state;
	sends("<Down>e nonce=1<Enter>",
	      "select b; boot b [sda2:/boot/vmlinuz-6.1 root=/dev/sda2 ro single nonce=1]");
	assert_ptr_equal(kb_screen_view(&s.ui), &kb_view_menu);
	/* It failed: what was typed is still there. */
	scene_reply(&s, KB_DO_BOOT, false, "no kernel");
	sends("e2<Enter>", "boot b [sda2:/boot/vmlinuz-6.1 root=/dev/sda2 ro single nonce=12]");
	scene_reply(&s, KB_DO_BOOT, false, "no kernel");
	/* Enter in the menu boots as it is. */
	sends("<Enter>", "boot b");
	scene_reply(&s, KB_DO_BOOT, false, "no kernel");
	/* Given up is gone. */
	sends("e<Esc>e<Enter>", "boot b [sda2:/boot/vmlinuz-6.1 root=/dev/sda2 ro single]");
	scene_reply(&s, KB_DO_BOOT, false, "no kernel");
	/* Letters are text in the editor, also those that mean something in the menu. */
	sends("e<^U>qrlc?0<Enter>", "boot b [qrlc?0]");
	scene_reply(&s, KB_DO_BOOT, false, "no kernel");
	/* Another entry starts from its own. */
	sends("<Up>e<Enter>",
	      "select a; boot a [sda2:/boot/vmlinuz-6.1 initrd=sda2:/boot/microcode "
	      "initrd=sda2:/boot/initrd.img-6.1 root=/dev/sda2 ro quiet]");
	scene_reply(&s, KB_DO_BOOT, false, "no kernel");
	sends("5e<^C>", "select e");
	assert_ptr_equal(kb_screen_view(&s.ui), &kb_view_menu);
	/* A command is for the prompt, however it was edited. */
	sends("e2<Enter>", "shell");
	assert_ptr_equal(kb_screen_view(&s.ui), &kb_view_menu);
	scene_reply(&s, KB_DO_SHELL, true, NULL);
	assert_true(s.ui.wants_shell);
	assert_string_equal(s.ui.boot_id, "boot sdb1:/old2");
	sends("c", "shell");
	assert_null(s.ui.boot_id);
}

static void power(void **state)
{
	(void)state;
	sends("qr", "firmware");
	sends("r", "reboot");
	assert_ptr_equal(kb_screen_view(&s.ui), &kb_view_menu);
	sends("qpp", "poweroff");
	sends("q<Enter><Enter>", "reboot");
	sends("q<Down><Enter><Enter>", "poweroff");
	/* Sure of one is not sure of the other. */
	sends("qrp", "");
	sends("<Esc>", "");
	sends("qr<Down><Up>r<Esc>", "");
	sends("q<Esc>r", "rescan");
	/* Leaving makes sense in a simulation and on a terminal that somebody brought. */
	sends("qx", "");
	assert_false(s.ui.wants_quit);
	s.state.simulated = true;
	scene_state(&s);
	sends("qx", "");
	assert_true(s.ui.wants_quit);
}

static void firmware_offers(const char *id, const char *title)
{
	const struct kb_table_row rows[] = {{{"setup", "Firmware setup"}},
					    {{NULL, "no id"}},
					    {{"0001"}},
					    {{id, title}}};

	scene_message(&s, &(struct kb_message){.type = KB_MSG_REPLY,
					       .to = "firmware",
					       .ok = true,
					       .rows = rows,
					       .n_rows = KB_ARRAY_LEN(rows)});
}

static void firmware(void **state)
{
	(void)state;
	sends("q", "firmware");
	firmware_offers("0003", "Windows");
	sends("ff", "firmware setup");
	/* Not asked again before that is answered, and nothing old is offered. */
	sends("qf", "");
	scene_reply(&s, KB_DO_FIRMWARE, false, "no");
	sends("<Esc>q", "firmware");
	firmware_offers("0003", "Windows");
	sends("<Down><Down><Down><Down><Enter>", "");
	sends("<Up><Down><Enter>", "");
	sends("<Enter>", "firmware 0003");
	assert_ptr_equal(kb_screen_view(&s.ui), &kb_view_menu);
	scene_reply(&s, KB_DO_FIRMWARE, true, NULL);
	/* A blank chooses nothing. */
	sends("q", "firmware");
	firmware_offers("0003", "Windows");
	sends("  ", "");
	assert_ptr_equal(kb_screen_view(&s.ui), &kb_view_menu);
	s.state.restricted = true;
	scene_state(&s);
	sends("qf", "");
}

static void asking_for_things(void **state)
{
	(void)state;
	sends("c", "shell");
	assert_false(s.ui.wants_shell);
	scene_reply(&s, KB_DO_SHELL, false, "not here");
	assert_false(s.ui.wants_shell);
	scene_reply(&s, KB_DO_SHELL, true, NULL);
	assert_true(s.ui.wants_shell);
	sends("r", "rescan");
	sends("l", "log");
	assert_ptr_equal(kb_screen_view(&s.ui), &kb_view_log);
	sends("<Esc>l", "");
	sends("<Esc>?", "");
	assert_ptr_equal(kb_screen_view(&s.ui), &kb_view_help);
	sends("x", "");
	assert_ptr_equal(kb_screen_view(&s.ui), &kb_view_menu);
}

static void somebody_boots_while_we_look_elsewhere(void **state)
{
	(void)state;
	scene_type(&s, "e");
	in_phase(KB_PHASE_BOOTING);
	assert_ptr_equal(kb_screen_view(&s.ui), &kb_view_menu);
	in_phase(KB_PHASE_WAITING);
	scene_type(&s, "l");
	in_phase(KB_PHASE_BOOTING);
	assert_ptr_equal(kb_screen_view(&s.ui), &kb_view_log);
	in_phase(KB_PHASE_LEAVING);
	assert_ptr_equal(kb_screen_view(&s.ui), &kb_view_leaving);
}

static int setup(void **state)
{
	(void)state;
	scene_open(&s, 24, 80, KB_CHARSET_UTF8);
	scene_catalog(&s);
	s.state =
		(struct kb_state){.phase = KB_PHASE_WAITING, .default_id = "a", .selected_id = "a"};
	scene_state(&s);
	s.state.selected_id = NULL;
	(void)scene_text(&s);
	(void)scene_sent(&s);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	scene_close(&s);
	return 0;
}

#define FLOW(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FLOW(moving),
		FLOW(submenus),
		FLOW(a_submenu_that_is_left_stays_closed),
		FLOW(a_new_list_waits_for_its_state),
		FLOW(numbers),
		FLOW(booting),
		FLOW(the_countdown_stops_at_any_key),
		FLOW(a_key_in_the_delay_only_opens_the_menu),
		FLOW(looking_for_devices_counts_as_waiting),
		FLOW(typed_before_the_engine_spoke),
		FLOW(editing),
		FLOW(power),
		FLOW(firmware),
		FLOW(asking_for_things),
		FLOW(somebody_boots_while_we_look_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
