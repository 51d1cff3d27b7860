/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the ones above first. */
#include <cmocka.h>

#include <pty.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "kboot/terminal/size.h"

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
	expect_report("\x9b"
		      "50;132Rx",
		      50, 132, "x");
}

/* Whoever answers: no more than we can draw, no less than a menu needs. */
static void reports_are_clamped(void **state)
{
	(void)state;
	expect_report("\x1b[9999;9999R", KB_TERMINAL_MAX_ROWS, KB_TERMINAL_MAX_COLS, "");
	expect_report("\x1b[99999999999;80R", KB_TERMINAL_MAX_ROWS, 80, "");
	expect_report("\x1b[0;0R", KB_TERMINAL_LEAST_ROWS, KB_TERMINAL_LEAST_COLS, "");
	expect_report("\x1b[1;1R", KB_TERMINAL_LEAST_ROWS, KB_TERMINAL_LEAST_COLS, "");
	expect_report("\x1b[24;3R", 24, KB_TERMINAL_LEAST_COLS, "");
}

static void no_reports(void **state)
{
	(void)state;
	expect_report("", 0, 0, "");
	expect_report("\x1b[24;80", 0, 0, "\x1b[24;80");
	expect_report("\x1b[24R", 0, 0, "\x1b[24R");
	expect_report("\x1b[;80R", 0, 0, "\x1b[;80R");
	expect_report("\x1b[24;80T", 0, 0, "\x1b[24;80T");
}

struct pair {
	int ours;
	int theirs;
};

static struct pair open_pair(unsigned short rows, unsigned short cols)
{
	const struct winsize size = {.ws_row = rows, .ws_col = cols};
	struct pair p;

	assert_int_equal(openpty(&p.ours, &p.theirs, NULL, NULL, &size), 0);
	return p;
}

static void close_pair(struct pair p)
{
	(void)close(p.ours);
	(void)close(p.theirs);
}

static void what_the_kernel_says_is_clamped(void **state)
{
	static const struct {
		unsigned short told[2];
		int rows;
		int cols;
	} cases[] = {
		{{24, 80}, 24, 80},
		{{1, 1}, 1, 1},
		{{65535, 65535}, KB_TERMINAL_MAX_ROWS, KB_TERMINAL_MAX_COLS},
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		struct pair p = open_pair(cases[i].told[0], cases[i].told[1]);
		struct kb_terminal_size size = {0};

		assert_true(kb_terminal_size_known(p.theirs, &size));
		assert_int_equal(size.rows, cases[i].rows);
		assert_int_equal(size.cols, cases[i].cols);
		close_pair(p);
	}
}

/* What is typed ahead and half an answer are for the decoder of keys; the kernel is told. */
static void expect_asked(const char *said, bool answered, int rows, int cols, const char *left)
{
	struct pair p = open_pair(0, 0);
	struct kb_terminal_size size = {0};
	struct winsize told = {0};
	KB_BUF struct kb_buf typed = {0};

	assert_false(kb_terminal_size_known(p.theirs, &size));
	assert_int_equal(write(p.ours, said, strlen(said)), strlen(said));
	assert_int_equal(kb_terminal_size_ask(p.theirs, p.theirs, &typed, &size), answered);
	assert_int_equal(size.rows, rows);
	assert_int_equal(size.cols, cols);
	assert_int_equal(ioctl(p.theirs, TIOCGWINSZ, &told), 0);
	assert_int_equal(told.ws_row, rows);
	assert_int_equal(told.ws_col, cols);
	assert_int_equal(typed.len, strlen(left));
	assert_memory_equal(typed.data, left, typed.len);
	close_pair(p);
}

static void a_terminal_is_asked(void **state)
{
	(void)state;
	/* No line is to be waited for. */
	expect_asked("a\x1b[50;132Rb", true, 50, 132, "ab");
	expect_asked("\x1b[24;3R\x1b[24;3R", true, 24, KB_TERMINAL_LEAST_COLS, "\x1b[24;3R");
	expect_asked("\x1b[24;", false, KB_TERMINAL_ROWS, KB_TERMINAL_COLS, "\x1b[24;");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reports),
		cmocka_unit_test(reports_are_clamped),
		cmocka_unit_test(no_reports),
		cmocka_unit_test(what_the_kernel_says_is_clamped),
		cmocka_unit_test(a_terminal_is_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
