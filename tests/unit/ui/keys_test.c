/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keyboard walk: every key of the one table that help and hints are made of does what it says,
 * from every view that shows the table or leads back to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
/* cmocka.h wants the ones above first. */
#include <cmocka.h>

#include "scene.h"
#include "view.h"

static struct scene s;

static const struct kb_view *const from[] = {&kb_view_menu, &kb_view_help, &kb_view_log};

/* What a key does, by the words that people read of it; said says it all. */
static const struct {
	const char *help;
	char letter;           /* or */
	enum kb_key_code code; /* of the one that is pressed */
	const char *sent;
	const struct kb_view *view; /* afterwards */
	const char *shown;
} walk[] = {
	{"choose an entry", 'j', 0, "select d", &kb_view_menu, "> 4"},
	{"choose an entry", 'k', 0, "select b", &kb_view_menu, "> 2"},
	{"choose an entry", 0, KB_KEY_DOWN, "select d", &kb_view_menu, "> 4"},
	{"choose an entry", 0, KB_KEY_UP, "select b", &kb_view_menu, "> 2"},
	{"a page up or down", 0, KB_KEY_PAGE_UP, "select a", &kb_view_menu, "> 1"},
	{"a page up or down", 0, KB_KEY_PAGE_DOWN, "", &kb_view_menu, ">   ▸ Adv"},
	{"the first, the last entry", 0, KB_KEY_HOME, "select a", &kb_view_menu, "> 1"},
	{"the first, the last entry", 0, KB_KEY_END, "", &kb_view_menu, ">   ▸ Adv"},
	{"type the number of an entry", '0', 0, "", &kb_view_menu, "> 3"},
	{"type the number of an entry", '1', 0, "select a", &kb_view_menu, "> 1"},
	{"type the number of an entry", '2', 0, "select b", &kb_view_menu, "> 2"},
	{"type the number of an entry", '3', 0, "", &kb_view_menu, "> 3"},
	{"type the number of an entry", '4', 0, "select d", &kb_view_menu, "> 4"},
	{"type the number of an entry", '5', 0, "select e", &kb_view_menu, "> 5"},
	{"type the number of an entry", '6', 0, "", &kb_view_menu, "> 3"},
	{"type the number of an entry", '7', 0, "", &kb_view_menu, "> 3"},
	{"type the number of an entry", '8', 0, "", &kb_view_menu, "> 3"},
	{"type the number of an entry", '9', 0, "", &kb_view_menu, "> 3"},
	{"open a submenu; close it, or the one around an entry", 0, KB_KEY_RIGHT, "", &kb_view_menu,
	 "> 3"},
	{"open a submenu; close it, or the one around an entry", 0, KB_KEY_LEFT, "", &kb_view_menu,
	 "> 3"},
	{"boot the chosen entry; open or close a submenu", 0, KB_KEY_ENTER, "boot c", &kb_view_menu,
	 "> 3"},
	{"call a boot off; go back; put a message away", 0, KB_KEY_ESCAPE, "", &kb_view_menu,
	 "> 3"},
	{"edit all that the chosen entry starts, for one boot", 'e', 0, "", &kb_view_edit, "Edit"},
	{"more or fewer details", 'd', 0, "", &kb_view_menu, "> 3"},
	{"the log: what kboot did, and why something is missing", 'l', 0, "log", &kb_view_log,
	 "Log"},
	{"look at all devices again", 'r', 0, "rescan", &kb_view_menu, "> 3"},
	{"rescue: repair a system, or write a report", 'R', 0, "shell", &kb_view_menu, "> 3"},
	{"open kboot's prompt", 'c', 0, "shell", &kb_view_menu, "> 3"},
	{"restart, power off, firmware", 'q', 0, "firmware", &kb_view_power, "Power off"},
	{"SSH: who is logged in; let people in, or out", 'S', 0, "sessions", &kb_view_ssh,
	 "Nobody can log in"},
	{"this page", '?', 0, "", &kb_view_help, "this page"},
};

static void begin(void)
{
	scene_open(&s, 30, 100, KB_CHARSET_UTF8);
	scene_catalog(&s);
	s.state =
		(struct kb_state){.phase = KB_PHASE_WAITING, .default_id = "a", .selected_id = "c"};
	scene_state(&s);
	(void)scene_text(&s);
}

