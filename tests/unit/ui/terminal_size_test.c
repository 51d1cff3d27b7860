/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the ones above first. */
#include <cmocka.h>

#include "grid.h"
#include "terminal_size.h"

static void expect_report(const char *bytes, int rows, int cols, const char *left)
{
	struct kb_terminal_size size = {0};
	KB_BUF struct kb_buf buf = {0};

	kb_buf_puts(&buf, bytes);
	assert_int_equal(kb_terminal_size_take_report(&buf, &size), rows > 0);
	assert_int_equal(size.rows, rows);
	assert_int_equal(size.cols, cols);
	assert_int_equal(buf.len, strlen(left));
	assert_memory_equal(buf.data, left, buf.len);
}

static void reports(void **state)
{
	(void)state;
	expect_report("\x1b[24;80R", 24, 80, "");
	expect_report("ab\x1b[60;200Rcd", 60, 200, "abcd");
	expect_report("\x1b[A\x1b[50;132R", 50, 132, "\x1b[A");
	expect_report("\x1b[9999;9999R", KB_GRID_MAX_ROWS, KB_GRID_MAX_COLS, "");
}

static void no_reports(void **state)
{
	(void)state;
	expect_report("", 0, 0, "");
	expect_report("\x1b[24;80", 0, 0, "\x1b[24;80");
	expect_report("\x1b[24R", 0, 0, "\x1b[24R");
	expect_report("\x1b[;80R", 0, 0, "\x1b[;80R");
	expect_report("\x1b[0;80R", 0, 0, "\x1b[0;80R");
	expect_report("\x1b[24;80T", 0, 0, "\x1b[24;80T");
	expect_report("\x1b[99999999;80R", 0, 0, "\x1b[99999999;80R");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reports),
		cmocka_unit_test(no_reports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
