/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/formats/netrc.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_come_one_after_the_other),
		cmocka_unit_test(words_may_be_quoted),
		cmocka_unit_test(a_value_may_look_like_something_else),
		cmocka_unit_test(what_nobody_asked_for_is_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