static void press(enum kb_key_code code, char letter)
{
	kb_screen_key(&s.ui,
		      &(struct kb_key){.code = letter ? KB_KEY_CHAR : code, .text = {letter}},
		      s.now_ms);
}

/* What a view does with a key itself, and that one closes it instead, is not for this walk. */
static bool is_its_own(const struct kb_view *view, size_t i)
{
	bool moves = walk[i].code >= KB_KEY_UP || walk[i].letter == 'j' || walk[i].letter == 'k';

	return view != &kb_view_menu &&
	       (moves || walk[i].code || walk[i].letter == (view == &kb_view_help ? '?' : 'l'));
}

static void walk_one(const struct kb_view *view, size_t i)
{
	begin();
	if (view != &kb_view_menu) {
		press(0, (char)(view == &kb_view_help ? '?' : 'l'));
		assert_ptr_equal(kb_screen_view(&s.ui), view);
	}
	(void)scene_sent(&s);
	press(walk[i].code, walk[i].letter);
	if (strcmp(scene_sent(&s), walk[i].sent) != 0 &&
	    !(view == &kb_view_log && walk[i].letter == 'l')) {
		fail_msg("%s: sent %s", walk[i].help, scene_sent(&s));
	}
	assert_ptr_equal(kb_screen_view(&s.ui), walk[i].view);
	assert_non_null(strstr(scene_text(&s), walk[i].shown));
	scene_close(&s);
}

static void every_key_does_what_it_says(void **state)
{
	(void)state;
	for (size_t v = 0; v < KB_ARRAY_LEN(from); v++) {
		for (size_t i = 0; i < KB_ARRAY_LEN(walk); i++) {
			if (!is_its_own(from[v], i)) {
				walk_one(from[v], i);
			}
		}
	}
}

static bool is_walked(const char *help, enum kb_key_code code, char letter)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(walk); i++) {
		if (strcmp(walk[i].help, help) == 0 && walk[i].letter == letter &&
		    (letter || walk[i].code == code)) {
			return true;
		}
	}
	return false;
}

/* A key that is added to the table is walked, or this fails. */
static void the_walk_has_every_key(void **state)
{
	size_t n = 0;

	(void)state;
	for (const struct kb_binding *b = kb_menu_bindings; b->keys; b++) {
		for (size_t i = 0; i < KB_ARRAY_LEN(b->codes) && b->codes[i]; i++, n++) {
			assert_true(is_walked(b->help, b->codes[i], '\0'));
		}
		for (const char *letter = b->letters; letter && *letter; letter++, n++) {
			assert_true(is_walked(b->help, KB_KEY_OTHER, *letter));
		}
	}
	assert_int_equal(n, KB_ARRAY_LEN(walk));
}

static void the_menu_has_no_letter_that_may_be_a_hotkey(void **state)
{
	(void)state;
	for (const struct kb_binding *b = kb_menu_bindings; b->keys; b++) {
		for (const char *letter = b->letters; letter && *letter; letter++) {
			assert_false(kb_is_hotkey((const char[]){*letter, '\0'}));
		}
	}
	assert_true(kb_is_hotkey("t"));
	assert_false(kb_is_hotkey("f1"));
	assert_false(kb_is_hotkey("\x1b"));
	assert_false(kb_is_hotkey(""));
}

/* GRUB's boots, Syslinux's moves; what is in a closed submenu is not listed; nothing boots from
 * another view. */
static void hotkeys(void **state)
{
	static const struct kb_entry entries[] = {
		{.id = "a", .title = "A", .format = KB_FORMAT_GRUB, .tries_left = -1},
		{.id = "b",
		 .title = "B",
		 .format = KB_FORMAT_GRUB,
		 .hotkey = "t",
		 .kernel = "sda1:/k",
		 .tries_left = -1},
		{.id = "c",
		 .title = "C",
		 .format = KB_FORMAT_EXTLINUX,
		 .hotkey = "x",
		 .tries_left = -1},
		{.id = "d",
		 .title = "D",
		 .format = KB_FORMAT_GRUB,
		 .hotkey = "z",
		 .path = {"More"},
		 .n_path = 1,
		 .tries_left = -1},
	};

	(void)state;
	scene_open(&s, 30, 100, KB_CHARSET_UTF8);
	scene_entries(&s, entries, KB_ARRAY_LEN(entries));
	s.state = (struct kb_state){.phase = KB_PHASE_WAITING, .selected_id = "a"};
	scene_state(&s);
	(void)scene_sent(&s);
	press(0, 'X');
	assert_string_equal(scene_sent(&s), "select c");
	press(0, 'T');
	press(0, 'z');
	assert_string_equal(scene_sent(&s), "");
	press(0, '?');
	press(0, 't');
	assert_string_equal(scene_sent(&s), "");
	assert_ptr_equal(kb_screen_view(&s.ui), &kb_view_menu);
	press(0, 't');
	assert_non_null(strstr(scene_sent(&s), "boot b"));
	assert_non_null(strstr(scene_text(&s), "Key           t"));
	scene_close(&s);
}

