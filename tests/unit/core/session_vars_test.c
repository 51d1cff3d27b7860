/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalog/session_vars.h"

static void assert_text(const struct kb_session_vars *s, const char *expected)
{
	KB_BUF struct kb_buf text = {0};

	kb_session_vars_text(s, NULL, &text);
	assert_int_equal(kb_buf_error(&text), 0);
	assert_string_equal(text.data ? text.data : "", expected);
}

static void assert_refused(struct kb_session_vars *s, const char *name, const char *value,
			   const char *sentence)
{
	struct kb_error err = {0};

	assert_int_equal(kb_session_vars_set(s, name, value, &err), -EINVAL);
	assert_string_equal(err.text, sentence);
	assert_int_equal(kb_session_vars_set(s, name, value, NULL), -EINVAL);
}

static void the_last_value_counts(void **state)
{
	struct kb_session_vars s = {0};
	struct kb_error err = {0};

	(void)state;
	assert_text(&s, "");
	assert_int_equal(kb_session_vars_set(&s, "timeout", "5", &err), 0);
	assert_int_equal(kb_session_vars_set(&s, "my linux", "/vmlinuz root=/dev/sda2", &err), 0);
	assert_int_equal(kb_session_vars_set(&s, "TimeOut", "7", &err), 0);
	assert_text(&s, "my linux=\"/vmlinuz root=/dev/sda2\"\nTimeOut=\"7\"\n");
	assert_int_equal(kb_session_vars_unset(&s, "MY LINUX", &err), 0);
	assert_text(&s, "TimeOut=\"7\"\n");
	assert_int_equal(kb_session_vars_unset(&s, "my linux", &err), -ENOENT);
	assert_string_equal(err.text, "my linux was not set at the prompt");
	kb_session_vars_done(&s);
	assert_int_equal(s.n, 0);
	kb_session_vars_done(&s);
}

static void values_keep_every_byte(void **state)
{
	struct kb_session_vars s = {0};
	struct kb_error err = {0};

	(void)state;
	assert_int_equal(kb_session_vars_set(&s, "a", "", &err), 0);
	assert_int_equal(kb_session_vars_set(&s, "b", "\"quoted\" 'x' \\", &err), 0);
	assert_int_equal(kb_session_vars_set(&s, "c\xc3\xa4", " # ; = \xff", &err), 0);
	assert_text(&s, "a=\"\"\nb=\"\"quoted\" 'x' \\\"\nc\xc3\xa4=\" # ; = \xff\"\n");
	kb_session_vars_done(&s);
}

static void names_that_no_file_could_hold(void **state)
{
	struct kb_session_vars s = {0};

	(void)state;
	assert_refused(&s, "", "x", "«» cannot be the name of a variable or label");
	assert_refused(&s, " a", "x", "« a» cannot be the name of a variable or label");
	assert_refused(&s, "a ", "x", "«a » cannot be the name of a variable or label");
	assert_refused(&s, "#a", "x", "«#a» cannot be the name of a variable or label");
	assert_refused(&s, "a;b", "x", "«a;b» cannot be the name of a variable or label");
	assert_refused(&s, "a=b", "x", "«a=b» cannot be the name of a variable or label");
	assert_refused(&s, "a\nb", "x", "«a?b» cannot be the name of a variable or label");
	assert_refused(&s, "a\177", "x", "«a?» cannot be the name of a variable or label");
	assert_refused(&s,
		       "\xef\xbb\xbf"
		       "a",
		       "x",
		       "«\xef\xbb\xbf"
		       "a» cannot be the name of a variable or label");
	assert_int_equal(s.n, 0);
}

static void a_name_fits_into_a_line(void **state)
{
	struct kb_session_vars s = {0};
	struct kb_error err = {0};
	char name[KB_SESSION_MAX_NAME + 2];

	(void)state;
	memset(name, 'n', sizeof(name));
	name[KB_SESSION_MAX_NAME + 1] = '\0';
	assert_int_equal(kb_session_vars_set(&s, name, "x", &err), -EINVAL);
	name[KB_SESSION_MAX_NAME] = '\0';
	assert_int_equal(kb_session_vars_set(&s, name, "x", &err), 0);
	kb_session_vars_done(&s);
}

static void values_that_no_file_could_hold(void **state)
{
	struct kb_session_vars s = {0};
	struct kb_error err = {0};
	char *value = malloc(KB_SESSION_MAX_VALUE + 2);

	(void)state;
	assert_non_null(value);
	memset(value, 'v', KB_SESSION_MAX_VALUE + 1);
	value[KB_SESSION_MAX_VALUE + 1] = '\0';
	assert_refused(&s, "a", value, "the value of a is too long or has control bytes");
	value[KB_SESSION_MAX_VALUE] = '\0';
	assert_int_equal(kb_session_vars_set(&s, "a", value, &err), 0);
	free(value);
	assert_refused(&s, "b", "x\ny", "the value of b is too long or has control bytes");
	assert_refused(&s, "b", "x\001", "the value of b is too long or has control bytes");
	assert_int_equal(kb_session_vars_set(&s, "timeout", "soon", &err), -EINVAL);
	assert_int_equal(s.n, 1);
	/* What was there stays when its successor is refused. */
	assert_int_equal(kb_session_vars_set(&s, "timeout", "5", &err), 0);
	assert_int_equal(kb_session_vars_set(&s, "timeout", "soon", &err), -EINVAL);
	assert_string_equal(s.vars[1].value, "5");
	kb_session_vars_done(&s);
}

static void there_are_so_many_and_no_more(void **state)
{
	struct kb_session_vars s = {0};
	struct kb_error err = {0};
	char name[16];

	(void)state;
	for (int i = 0; i < KB_SESSION_MAX_VARS; i++) {
		(void)snprintf(name, sizeof(name), "n%d", i);
		assert_int_equal(kb_session_vars_set(&s, name, "v", &err), 0);
	}
	assert_int_equal(kb_session_vars_set(&s, "more", "v", &err), -E2BIG);
	assert_string_equal(err.text, "more than 128 variables");
	/* One that is there may still change. */
	assert_int_equal(kb_session_vars_set(&s, "n0", "w", &err), 0);
	assert_int_equal(s.n, KB_SESSION_MAX_VARS);
	assert_int_equal(kb_session_vars_unset(&s, "n7", &err), 0);
	assert_int_equal(kb_session_vars_set(&s, "more", "v", &err), 0);
	kb_session_vars_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_value_counts),
		cmocka_unit_test(values_keep_every_byte),
		cmocka_unit_test(names_that_no_file_could_hold),
		cmocka_unit_test(a_name_fits_into_a_line),
		cmocka_unit_test(values_that_no_file_could_hold),
		cmocka_unit_test(there_are_so_many_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
