/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Views as text, where it is about time and odd sizes. What a terminal shows is in tests/screen. */
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

static void begin(int rows, int cols, enum kb_charset charset)
{
	scene_open(&s, rows, cols, charset);
	scene_catalog(&s);
	s.state =
		(struct kb_state){.phase = KB_PHASE_WAITING, .default_id = "a", .selected_id = "a"};
	scene_state(&s);
}

static void passes(int64_t ms)
{
	s.now_ms += ms;
	(void)scene_text(&s);
}

static bool shown(const char *text)
{
	return strstr(scene_text(&s), text) != NULL;
}

static void a_small_menu(void **state)
{
	(void)state;
	begin(12, 40, KB_CHARSET_UTF8);
	EXPECT_SCREEN(&s, " kboot\n"
			  " sda2  debian-root  ext4  /boot/kboot.…\n"
			  " > 1   Debian GNU/Linux 12  *\n"
			  "   2   Debian, single …  (2 tries left)\n"
			  " sda2  debian-root  ext4  kernels with…\n"
			  "   3   vmlinuz-5.10\n"
			  " sdb1  RESCUE  vfat  /kboot.conf\n"
			  "   4 ! rescue\n"
			  "── 1-4 of 5 ────────────────────────────\n"
			  " /boot/vmlinuz-6.1 root=/dev/sda2 ro q…\n"
			  "\n"
			  " Enter boot  e edit  q power  ? help\n");
	assert_int_equal(scene_selected_row(&s), 2);
	assert_int_equal(s.grid.cursor_row, 2);
	scene_close(&s);
}

static void details_of_all_kinds(void **state)
{
	(void)state;
	begin(24, 80, KB_CHARSET_UTF8);
	assert_true(shown(" Initrd        sda2:/boot/microcode, sda2:/boot/initrd.img-6.1\n"));
	assert_true(shown(" Device        sda2  ext4  LABEL=debian-root  20.0 GiB  UUID="));
	assert_true(shown(" Defined in    sda2:/boot/kboot.conf:3\n"));
	assert_true(shown(" Command line  root=/dev/sda2 ro quiet\n"));
	scene_type(&s, "4");
	assert_true(shown(" ! initrd not found: sdb1:/initrd.gz\n"));
	assert_true(shown("removable"));
	scene_type(&s, "5");
	assert_true(shown(" Command       boot sdb1:/old\n"));
	assert_true(shown("Advanced options"));
	assert_true(shown("(failed before)"));
	scene_close(&s);
}

static void a_slow_line_describes_what_stays(void **state)
{
	(void)state;
	begin(24, 80, KB_CHARSET_ASCII);
	s.ui.slow = true;
	passes(KB_UI_LOAD_REST_MS);
	assert_true(shown("/boot/vmlinuz-6.1 root=/dev/sda2 ro quiet"));
	scene_type(&s, "<Down><Down>");
	passes(KB_UI_DETAILS_REST_MS - 1);
	assert_true(shown("/boot/vmlinuz-6.1 root=/dev/sda2 ro quiet"));
	assert_int_equal(kb_screen_next_ms(&s.ui), 1);
	passes(1);
	assert_true(shown("\n /boot/vmlinuz-5.10\n"));
	assert_false(shown("quiet"));
	/* A catalog that comes in between takes the old entry's text away with it. */
	scene_type(&s, "<Home>");
	scene_catalog(&s);
	assert_true(shown("ro quiet"));
	scene_close(&s);
}

static void a_slow_line_shows_no_load_that_passes(void **state)
{
	(void)state;
	begin(24, 80, KB_CHARSET_ASCII);
	s.ui.slow = true;
	s.state.stage = KB_STAGE_ARMED;
	s.state.stage_id = "a";
	scene_state(&s);
	passes(KB_UI_LOAD_REST_MS);
	assert_true(shown("Loaded"));
	scene_type(&s, "<Down>");
	s.state = (struct kb_state){.phase = KB_PHASE_WAITING, .selected_id = "b"};
	scene_state(&s);
	passes(300);
	assert_true(shown("Loaded"));
	s.state.stage = KB_STAGE_LOADING;
	s.state.stage_id = "b";
	s.state.total_bytes = 100;
	scene_state(&s);
	passes(KB_UI_LOAD_REST_MS - 301);
	assert_true(shown("Loaded"));
	assert_int_equal(kb_screen_next_ms(&s.ui), 1);
	passes(1);
	assert_true(shown("Loading"));
	assert_false(shown("Loaded:"));
	/* But a boot is worth a word at once. */
	s.state.phase = KB_PHASE_BOOTING;
	s.state.stage = KB_STAGE_ARMED;
	scene_state(&s);
	assert_true(shown("Booting \"Debian, single user\" now"));
	scene_close(&s);
}

