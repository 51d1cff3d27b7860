/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/base/log.h"

#include <string.h>

static void keeps_lines_in_order(void **state)
{
	static struct kb_log log;
	const struct kb_log_line *line;

	(void)state;
	assert_null(kb_log_next(&log, 0));
	kb_log_add(&log, 5, KB_LOG_INFO, "first %d", 1);
	kb_log_add(&log, 6, KB_LOG_ERROR, "second");
	line = kb_log_next(&log, 0);
	assert_string_equal(line->text, "first 1");
	assert_int_equal(line->seq, 1);
	assert_int_equal(line->time_ms, 5);
	assert_int_equal(line->level, KB_LOG_INFO);
	line = kb_log_next(&log, line->seq);
	assert_string_equal(line->text, "second");
	assert_null(kb_log_next(&log, line->seq));
	assert_null(kb_log_next(&log, 1000));
	assert_null(kb_log_next(&log, UINT64_MAX));
}

static void the_oldest_lines_make_room(void **state)
{
	static struct kb_log log;
	const struct kb_log_line *line;
	uint64_t after = 0;
	int count = 0;
	char expected[32];

	(void)state;
	for (int i = 1; i <= KB_LOG_LINES + 100; i++) {
		kb_log_add(&log, i, KB_LOG_INFO, "line %d", i);
	}
	for (line = kb_log_next(&log, after); line; line = kb_log_next(&log, after)) {
		(void)snprintf(expected, sizeof(expected), "line %d", 101 + count);
		assert_string_equal(line->text, expected);
		assert_true(line->seq > after);
		after = line->seq;
		count++;
	}
	assert_int_equal(count, KB_LOG_LINES);
	/* A reader that fell behind goes on with the oldest that is left. */
	assert_int_equal(kb_log_next(&log, 3)->seq, 101);
}

static void a_line_is_clean_and_cut_between_characters(void **state)
{
	static struct kb_log log;
	char longer[KB_LOG_LINE_BYTES + 10];

	(void)state;
	kb_log_add(&log, 0, KB_LOG_INFO, "tab\tesc\x1b done\r\n");
	assert_string_equal(kb_log_next(&log, 0)->text, "tab?esc? done");
	memset(longer, 'x', sizeof(longer));
	memcpy(longer + KB_LOG_LINE_BYTES - 3, "\xe2\x82\xac", 3);
	longer[sizeof(longer) - 1] = '\0';
	kb_log_add(&log, 0, KB_LOG_INFO, "%s", longer);
	assert_int_equal(strlen(kb_log_next(&log, 1)->text), KB_LOG_LINE_BYTES - 3);
	memcpy(longer + KB_LOG_LINE_BYTES - 4, "\xf0\x9f\x90\xa7", 4);
	kb_log_add(&log, 0, KB_LOG_INFO, "%s", longer);
	assert_int_equal(strlen(kb_log_next(&log, 2)->text), KB_LOG_LINE_BYTES - 4);
	memcpy(longer + KB_LOG_LINE_BYTES - 5, "\xf0\x9f\x90\xa7", 4);
	kb_log_add(&log, 0, KB_LOG_INFO, "%s", longer);
	assert_int_equal(strlen(kb_log_next(&log, 3)->text), KB_LOG_LINE_BYTES - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_lines_in_order),
		cmocka_unit_test(the_oldest_lines_make_room),
		cmocka_unit_test(a_line_is_clean_and_cut_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
