/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>

#include "kboot/formats/conf_edit.h"

static void assert_edited(const char *text, const char *changes, const char *expected)
{
	KB_BUF struct kb_buf out = {0};

	assert_int_equal(kb_conf_edit(kb_str_from(text), kb_str_from(changes), &out), 0);
	assert_string_equal(out.data ? out.data : "", expected);
}

static void what_is_said_is_replaced_in_its_place(void **state)
{
	(void)state;
	assert_edited("# mine\ntimeout = 5\nDebian=/vmlinuz\n", "timeout=9\n",
		      "# mine\ntimeout=9\nDebian=/vmlinuz\n");
	assert_edited("TIMEOUT=5\n", "timeout=9\n", "timeout=9\n");
	assert_edited("Debian single=/a\nDebian=/b\n", "debian='/c d'\n",
		      "Debian single=/a\ndebian='/c d'\n");
}

static void the_last_of_several_is_the_one_that_counts(void **state)
{
	(void)state;
	assert_edited("timeout=1\ntimeout=2\n", "timeout=3\n", "timeout=1\ntimeout=3\n");
	assert_edited("timeout=1\n", "timeout=2\ntimeout=3\n", "timeout=3\n");
	assert_edited("", "timeout=2\ntimeout=3\n", "timeout=3\n");
}

static void what_is_not_said_comes_at_the_end(void **state)
{
	(void)state;
	assert_edited("", "a=1\nb=2\n", "a=1\nb=2\n");
	assert_edited("a=0", "b=2\n", "a=0\nb=2\n");
	assert_edited("# a=0\n;a=1\n", "a=2\n", "# a=0\n;a=1\na=2\n");
	assert_edited("a=0\n", "", "a=0\n");
}

static void a_file_of_xell_keeps_what_it_is_given(void **state)
{
	static const struct kb_str file = KB_STR("#KBOOTCONFIG\na=/b ; mine\n");
	KB_BUF struct kb_buf out = {0};

	(void)state;
	assert_edited(file.data, "c=\"/d ;e\"\n", "#KBOOTCONFIG\na=/b ; mine\nc=\"/d ;e\"\n");
	assert_int_equal(kb_conf_edit(file, KB_STR("IP=\"/d\"\n"), &out), -EINVAL);
	assert_int_equal(out.len, 0);
}

static void everything_else_stays_as_it_is(void **state)
{
	(void)state;
	assert_edited("\xef\xbb\xbf"
		      "a=0\r\nb=1\r\n",
		      "b=2\nc=3\n",
		      "\xef\xbb\xbf"
		      "a=0\r\nb=2\r\nc=3\r\n");
	assert_edited("# mine\ra=0\rb=1", "a=2\nc=3\n", "# mine\ra=2\rb=1\rc=3\r");
	assert_edited("  broken\n\n=x\n\ta=0", "b=1\n", "  broken\n\n=x\n\ta=0\nb=1\n");
	assert_edited("a=0\n\n\n", "a=1\n", "a=1\n\n\n");
	assert_edited("b=1\na=0", "a=1\n", "b=1\na=1\n");
}

static void no_more_than_there_is_room_for(void **state)
{
	KB_BUF struct kb_buf out = {.max_bytes = 8};

	(void)state;
	assert_true(kb_conf_edit(KB_STR("a=0\nb=1\n"), KB_STR("c=2\n"), &out) < 0);
}

static void a_file_that_nobody_reads_is_left_alone(void **state)
{
	KB_BUF struct kb_buf out = {0};

	(void)state;
	assert_int_equal(kb_conf_edit(KB_STR("\xff\xfe"), KB_STR("c=2\n"), &out), -EILSEQ);
	assert_int_equal(kb_conf_edit(KB_STR("\xfe\xff"), KB_STR("c=2\n"), &out), -EILSEQ);
	assert_int_equal(out.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_said_is_replaced_in_its_place),
		cmocka_unit_test(the_last_of_several_is_the_one_that_counts),
		cmocka_unit_test(what_is_not_said_comes_at_the_end),
		cmocka_unit_test(a_file_of_xell_keeps_what_it_is_given),
		cmocka_unit_test(everything_else_stays_as_it_is),
		cmocka_unit_test(a_file_that_nobody_reads_is_left_alone),
		cmocka_unit_test(no_more_than_there_is_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
