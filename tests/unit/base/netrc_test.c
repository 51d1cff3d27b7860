/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/base/netrc.h"

/* Each entry as MACHINE|LOGIN|PASSWORD and a line feed; what is not said is "-". */
static void check(const char *text, const char *expected)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf out = {0};
	struct kb_netrc netrc = {.arena = &arena, .rest = kb_str_from(text)};
	struct kb_netrc_entry entry;
	int r;

	while ((r = kb_netrc_next(&netrc, &entry)) > 0) {
		kb_buf_printf(&out, "%s|%s|%s\n", entry.machine ? entry.machine : "-",
			      entry.login ? entry.login : "-",
			      entry.password ? entry.password : "-");
	}
	assert_int_equal(r, 0);
	kb_buf_puts(&out, "");
	assert_string_equal(out.data ? out.data : "", expected);
}

static void entries_come_one_after_the_other(void **state)
{
	(void)state;
	check("", "");
	check(" \n\n# nothing\n", "");
	check("machine h.net login me password secret", "h.net|me|secret\n");
	check("machine a\n\tlogin me\n\tpassword x\nmachine b password y\ndefault login z",
	      "a|me|x\nb|-|y\n-|z|-\n");
	check("machine a account q login W\\me password pass,word\r\nmachine b\r\n",
	      "a|W\\me|pass,word\nb|-|-\n");
}

static void words_may_be_quoted(void **state)
{
	(void)state;
	check("machine h login \"a b\" password \"x\\\"\\\\\\ty\"", "h|a b|x\"\\\ty\n");
	check("machine h password \"\" login me", "h|me|\n");
	check("machine h password \"open", "h|-|open\n");
	check("machine h password \"open\\", "h|-|open\\\n");
}

static void a_value_may_look_like_something_else(void **state)
{
	(void)state;
	check("machine h login machine password #1", "h|machine|#1\n");
	check("machine h login me # machine x\n password p", "h|me|p\n");
}

static void what_nobody_asked_for_is_passed_over(void **state)
{
	(void)state;
	check("password stray machine h login me", "h|me|-\n");
	check("machine h login me\nmacdef init\nmachine evil\nlogin x\n\nmachine b",
	      "h|me|-\nb|-|-\n");
	check("machine h\nmacdef init\ncd x", "h|-|-\n");
	check("machine", "");
	check("machine h login", "h|-|-\n");
}

static const char file[] = "# servers\n"
			   "machine a.net login me password secret\n"
			   "machine a.net\n\tlogin root\n\tpassword \"with \\\"blanks\\\" and #\"\n"
			   "macdef init\nmachine a.net login macro password x\n\n"
			   "machine b.net password alone # machine c.net login x\n"
			   "machine c.net login last\n"
			   "default login anonymous password guest\n";

/* "LOGIN:PASSWORD", "-" for what is not said; "none". */
static void check_find(const char *text, const char *host, const char *user, const char *expected)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_netrc_entry e = {0};
	const char *told = "none";

	if (kb_netrc_find(&arena, kb_str_from(text), host, user, &e)) {
		told = kb_arena_printf(&arena, "%s:%s", e.login ? e.login : "-",
				       e.password ? e.password : "-");
	}
	assert_string_equal(told, expected);
}

static void finds_host_and_user(void **state)
{
	(void)state;
	check_find(file, "a.net", NULL, "me:secret");
	check_find(file, "A.net", "me", "me:secret");
	check_find(file, "a.net", "root", "root:with \"blanks\" and #");
	check_find(file, "b.net", NULL, "-:alone");
	check_find(file, "b.net", "anybody", "-:alone");
	check_find(file, "c.net", NULL, "last:-");
}

static void the_default_is_for_the_rest(void **state)
{
	(void)state;
	check_find(file, "d.net", NULL, "anonymous:guest");
	check_find(file, "a.net", "anonymous", "anonymous:guest");
	check_find(file, "a.net", "macro", "none");
	check_find(file, "d.net", "root", "none");
	check_find("machine a.net login me password x", "d.net", NULL, "none");
}

static void cut_files_are_read_as_far_as_they_go(void **state)
{
	(void)state;
	check_find("", "a.net", NULL, "none");
	check_find("machine", "a.net", NULL, "none");
	check_find("machine a.net login", "a.net", NULL, "-:-");
	check_find("machine a.net password \"open \\", "a.net", NULL, "-:open \\");
	check_find("macdef x\nmachine a.net", "a.net", NULL, "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_come_one_after_the_other),
		cmocka_unit_test(words_may_be_quoted),
		cmocka_unit_test(a_value_may_look_like_something_else),
		cmocka_unit_test(what_nobody_asked_for_is_passed_over),
		cmocka_unit_test(finds_host_and_user),
		cmocka_unit_test(the_default_is_for_the_rest),
		cmocka_unit_test(cut_files_are_read_as_far_as_they_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