static void a_fast_terminal_shows_everything_at_once(void **state)
{
	(void)state;
	begin(24, 80, KB_CHARSET_UTF8);
	scene_type(&s, "<Down>");
	assert_true(shown("ro single"));
	s.state = (struct kb_state){.phase = KB_PHASE_WAITING,
				    .selected_id = "b",
				    .stage = KB_STAGE_LOADING,
				    .stage_id = "b",
				    .done_bytes = 5 << 20,
				    .total_bytes = 10 << 20};
	scene_state(&s);
	assert_true(shown("Loading 5.0 MiB of 10.0 MiB\n █"));
	s.state.total_bytes = 0;
	scene_state(&s);
	assert_true(shown("Loading 5.0 MiB\n"));
	s.state.stage = KB_STAGE_FETCHING;
	scene_state(&s);
	assert_true(shown("Fetching 5.0 MiB\n"));
	s.state.total_bytes = 10 << 20;
	s.state.bytes_per_s = 1 << 20;
	scene_state(&s);
	assert_true(shown("Fetching 5.0 MiB of 10.0 MiB, 1.0 MiB/s, 6 s left\n █"));
	s.state.done_bytes = 0;
	scene_state(&s);
	assert_true(shown("Fetching its files"));
	assert_int_equal(kb_screen_next_ms(&s.ui), -1);
	scene_close(&s);
}

static void notices_stay_until_seen(void **state)
{
	(void)state;
	begin(24, 80, KB_CHARSET_UTF8);
	s.state.notice = "It did not work.";
	s.state.notice_level = KB_NOTICE_ERROR;
	s.state.notice_seq = 1;
	scene_state(&s);
	assert_true(shown("It did not work."));
	scene_state(&s);
	scene_type(&s, "d");
	assert_true(shown("It did not work."));
	scene_type(&s, "<Down>");
	assert_false(shown("It did not work."));
	scene_state(&s);
	assert_false(shown("It did not work."));
	s.state.notice_seq = 2;
	scene_state(&s);
	assert_true(shown("It did not work."));
	scene_type(&s, "<Esc>");
	assert_false(shown("It did not work."));
	/* The menu's own words give way to newer ones of the engine, and to the next key. */
	scene_reply(&s, KB_DO_SHELL, false, "not here");
	assert_true(shown("Not here."));
	s.state.notice_seq = 3;
	scene_state(&s);
	assert_false(shown("Not here."));
	assert_true(shown("It did not work."));
	scene_reply(&s, KB_DO_SHELL, false, NULL);
	assert_true(shown("That was refused."));
	scene_type(&s, "x");
	assert_false(shown("That was refused."));
	scene_close(&s);
}

static void seconds_are_rounded_up(void **state)
{
	(void)state;
	begin(24, 80, KB_CHARSET_ASCII);
	s.state.phase = KB_PHASE_COUNTDOWN;
	s.state.remaining_ms = 2000;
	s.state.total_ms = 4000;
	scene_state(&s);
	assert_true(shown("Booting \"Debian GNU/Linux 12\" in 2 s, press any key to stop\n"
			  " ####################...................."));
	passes(999);
	assert_true(shown(" in 2 s,"));
	passes(1);
	assert_true(shown(" in 1 s,"));
	passes(1000);
	assert_true(shown(" in 0 s,"));
	assert_int_equal(kb_screen_next_ms(&s.ui), -1);
	scene_close(&s);
}

static void add_log_lines(int n)
{
	for (int i = 1; i <= n; i++) {
		struct kb_message m = {.type = KB_MSG_LOG, .log = {.time_ms = i * 1000}};

		(void)snprintf(m.log.text, sizeof(m.log.text), "line %d", i);
		scene_message(&s, &m);
	}
}

static void the_log_follows(void **state)
{
	(void)state;
	begin(10, 40, KB_CHARSET_UTF8);
	scene_type(&s, "l");
	add_log_lines(30);
	assert_true(shown("line 30\n"));
	assert_false(shown("line 22\n"));
	scene_type(&s, "<Up><Up>");
	assert_true(shown("line 21\n"));
	assert_false(shown("line 29\n"));
	assert_true(shown("2 further down"));
	scene_type(&s, "<Home>");
	assert_true(shown("line 1\n"));
	scene_type(&s, "<Up><Up>");
	(void)scene_text(&s);
	scene_type(&s, "<PgDn>");
	assert_true(shown("line 8\n"));
	scene_type(&s, "<End>");
	assert_true(shown("line 30\n"));
	/* The ring forgets the oldest. */
	add_log_lines(KB_LOG_LINES + 10);
	scene_type(&s, "<Home>");
	assert_true(shown("line 11\n"));
	assert_false(shown("line 10\n"));
	scene_close(&s);
}

