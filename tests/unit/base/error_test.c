/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/base/error.h"

#include <errno.h>
#include <string.h>

static void set_fills_and_answers_the_code(void **state)
{
	struct kb_error err = {.line = 9, .file = "old"};
	char text[100];

	(void)state;
	assert_int_equal(kb_error_set(&err, -ENOENT, "no kernel at %s", "sda2:/x"), -ENOENT);
	assert_int_equal(err.code, -ENOENT);
	assert_string_equal(err.text, "no kernel at sda2:/x");
	assert_string_equal(err.file, "");
	assert_int_equal(err.line, 0);
	kb_error_format(&err, text, sizeof(text));
	assert_string_equal(text, "no kernel at sda2:/x");
	assert_int_equal(kb_error_set(NULL, -EIO, "nobody listens"), -EIO);
	assert_int_equal(kb_error_set_at(NULL, -EIO, (struct kb_position){0}, "nobody"), -EIO);
	assert_int_equal(kb_error_prefix(NULL, -EIO, "nobody"), -EIO);
	kb_error_clear(NULL);
}

static void format_leaves_out_what_is_not_known(void **state)
{
	struct kb_error err = {0};
	char text[100];

	(void)state;
	assert_int_equal(kb_error_set_at(&err, -EINVAL, (struct kb_position){"a.conf", 3, 7},
					 "bad"),
			 -EINVAL);
	kb_error_format(&err, text, sizeof(text));
	assert_string_equal(text, "a.conf:3:7: bad");
	err.column = 0;
	kb_error_format(&err, text, sizeof(text));
	assert_string_equal(text, "a.conf:3: bad");
	err.line = 0;
	kb_error_format(&err, text, sizeof(text));
	assert_string_equal(text, "a.conf: bad");
	kb_error_format(&err, text, 4);
	assert_string_equal(text, "a.c");
	text[0] = 'x';
	kb_error_format(&err, text, 0);
	assert_int_equal(text[0], 'x');
	kb_error_clear(&err);
	kb_error_format(&err, text, sizeof(text));
	assert_string_equal(text, "");
}

static void prefix_keeps_code_and_place(void **state)
{
	struct kb_error err;
	char text[100];

	(void)state;
	(void)kb_error_set_at(&err, -EIO, (struct kb_position){"f", 1, 2}, "read failed");
	assert_int_equal(kb_error_prefix(&err, -EINVAL, "loading %s", "initrd"), -EIO);
	kb_error_format(&err, text, sizeof(text));
	assert_string_equal(text, "f:1:2: loading initrd: read failed");
}

static void an_argument_may_be_the_old_text(void **state)
{
	struct kb_error err;

	(void)state;
	(void)kb_error_set(&err, -EIO, "inner");
	(void)kb_error_set(&err, -EIO, "outer (%s)", err.text);
	assert_string_equal(err.text, "outer (inner)");
}

static void text_is_one_line_of_whole_characters(void **state)
{
	struct kb_error err;
	char longer[KB_ERROR_TEXT + 10];

	(void)state;
	(void)kb_error_set(&err, -EIO,
			   "a\nb\x1b[2J\x7f"
			   "c\n");
	assert_string_equal(err.text, "a?b?[2J?c");
	memset(longer, 'x', sizeof(longer));
	/* The two bytes of one character on both sides of the cut. */
	memcpy(longer + KB_ERROR_TEXT - 2, "\xc3\xa4", 2);
	longer[sizeof(longer) - 1] = '\0';
	(void)kb_error_set(&err, -EIO, "%s", longer);
	assert_int_equal(strlen(err.text), KB_ERROR_TEXT - 2);
	/* One byte earlier it fits. */
	memcpy(longer + KB_ERROR_TEXT - 3,
	       "\xc3\xa4"
	       "x",
	       3);
	(void)kb_error_set(&err, -EIO, "%s", longer);
	assert_int_equal(strlen(err.text), KB_ERROR_TEXT - 1);
	(void)kb_error_set_at(&err, -EIO, (struct kb_position){longer, 1, 1}, "x");
	assert_int_equal(strlen(err.file), KB_ERROR_FILE - 1);
	(void)kb_error_prefix(&err, -EIO, "%s", longer);
	assert_int_equal(strlen(err.text), KB_ERROR_TEXT - 1);
}

static void remember(void *ctx, const struct kb_diag *diag)
{
	(void)snprintf(ctx, 100, "%s:%u:%u %d %s", diag->at.file, diag->at.line, diag->at.column,
		       diag->severity, diag->text);
}

static void diagnostics_reach_the_sink(void **state)
{
	char got[100] = "";
	struct kb_diag_sink sink = {remember, got};

	(void)state;
	kb_diag_report(&sink, KB_SEVERITY_ERROR, (struct kb_position){"k.conf", 4, 1}, "no %s\n",
		       "label");
	assert_string_equal(got, "k.conf:4:1 1 no label");
	kb_diag_report(&(struct kb_diag_sink){0}, KB_SEVERITY_ERROR, (struct kb_position){0}, "x");
	kb_diag_report(NULL, KB_SEVERITY_ERROR, (struct kb_position){0}, "x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_fills_and_answers_the_code),
		cmocka_unit_test(format_leaves_out_what_is_not_known),
		cmocka_unit_test(prefix_keeps_code_and_place),
		cmocka_unit_test(an_argument_may_be_the_old_text),
		cmocka_unit_test(text_is_one_line_of_whole_characters),
		cmocka_unit_test(diagnostics_reach_the_sink),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
