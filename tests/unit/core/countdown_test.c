/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "catalog/countdown.h"

static struct kb_countdown started(int64_t delay_ms, int64_t timeout_ms)
{
	const struct kb_countdown_config config = {delay_ms, timeout_ms, KB_HELD_KEY_MS};
	struct kb_countdown c;

	kb_countdown_start(&c, &config, 1000);
	return c;
}

static void no_timeout_waits_for_ever(void **state)
{
	struct kb_countdown c = started(-1, -1);

	(void)state;
	assert_int_equal(c.phase, KB_PHASE_WAITING);
	assert_int_equal(kb_countdown_next(&c, 5000), -1);
	assert_false(kb_countdown_fires(&c, INT64_MAX));
}

static void timeout_fires_once_at_its_end(void **state)
{
	struct kb_countdown c = started(-1, 10000);

	(void)state;
	assert_int_equal(c.phase, KB_PHASE_COUNTDOWN);
	assert_int_equal(c.total_ms, 10000);
	assert_false(kb_countdown_fires(&c, 10999));
	assert_int_equal(kb_countdown_remaining(&c, 10999), 1);
	assert_true(kb_countdown_fires(&c, 11000));
	assert_false(kb_countdown_fires(&c, 11000));
	assert_int_equal(c.phase, KB_PHASE_WAITING);
}

static void key_stops_timeout(void **state)
{
	struct kb_countdown c = started(-1, 10000);

	(void)state;
	assert_false(kb_countdown_key(&c, 2000));
	assert_int_equal(c.phase, KB_PHASE_WAITING);
	assert_false(kb_countdown_fires(&c, 20000));
}

static void delay_boots_unseen(void **state)
{
	struct kb_countdown c = started(3000, 10000);

	(void)state;
	assert_int_equal(c.phase, KB_PHASE_DELAY);
	assert_int_equal(kb_countdown_next(&c, 1000), 3000);
	assert_true(kb_countdown_fires(&c, 4000));
}

static void key_in_delay_opens_the_menu_with_the_timeout(void **state)
{
	struct kb_countdown c = started(3000, 10000);

	(void)state;
	assert_true(kb_countdown_key(&c, 2000));
	assert_int_equal(c.phase, KB_PHASE_COUNTDOWN);
	assert_int_equal(kb_countdown_remaining(&c, 2000), 10000);
	assert_false(kb_countdown_key(&c, 3000));
	assert_int_equal(c.phase, KB_PHASE_WAITING);
}

static void key_in_delay_without_timeout_waits(void **state)
{
	struct kb_countdown c = started(3000, -1);

	(void)state;
	assert_true(kb_countdown_key(&c, 2000));
	assert_int_equal(c.phase, KB_PHASE_WAITING);
}

static void timeout_zero_listens_for_a_held_key(void **state)
{
	struct kb_countdown c = started(-1, 0);

	(void)state;
	assert_int_equal(c.phase, KB_PHASE_DELAY);
	assert_false(kb_countdown_fires(&c, 1000 + KB_HELD_KEY_MS - 1));
	assert_true(kb_countdown_fires(&c, 1000 + KB_HELD_KEY_MS));
	c = started(-1, 0);
	assert_true(kb_countdown_key(&c, 1100));
	assert_int_equal(c.phase, KB_PHASE_WAITING);
}

static void a_delay_without_a_length_is_none(void **state)
{
	(void)state;
	assert_int_equal(started(0, 10000).phase, KB_PHASE_COUNTDOWN);
	assert_int_equal(started(0, -1).phase, KB_PHASE_WAITING);
}

static void nothing_is_left_when_nothing_runs(void **state)
{
	struct kb_countdown c = started(-1, 10000);

	(void)state;
	assert_int_equal(kb_countdown_remaining(&c, 20000), 0);
	assert_false(kb_countdown_key(&c, 2000));
	assert_int_equal(kb_countdown_remaining(&c, 2000), 0);
	assert_int_equal(kb_countdown_remaining(&c, 0), 0);
	assert_int_equal(c.total_ms, 0);
}

static void a_delay_counts_no_seconds(void **state)
{
	struct kb_countdown c = started(3500, 10000);

	(void)state;
	assert_int_equal(kb_countdown_next(&c, 1000), 3500);
	assert_int_equal(kb_countdown_next(&c, 1200), 3300);
}

static void wakes_at_whole_seconds(void **state)
{
	struct kb_countdown c = started(-1, 10000);

	(void)state;
	assert_int_equal(kb_countdown_next(&c, 1000), 1000);
	assert_int_equal(kb_countdown_next(&c, 1250), 750);
	assert_int_equal(kb_countdown_next(&c, 10500), 500);
	assert_int_equal(kb_countdown_next(&c, 12000), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_timeout_waits_for_ever),
		cmocka_unit_test(timeout_fires_once_at_its_end),
		cmocka_unit_test(key_stops_timeout),
		cmocka_unit_test(delay_boots_unseen),
		cmocka_unit_test(key_in_delay_opens_the_menu_with_the_timeout),
		cmocka_unit_test(key_in_delay_without_timeout_waits),
		cmocka_unit_test(timeout_zero_listens_for_a_held_key),
		cmocka_unit_test(a_delay_without_a_length_is_none),
		cmocka_unit_test(nothing_is_left_when_nothing_runs),
		cmocka_unit_test(a_delay_counts_no_seconds),
		cmocka_unit_test(wakes_at_whole_seconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