static void help_shows_every_key_and_the_hints_their_words(void **state)
{
	(void)state;
	begin();
	for (const struct kb_binding *b = kb_menu_bindings; b->keys; b++) {
		if (b->hint_in & KB_IN_LIST) {
			assert_non_null(strstr(scene_text(&s), b->hint));
		}
	}
	press(0, '?');
	for (const struct kb_binding *b = kb_menu_bindings; b->keys; b++) {
		assert_non_null(strstr(scene_text(&s), b->keys));
		assert_non_null(strstr(scene_text(&s), b->help));
	}
	scene_close(&s);
}

/* What each key does on a submenu's row instead; all others do the same there. */
static void the_walk_on_a_submenu(void **state)
{
	static const struct {
		char letter;
		enum kb_key_code code;
		const char *shown;
	} instead[] = {
		{'k', 0, "> 4"},
		{0, KB_KEY_UP, "> 4"},
		{'j', 0, ">   ▸ Adv"},
		{0, KB_KEY_DOWN, ">   ▸ Adv"},
		{0, KB_KEY_RIGHT, ">   ▾ Adv"},
		{0, KB_KEY_LEFT, ">   ▸ Adv"},
		{0, KB_KEY_ENTER, ">   ▾ Adv"},
		{'e', 0, "This is a submenu: choose an entry in it."},
		{'d', 0, "1 entry: Old one"},
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(instead); i++) {
		begin();
		press(KB_KEY_END, '\0');
		(void)scene_sent(&s);
		press(instead[i].code, instead[i].letter);
		assert_string_equal(scene_sent(&s),
				    strstr(instead[i].shown, "4") ? "select d" : "");
		assert_ptr_equal(kb_screen_view(&s.ui), &kb_view_menu);
		assert_non_null(strstr(scene_text(&s), instead[i].shown));
		scene_close(&s);
	}
}

/* Enter, or an arrow, was meant to close the view: it must not boot. */
static void what_closes_a_view_does_nothing_else(void **state)
{
	(void)state;
	for (size_t v = 1; v < KB_ARRAY_LEN(from); v++) {
		begin();
		press(0, (char)(from[v] == &kb_view_help ? '?' : 'l'));
		(void)scene_sent(&s);
		press(KB_KEY_ENTER, '\0');
		assert_string_equal(scene_sent(&s), "");
		assert_ptr_equal(kb_screen_view(&s.ui), &kb_view_menu);
		scene_close(&s);
	}
}

static void restricted_speaks_of_no_editing(void **state)
{
	(void)state;
	begin();
	s.state.restricted = true;
	scene_state(&s);
	assert_null(strstr(scene_text(&s), "e edit"));
	press(0, 'e');
	assert_ptr_equal(kb_screen_view(&s.ui), &kb_view_menu);
	assert_non_null(strstr(scene_text(&s), KB_NO_EDITING));
	press(0, '?');
	assert_null(strstr(scene_text(&s), "edit all that"));
	scene_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_does_what_it_says),
		cmocka_unit_test(the_walk_has_every_key),
		cmocka_unit_test(the_walk_on_a_submenu),
		cmocka_unit_test(the_menu_has_no_letter_that_may_be_a_hotkey),
		cmocka_unit_test(hotkeys),
		cmocka_unit_test(help_shows_every_key_and_the_hints_their_words),
		cmocka_unit_test(what_closes_a_view_does_nothing_else),
		cmocka_unit_test(restricted_speaks_of_no_editing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