static void the_position_is_told(void **state)
{
	struct kb_entry many[90];
	char ids[90][8];

	(void)state;
	begin(40, 130, KB_CHARSET_UTF8);
	for (int i = 0; i < 90; i++) {
		(void)snprintf(ids[i], sizeof(ids[i]), "n%d", i + 1);
		many[i] = (struct kb_entry){.id = ids[i], .tries_left = -1};
	}
	scene_entries(&s, many, 90);
	assert_true(shown("1-29 of 90"));
	scene_type(&s, "<End>");
	assert_true(shown("62-90 of 90"));
	scene_type(&s, "<Home>");
	assert_true(shown("1-29 of 90"));
	scene_close(&s);
}

/* A system and its copy on one disk; a kernel in / and in /boot; two labels of one name. */
static void one_title_on_one_disk(void **state)
{
	static const struct kb_device a = {.name = "sda1"};
	static const struct kb_entry entries[] = {
		{.id = "a",
		 .title = "Ubuntu",
		 .format = KB_FORMAT_FILE,
		 .device = &a,
		 .subvolume = "/@",
		 .kernel = "sda1:/@/boot/k",
		 .tries_left = -1},
		{.id = "b",
		 .title = "Ubuntu",
		 .format = KB_FORMAT_FILE,
		 .device = &a,
		 .subvolume = "/@backup",
		 .kernel = "sda1:/@backup/boot/k",
		 .tries_left = -1},
		{.id = "c",
		 .title = "Linux",
		 .format = KB_FORMAT_FILE,
		 .device = &a,
		 .kernel = "sda1:/k",
		 .tries_left = -1},
		{.id = "d",
		 .title = "Linux",
		 .format = KB_FORMAT_FILE,
		 .device = &a,
		 .kernel = "sda1:/boot/k",
		 .tries_left = -1},
		{.id = "e",
		 .title = "Linux",
		 .file = "sda1:/kboot.conf",
		 .device = &a,
		 .kernel = "sda1:/k",
		 .tries_left = -1},
	};
	static const char *const sentences[][2] = {
		{"a", "Booting «Ubuntu in @» in 4 s"},
		{"b", "Booting «Ubuntu in @backup» in 4 s"},
		{"c", "Booting «Linux from sda1:/k» in 4 s"},
		{"d", "Booting «Linux from sda1:/boot/k» in 4 s"},
		{"e", "Booting «Linux from /kboot.conf» in 4 s"},
	};

	(void)state;
	begin(24, 80, KB_CHARSET_UTF8);
	scene_entries(&s, entries, KB_ARRAY_LEN(entries));
	assert_true(shown("   Ubuntu in @\n"));
	assert_true(shown("   Ubuntu in @backup\n"));
	assert_true(shown("   Linux from sda1:/k\n"));
	assert_true(shown("   Linux from sda1:/boot/k\n"));
	/* Its heading says which. */
	assert_true(shown("   Linux\n"));
	s.state.phase = KB_PHASE_COUNTDOWN;
	s.state.remaining_ms = 4000;
	s.state.total_ms = 5000;
	for (size_t i = 0; i < KB_ARRAY_LEN(sentences); i++) {
		s.state.default_id = sentences[i][0];
		scene_state(&s);
		assert_true(shown(sentences[i][1]));
	}
	scene_close(&s);
}

/* Two disks have an entry of one title: a sentence says which is meant. */
static void one_title_on_two_disks(void **state)
{
	static const struct kb_device a = {.name = "sda1"};
	static const struct kb_device b = {.name = "sdb1"};
	static const struct kb_entry entries[] = {
		{.id = "a", .title = "Ubuntu", .device = &a, .kernel = "sda1:/k", .tries_left = -1},
		{.id = "b", .title = "Ubuntu", .device = &b, .kernel = "sdb1:/k", .tries_left = -1},
		{.id = "c", .title = "Rescue", .device = &b, .kernel = "sdb1:/k", .tries_left = -1},
	};

	(void)state;
	begin(24, 80, KB_CHARSET_UTF8);
	scene_entries(&s, entries, KB_ARRAY_LEN(entries));
	s.state.phase = KB_PHASE_COUNTDOWN;
	s.state.remaining_ms = 4000;
	s.state.total_ms = 5000;
	s.state.default_id = "b";
	scene_state(&s);
	assert_true(shown("Booting «Ubuntu on sdb1» in 4 s"));
	s.state.phase = KB_PHASE_DELAY;
	scene_state(&s);
	assert_true(shown("Ubuntu on sdb1 starts in 4 s"));
	s.state.phase = KB_PHASE_BOOTING;
	s.state.stage = KB_STAGE_LOADING;
	s.state.stage_id = "a";
	s.state.stage_title = "Ubuntu";
	scene_state(&s);
	assert_true(shown("Booting «Ubuntu on sda1»"));
	s.state.stage_title = "Ubuntu (edited)";
	scene_state(&s);
	assert_true(shown("Booting «Ubuntu (edited)»"));
	s.state.stage_id = "c";
	s.state.stage_title = "Rescue";
	scene_state(&s);
	assert_true(shown("Booting «Rescue»"));
	scene_close(&s);
}

