/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The editor of an entry: Tab completes names, asked of the engine. */
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

static int open_scene(void **state)
{
	(void)state;
	scene_open(&s, 24, 80, KB_CHARSET_UTF8);
	scene_catalog(&s);
	s.state =
		(struct kb_state){.phase = KB_PHASE_WAITING, .default_id = "a", .selected_id = "b"};
	scene_state(&s);
	scene_type(&s, "e<^U>");
	(void)scene_sent(&s);
	return 0;
}

static int close_scene(void **state)
{
	(void)state;
	scene_close(&s);
	return 0;
}

static const char *line(void)
{
	return s.ui.edit.line.text.data;
}

static void answer(enum kb_intent_type to, const struct kb_table_row *rows, size_t n)
{
	scene_message(&s, &(struct kb_message){.type = KB_MSG_REPLY,
					       .to = kb_intent_name(to),
					       .request = s.ui.edit.asked,
					       .ok = true,
					       .rows = rows,
					       .n_rows = n});
}

/* Types, presses Tab, expects a question, answers it with these names, and expects the line. */
static void becomes(const char *typed, const char *asked, const struct kb_table_row *rows, size_t n,
		    const char *expected)
{
	scene_type(&s, "<^E><^U>");
	scene_type(&s, typed);
	scene_type(&s, "<Tab>");
	assert_string_equal(scene_sent(&s), asked);
	if (asked[0]) {
		answer(strncmp(asked, "devices", 7) == 0 ? KB_DO_DEVICES : KB_DO_VISIT, rows, n);
	}
	assert_string_equal(line(), expected);
}

static const struct kb_table_row boot[] = {{{"initrd.img-6.1", ""}},
					   {{"vmlinuz-6.1", ""}},
					   {{"vmlinuz-6.10", ""}},
					   {{"efi", "/"}}};
static const struct kb_table_row devices[] = {{{"sda1", "vfat"}}, {{"sda2"}}, {{"vdb"}}};

static void a_kernel(void **state)
{
	(void)state;
	becomes("sda2:/boot/vm", "visit b sda2:/boot/", boot, 4, "sda2:/boot/vmlinuz-6.1");
	becomes("sda2:/boot/i", "visit b sda2:/boot/", boot, 4, "sda2:/boot/initrd.img-6.1 ");
	becomes("sda2:/boot/e", "visit b sda2:/boot/", boot, 4, "sda2:/boot/efi/");
	becomes("sda2:bo", "visit b sda2:", boot, 0, "sda2:bo");
	assert_non_null(strstr(scene_text(&s), "Nothing there begins so."));
	becomes("vd", "devices", devices, 3, "vdb:");
	becomes("s", "devices", devices, 3, "sda");
}

static void initrds_and_keywords(void **state)
{
	(void)state;
	becomes("k initrd=/boot/i", "visit b /boot/", boot, 4, "k initrd=/boot/initrd.img-6.1 ");
	becomes("k initrd=/a,/boot/e", "visit b /boot/", boot, 4, "k initrd=/a,/boot/efi/");
	becomes("k in", "", NULL, 0, "k initrd=");
	becomes("k d", "", NULL, 0, "k dtb=");
	becomes("k root=vd", "devices", devices, 3, "k root=vdb ");
	/* What is the kernel's own is its own. */
	becomes("k init=/sb", "", NULL, 0, "k init=/sb");
}

/* Blanks are kept together by a pair of quotes, as on a line of kboot.conf. */
static void names_with_blanks(void **state)
{
	static const struct kb_table_row rows[] = {{{"my kernel", ""}}, {{"it's", ""}}};

	(void)state;
	becomes("/x/m", "visit b /x/", rows, 2, "\"/x/my kernel\" ");
	becomes("'/x/my k", "visit b /x/", rows, 2, "'/x/my kernel' ");
	becomes("k initrd=\"/x/m", "visit b /x/", rows, 2, "k initrd=\"/x/my kernel\" ");
	becomes("/x/i", "visit b /x/", rows, 2, "\"/x/it's\" ");
}

