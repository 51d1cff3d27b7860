/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the ones above first. */
#include <cmocka.h>

#include <locale.h>

#include "candidates.h"

static void offer(struct kb_candidates *c, const char *text, const char *note, bool goes_on)
{
	const struct kb_candidate candidate = {.text = text, .note = note, .goes_on = goes_on};

	assert_int_equal(kb_candidates_add(c, &candidate), 0);
}

static void becomes(struct kb_candidates *c, const char *expected)
{
	KB_BUF struct kb_buf word = {0};

	kb_candidates_sort(c);
	kb_candidates_word(c, &word);
	assert_string_equal(word.data ? word.data : "", expected);
	kb_candidates_done(c);
}

static void one_is_whole(void **state)
{
	struct kb_candidates c = {0};

	(void)state;
	offer(&c, "a file", NULL, false);
	becomes(&c, "a\\ file ");
	c.open = '\'';
	offer(&c, "a file", NULL, false);
	becomes(&c, "'a file' ");
	c.open = '"';
	offer(&c, "a $x/", NULL, true);
	becomes(&c, "\"a \\$x/");
	becomes(&c, "");
}

static void several_share_their_beginning(void **state)
{
	struct kb_candidates c = {0};

	(void)state;
	offer(&c, "vmlinuz-6.1", NULL, false);
	offer(&c, "vmlinuz-5.10", NULL, false);
	becomes(&c, "vmlinuz-");
	offer(&c, "same", NULL, false);
	offer(&c, "same", NULL, false);
	becomes(&c, "same ");
	/* \xc3\xa4 and \xc3\xb6 share a byte, but no character. */
	offer(&c, "x\xc3\xa4", NULL, false);
	offer(&c, "x\xc3\xb6", NULL, false);
	becomes(&c, "x");
}

static void any_bytes_are_a_name(void **state)
{
	struct kb_candidates c = {0};

	(void)state;
	offer(&c, "caf\xe9.img", NULL, false);
	becomes(&c, "caf\xe9.img ");
	offer(&c, "a\nb\x1b", NULL, false);
	becomes(&c, "a\\\nb\x1b ");
	offer(&c, "\xe9\xe8", NULL, false);
	offer(&c, "\xe9\xe9", NULL, false);
	becomes(&c, "\xe9");
	/* A byte of its own, and the first of a character. */
	offer(&c, "x\xc3", NULL, false);
	offer(&c, "x\xc3\xa4", NULL, false);
	becomes(&c, "x\xc3");
}

static void there_is_an_end(void **state)
{
	struct kb_candidates c = {0};

	(void)state;
	offer(&c, "", NULL, false);
	assert_int_equal(c.n, 0);
	for (int i = 0; i < KB_CANDIDATES_MAX + 10; i++) {
		offer(&c, "a", NULL, false);
	}
	assert_int_equal(c.n, KB_CANDIDATES_MAX);
	kb_candidates_done(&c);
}

static void lists(struct kb_candidates *c, unsigned columns, const char *expected)
{
	KB_BUF struct kb_buf text = {0};

	kb_candidates_sort(c);
	kb_candidates_list(c, columns, &text);
	assert_string_equal(text.data, expected);
	kb_candidates_done(c);
}

static void a_list_fills_columns(void **state)
{
	struct kb_candidates c = {0};

	(void)state;
	for (const char *const *name =
		     (const char *const[]){"five", "four", "one", "three", "two", NULL};
	     *name; name++) {
		offer(&c, *name, NULL, false);
	}
	lists(&c, 16, "five   three\nfour   two\none\n");
	offer(&c, "\xc3\xa4\xc3\xb6", NULL, false);
	offer(&c, "b", NULL, false);
	lists(&c, 20, "b   \xc3\xa4\xc3\xb6\n");
	offer(&c, "a name that is longer than the line is wide", NULL, false);
	lists(&c, 20, "a name that is longer than the line is wide\n");
	offer(&c, "caf\xe9", NULL, false);
	offer(&c, "esc\x1b[2J", NULL, false);
	lists(&c, 40, "caf\\xe9     esc\\x1b[2J\n");
}

static void notes_stand_beside(void **state)
{
	struct kb_candidates c = {0};

	(void)state;
	offer(&c, "sda1:", "vfat  512 MiB  EFI", true);
	offer(&c, "nvme0n1p2:", "ext4  446 GiB", true);
	offer(&c, "sub/", NULL, true);
	lists(&c, 24, "nvme0n1p2:  ext4  446 G\nsda1:       vfat  512 M\nsub/\n");
}

static void groups_stand_apart(void **state)
{
	static const struct kb_candidate all[] = {
		{.text = "ls", .group = KB_GROUP_COMMANDS},
		{.text = "delay=", .group = KB_GROUP_VARIABLES, .goes_on = true},
		{.text = "sda1:", .note = "vfat", .group = KB_GROUP_DEVICES},
		{.text = "boot", .group = KB_GROUP_COMMANDS},
		{.text = "boot", .group = KB_GROUP_LABELS},
		{.text = "Zeta", .group = KB_GROUP_LABELS},
		{.text = "etc/", .group = KB_GROUP_FILES},
	};
	struct kb_candidates c = {0};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(all); i++) {
		assert_int_equal(kb_candidates_add(&c, &all[i]), 0);
	}
	/* What can be typed one way is listed once, as what it would be taken for. */
	lists(&c, 40,
	      "Labels:\nZeta  boot\nDevices:\nsda1:  vfat\nFiles:\netc/\nCommands:\nls\n"
	      "Variables:\ndelay=\n");
}

static int utf8(void **state)
{
	(void)state;
	return setlocale(LC_CTYPE, "C.UTF-8") ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_is_whole),
		cmocka_unit_test(several_share_their_beginning),
		cmocka_unit_test(any_bytes_are_a_name),
		cmocka_unit_test(there_is_an_end),
		cmocka_unit_test(a_list_fills_columns),
		cmocka_unit_test(notes_stand_beside),
		cmocka_unit_test(groups_stand_apart),
	};

	return cmocka_run_group_tests(tests, utf8, NULL);
}