static void an_edited_line_is_folded(void **state)
{
	(void)state;
	begin(12, 40, KB_CHARSET_UTF8);
	scene_type(&s, "e<^U>");
	for (int i = 0; i < 60; i++) {
		scene_type(&s, "ab");
	}
	assert_true(shown("\n ababababababababababababababababababab\n ababab\n"));
	assert_true(s.grid.cursor_visible);
	scene_type(&s, "<Up><Home>x");
	assert_true(shown("\n xababababababababababababababababababa\n"));
	scene_close(&s);
}

/* A row more than there is room for: the list follows the selected one, the question stays. */
static void what_the_firmware_offers_is_scrolled(void **state)
{
	struct kb_table_row rows[30];
	char titles[30][32];

	(void)state;
	begin(12, 60, KB_CHARSET_UTF8);
	scene_type(&s, "q");
	for (int i = 0; i < 30; i++) {
		(void)snprintf(titles[i], sizeof(titles[i]), "Program\x1b number %d", i);
		rows[i] = (struct kb_table_row){{"0001", titles[i]}};
	}
	scene_message(&s, &(struct kb_message){.type = KB_MSG_REPLY,
					       .to = "firmware",
					       .ok = true,
					       .rows = rows,
					       .n_rows = KB_ARRAY_LEN(rows)});
	assert_true(shown("> r  Restart the machine"));
	assert_false(shown("number 29"));
	for (int i = 0; i < 31; i++) {
		scene_type(&s, "<Down>");
	}
	scene_type(&s, "<Enter>");
	assert_true(shown(">    Program"));
	assert_true(shown("number 29"));
	assert_false(shown("Restart the machine"));
	assert_true(shown("Once more to restart into it."));
	scene_close(&s);
}

/* Every view at every small size, and some large ones: nothing but the grid may be touched. */
static void nothing_breaks_at_any_size(void **state)
{
	static const char *const ways[] = {"", "e", "l", "?", "q", "qr", "<Down><Down><Down>d"};

	(void)state;
	for (size_t way = 0; way < KB_ARRAY_LEN(ways); way++) {
		begin(24, 80, way & 1 ? KB_CHARSET_ASCII : KB_CHARSET_UTF8);
		s.state.notice = "A sentence that is long enough to be wrapped at most widths.";
		s.state.notice_seq = 1;
		s.state.notice_level = KB_NOTICE_ERROR;
		s.state.phase = KB_PHASE_COUNTDOWN;
		s.state.remaining_ms = 5000;
		scene_state(&s);
		scene_message(&s, &(struct kb_message){.type = KB_MSG_GREETING,
						       .text = "Hello\nthere\n\nand so on"});
		add_log_lines(20);
		scene_type(&s, ways[way]);
		for (int rows = 1; rows <= 44; rows++) {
			for (int cols = 1; cols <= 130; cols += cols < 44 ? 1 : 17) {
				assert_int_equal(kb_grid_resize(&s.grid, rows, cols), 0);
				(void)scene_text(&s);
				assert_in_range(s.grid.cursor_row, 0, rows - 1);
				assert_in_range(s.grid.cursor_col, 0, cols - 1);
			}
		}
		scene_close(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_small_menu),
		cmocka_unit_test(details_of_all_kinds),
		cmocka_unit_test(a_slow_line_describes_what_stays),
		cmocka_unit_test(a_slow_line_shows_no_load_that_passes),
		cmocka_unit_test(a_fast_terminal_shows_everything_at_once),
		cmocka_unit_test(notices_stay_until_seen),
		cmocka_unit_test(seconds_are_rounded_up),
		cmocka_unit_test(the_log_follows),
		cmocka_unit_test(the_position_is_told),
		cmocka_unit_test(one_title_on_one_disk),
		cmocka_unit_test(one_title_on_two_disks),
		cmocka_unit_test(an_edited_line_is_folded),
		cmocka_unit_test(what_the_firmware_offers_is_scrolled),
		cmocka_unit_test(nothing_breaks_at_any_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
