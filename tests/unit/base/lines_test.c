/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/base/lines.h"

#include <errno.h>
#include <fcntl.h>

/* Lines as they came, each with a '|' after it. */
static int collect(void *ctx, struct kb_str line)
{
	kb_buf_str(ctx, line);
	kb_buf_putc(ctx, '|');
	return 0;
}

static void cuts_lines_wherever_the_pieces_end(void **state)
{
	static const char input[] = "one\n\ntwo\r\nthree is longer\n four";

	(void)state;
	for (size_t piece = 1; piece <= sizeof(input); piece++) {
		KB_CLEANUP(kb_lines_done) struct kb_lines l;
		KB_BUF struct kb_buf got = {0};
		struct kb_str rest = KB_STR(input);

		kb_lines_init(&l, 100);
		while (rest.len > 0) {
			struct kb_str head = kb_str_head(rest, piece);

			assert_int_equal(kb_lines_feed(&l, head.data, head.len, collect, &got), 0);
			rest = kb_str_skip(rest, piece);
		}
		assert_string_equal(got.data, "one||two\r|three is longer|");
		assert_int_equal(kb_lines_feed(&l, "\n", 1, collect, &got), 0);
		assert_string_equal(got.data, "one||two\r|three is longer| four|");
	}
}

static void drops_a_line_above_the_cap_and_reads_on(void **state)
{
	static const char input[] = "12345\n123456\nok\n1234567890123\nend\n";

	(void)state;
	for (size_t piece = 1; piece <= sizeof(input); piece++) {
		KB_CLEANUP(kb_lines_done) struct kb_lines l;
		KB_BUF struct kb_buf got = {0};
		struct kb_str rest = KB_STR(input);
		int complaints = 0;

		kb_lines_init(&l, 5);
		while (rest.len > 0) {
			struct kb_str head = kb_str_head(rest, piece);
			int r = kb_lines_feed(&l, head.data, head.len, collect, &got);

			assert_true(r == 0 || r == -EMSGSIZE);
			complaints += r == -EMSGSIZE;
			rest = kb_str_skip(rest, piece);
			assert_true(l.buf.cap <= 64);
		}
		assert_string_equal(got.data, "12345|ok|end|");
		assert_true(complaints >= 1 && complaints <= 2);
		if (piece < 7) {
			assert_int_equal(complaints, 2); /* each in a feed of its own: once each */
		}
	}
}

static int stop_at_two(void *ctx, struct kb_str line)
{
	(void)collect(ctx, line);
	return kb_str_eq(line, KB_STR("2")) ? -ECANCELED : 0;
}

static void stops_when_told(void **state)
{
	KB_CLEANUP(kb_lines_done) struct kb_lines l;
	KB_BUF struct kb_buf got = {0};

	(void)state;
	kb_lines_init(&l, 10);
	assert_int_equal(kb_lines_feed(&l, "1\n2\n3\n", 6, stop_at_two, &got), -ECANCELED);
	assert_string_equal(got.data, "1|2|");
}

static int done_in_callback(void *ctx, struct kb_str line)
{
	assert_true(kb_str_eq(line, KB_STR("abc")));
	kb_lines_done(ctx);
	return -ECANCELED;
}

static void the_owner_may_be_done_in_the_callback(void **state)
{
	struct kb_lines l;

	(void)state;
	kb_lines_init(&l, 10);
	assert_int_equal(kb_lines_feed(&l, "ab", 2, done_in_callback, &l), 0);
	assert_int_equal(kb_lines_feed(&l, "c\nrest\n", 7, done_in_callback, &l), -ECANCELED);
}

static void reads_from_a_descriptor(void **state)
{
	KB_CLEANUP(kb_lines_done) struct kb_lines l;
	KB_BUF struct kb_buf got = {0};
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
	kb_lines_init(&l, 5);
	assert_int_equal(kb_lines_read(&l, ends[0], collect, &got), -EAGAIN);
	assert_int_equal(write(ends[1], "a\nb", 3), 3);
	assert_int_equal(kb_lines_read(&l, ends[0], collect, &got), 1);
	assert_int_equal(write(ends[1], "c\n1234567\n", 10), 10);
	assert_int_equal(kb_lines_read(&l, ends[0], collect, &got), -EMSGSIZE);
	(void)kb_close(ends[1]);
	assert_int_equal(kb_lines_read(&l, ends[0], collect, &got), 0);
	assert_string_equal(got.data, "a|bc|");
	(void)kb_close(ends[0]);
	assert_int_equal(kb_lines_read(&l, ends[0], collect, &got), -EBADF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cuts_lines_wherever_the_pieces_end),
		cmocka_unit_test(drops_a_line_above_the_cap_and_reads_on),
		cmocka_unit_test(stops_when_told),
		cmocka_unit_test(the_owner_may_be_done_in_the_callback),
		cmocka_unit_test(reads_from_a_descriptor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