/* Several initrds are told apart by commas: a name with one cannot be typed there. */
static void names_with_commas(void **state)
{
	static const struct kb_table_row rows[] = {{{"vendor,board.dtb", ""}}, {{"vendor-x", ""}}};

	(void)state;
	becomes("k dtb=/x/vendor,", "visit b /x/", rows, 2, "k dtb=/x/vendor,board.dtb ");
	becomes("k initrd=/x/v", "visit b /x/", rows, 2, "k initrd=/x/vendor-x ");
}

/* The quote is the one that the name has not; a name with both cannot be typed. */
static void names_with_quotes(void **state)
{
	static const struct kb_table_row rows[] = {{{"a\"b", ""}},
						   {{"a'c", ""}},
						   {{"d\"e'f", ""}},
						   {{"g \"h", ""}}};

	(void)state;
	becomes("/x/g", "visit b /x/", rows, 4, "'/x/g \"h' ");
	becomes("'/x/a", "visit b /x/", rows, 4, "'/x/a\"b' ");
	becomes("\"/x/a", "visit b /x/", rows, 4, "\"/x/a'c\" ");
	becomes("/x/d", "visit b /x/", rows, 4, "/x/d");
	assert_non_null(strstr(scene_text(&s), "Nothing there begins so."));
}

static void what_it_could_be_is_shown(void **state)
{
	(void)state;
	becomes("/boot/vmlinuz-6.1", "visit b /boot/", boot, 4, "/boot/vmlinuz-6.1");
	assert_non_null(strstr(scene_text(&s), " vmlinuz-6.1   vmlinuz-6.10\n"));
	scene_type(&s, "0");
	assert_null(strstr(scene_text(&s), " vmlinuz-6.1   vmlinuz-6.10\n"));
	/* In the middle of a line what follows stays. */
	scene_type(&s, "<^U>/boot/i q<Left><Left><Tab>");
	answer(KB_DO_VISIT, boot, 4);
	assert_string_equal(line(), "/boot/initrd.img-6.1  q");
}

/* More names than rows: it says so, and nothing is drawn outside. */
static void more_than_fit(void **state)
{
	static struct kb_table_row rows[400];
	static char names[400][60];

	(void)state;
	for (int i = 0; i < 400; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "a-name-of-some-length-that-is-%03d", i);
		rows[i] = (struct kb_table_row){{names[i], ""}};
	}
	becomes("/x/a-name-of-some-length-that-is-", "visit b /x/", rows, 400,
		"/x/a-name-of-some-length-that-is-");
	assert_non_null(strstr(scene_text(&s), "400 names: type more of one"));
	for (int cols = 1; cols < 60; cols += 7) {
		assert_int_equal(kb_grid_resize(&s.grid, cols / 2 + 1, cols), 0);
		(void)scene_text(&s);
	}
}

/* A late answer is no answer to what is there now. */
static void typed_on(void **state)
{
	(void)state;
	scene_type(&s, "/boot/i<Tab>");
	assert_non_null(strstr(scene_text(&s), "looking"));
	scene_type(&s, "x");
	assert_null(strstr(scene_text(&s), "looking"));
	answer(KB_DO_VISIT, boot, 4);
	assert_string_equal(line(), "/boot/ix");
	scene_type(&s, "<BS><Tab><Tab>");
	scene_message(&s, &(struct kb_message){.type = KB_MSG_REPLY,
					       .to = "visit",
					       .request = s.ui.edit.asked - 1,
					       .ok = true,
					       .rows = boot,
					       .n_rows = 4});
	assert_string_equal(line(), "/boot/i");
	/* Why there is none is said. */
	scene_message(&s, &(struct kb_message){.type = KB_MSG_REPLY,
					       .to = "visit",
					       .request = s.ui.edit.asked,
					       .text = "sdq is no device"});
	assert_non_null(strstr(scene_text(&s), "Sdq is no device."));
}

int main(void)
{
#define EDIT(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)
	const struct CMUnitTest tests[] = {
		EDIT(a_kernel),
		EDIT(initrds_and_keywords),
		EDIT(names_with_blanks),
		EDIT(names_with_quotes),
		EDIT(names_with_commas),
		EDIT(more_than_fit),
		EDIT(what_it_could_be_is_shown),
		EDIT(typed_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
