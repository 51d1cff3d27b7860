/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/base/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>

#include "kboot/base/sys.h"

static struct kb_loop *new_loop(void)
{
	struct kb_loop *loop = NULL;

	assert_int_equal(kb_loop_create(&loop), 0);
	return loop;
}

static int64_t now_ms(void)
{
	return kb_sys_linux.now_ms(NULL);
}

/* Runs until *count reaches the wanted number; fails after five seconds. */
static void run_until(struct kb_loop *loop, const int *count, int wanted)
{
	int64_t end = now_ms() + 5000;

	while (*count < wanted) {
		assert_true(now_ms() < end);
		assert_int_equal(kb_loop_step(loop, 100), 0);
	}
	assert_int_equal(*count, wanted);
}

struct reader {
	int count;
	uint32_t events;
	struct kb_source *source;
	struct kb_source *other; /* removed by the callback, if there */
	bool remove_self;
};

static void on_readable(void *data, int fd, uint32_t events)
{
	struct reader *r = data;
	char c;

	r->count++;
	r->events = events;
	assert_true(read(fd, &c, 1) >= 0);
	kb_source_remove(r->other);
	r->other = NULL;
	if (r->remove_self) {
		kb_source_remove(r->source);
		r->source = NULL;
	}
}

static void descriptors_report_their_events(void **state)
{
	struct kb_loop *loop = new_loop();
	struct reader r = {0};
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(kb_loop_add_fd(loop, ends[0], EPOLLIN, on_readable, &r, &r.source), 0);
	assert_int_equal(kb_loop_step(loop, 0), 0);
	assert_int_equal(r.count, 0);
	assert_int_equal(write(ends[1], "xy", 2), 2);
	assert_int_equal(kb_loop_step(loop, 0), 0);
	assert_int_equal(kb_loop_step(loop, 0), 0);
	assert_int_equal(r.count, 2);
	assert_int_equal(r.events, EPOLLIN);
	assert_int_equal(write(ends[1], "x", 1), 1);
	kb_source_set_events(r.source, 0);
	assert_int_equal(kb_loop_step(loop, 0), 0);
	assert_int_equal(r.count, 2);
	kb_source_set_events(r.source, EPOLLIN);
	assert_int_equal(kb_loop_step(loop, 0), 0);
	assert_int_equal(r.count, 3);
	(void)kb_close(ends[1]);
	assert_int_equal(kb_loop_step(loop, 0), 0);
	assert_true(r.events & EPOLLHUP);
	kb_loop_destroy(loop);
	assert_int_not_equal(fcntl(ends[0], F_GETFD), -1); /* ours still */
	(void)kb_close(ends[0]);
}

static void a_bad_descriptor_is_refused(void **state)
{
	struct kb_loop *loop = new_loop();
	struct reader r = {0};

	(void)state;
	assert_int_equal(kb_loop_add_fd(loop, -1, EPOLLIN, on_readable, &r, &r.source), -EBADF);
	assert_null(r.source);
	kb_loop_destroy(loop);
	kb_loop_destroy(NULL);
	kb_source_remove(NULL);
}

/* Two readers ready in the same round; each removes the other, so that only one may ever run. */
static void a_removed_source_is_not_called_in_the_same_round(void **state)
{
	struct kb_loop *loop = new_loop();
	struct reader a = {.remove_self = true};
	struct reader b = {.remove_self = true};
	int first[2];
	int second[2];

	(void)state;
	assert_int_equal(pipe2(first, O_CLOEXEC), 0);
	assert_int_equal(pipe2(second, O_CLOEXEC), 0);
	assert_int_equal(kb_loop_add_fd(loop, first[0], EPOLLIN, on_readable, &a, &a.source), 0);
	assert_int_equal(kb_loop_add_fd(loop, second[0], EPOLLIN, on_readable, &b, &b.source), 0);
	a.other = b.source;
	b.other = a.source;
	assert_int_equal(write(first[1], "x", 1), 1);
	assert_int_equal(write(second[1], "x", 1), 1);
	assert_int_equal(kb_loop_step(loop, 0), 0);
	assert_int_equal(a.count + b.count, 1);
	assert_int_equal(kb_loop_step(loop, 0), 0);
	assert_int_equal(a.count + b.count, 1);
	kb_loop_destroy(loop);
	for (int i = 0; i < 2; i++) {
		(void)kb_close(first[i]);
		(void)kb_close(second[i]);
	}
}

static void on_timer(void *data)
{
	++*(int *)data;
}

static void a_timer_fires_once_and_not_early(void **state)
{
	struct kb_loop *loop = new_loop();
	struct kb_source *timer = NULL;
	int64_t start;
	int count = 0;

	(void)state;
	assert_int_equal(kb_loop_add_timer(loop, on_timer, &count, &timer), 0);
	assert_int_equal(kb_loop_step(loop, 5), 0);
	assert_int_equal(count, 0);
	start = now_ms();
	kb_timer_set(timer, 30);
	run_until(loop, &count, 1);
	assert_true(now_ms() - start >= 29); /* the clock is cut to milliseconds */
	assert_int_equal(kb_loop_step(loop, 5), 0);
	assert_int_equal(count, 1);
	kb_timer_set(timer, 0);
	run_until(loop, &count, 2);
	kb_timer_set(timer, UINT64_MAX);
	assert_int_equal(kb_loop_step(loop, 5), 0);
	assert_int_equal(count, 2);
	kb_loop_destroy(loop);
}

static void a_timer_moves_and_stops(void **state)
{
	struct kb_loop *loop = new_loop();
	struct kb_source *timer = NULL;
	int count = 0;

	(void)state;
	assert_int_equal(kb_loop_add_timer(loop, on_timer, &count, &timer), 0);
	kb_timer_set(timer, 1);
	kb_timer_set(timer, 3600000);
	assert_int_equal(kb_loop_step(loop, 20), 0);
	assert_int_equal(count, 0);
	kb_timer_set(timer, 1);
	kb_timer_stop(timer);
	assert_int_equal(kb_loop_step(loop, 20), 0);
	assert_int_equal(count, 0);
	kb_source_remove(timer);
	kb_loop_destroy(loop);
}

struct two_timers {
	struct kb_source *sources[2];
	int count;
};

/* Whichever of the two comes first stops the other, though that one is due as well. */
static void stop_both(void *data)
{
	struct two_timers *t = data;

	t->count++;
	kb_timer_stop(t->sources[0]);
	kb_timer_stop(t->sources[1]);
}

static void a_timer_stopped_in_the_round_it_is_due_does_not_fire(void **state)
{
	struct kb_loop *loop = new_loop();
	struct two_timers t = {0};

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(kb_loop_add_timer(loop, stop_both, &t, &t.sources[i]), 0);
		kb_timer_set(t.sources[i], 0);
	}
	run_until(loop, &t.count, 1);
	assert_int_equal(kb_loop_step(loop, 20), 0);
	assert_int_equal(t.count, 1);
	kb_loop_destroy(loop);
}

struct signals {
	int count;
	int last;
	struct kb_source *source;
};

static void on_signal(void *data, int signo)
{
	struct signals *s = data;

	s->count++;
	s->last = signo;
}

static void signals_come_through_the_loop(void **state)
{
	struct kb_loop *loop = new_loop();
	struct signals usr1 = {0};
	struct signals usr2 = {0};

	(void)state;
	assert_int_equal(kb_loop_add_signal(loop, SIGUSR1, on_signal, &usr1, &usr1.source), 0);
	assert_int_equal(kb_loop_add_signal(loop, SIGUSR2, on_signal, &usr2, &usr2.source), 0);
	assert_int_equal(kill(getpid(), SIGUSR2), 0);
	run_until(loop, &usr2.count, 1);
	assert_int_equal(usr2.last, SIGUSR2);
	assert_int_equal(usr1.count, 0);
	/* A pending one does not kill us when the source goes. */
	assert_int_equal(kill(getpid(), SIGUSR1), 0);
	kb_source_remove(usr1.source);
	assert_int_equal(kb_loop_step(loop, 0), 0);
	assert_int_equal(usr1.count, 0);
	assert_int_equal(kb_loop_add_signal(loop, 0, on_signal, &usr1, &usr1.source), -EINVAL);
	assert_int_equal(kb_loop_add_signal(loop, 9999, on_signal, &usr1, &usr1.source), -EINVAL);
	kb_loop_destroy(loop);
}

static void quit(void *data)
{
	kb_loop_quit(data, 42);
}

static void run_answers_what_quit_says(void **state)
{
	struct kb_loop *loop = new_loop();
	struct kb_source *timer = NULL;

	(void)state;
	assert_int_equal(kb_loop_add_timer(loop, quit, loop, &timer), 0);
	kb_timer_set(timer, 0);
	assert_int_equal(kb_loop_run(loop), 42);
	kb_timer_set(timer, 0); /* and it can run again */
	assert_int_equal(kb_loop_run(loop), 42);
	kb_loop_quit(loop, 7); /* before it runs */
	assert_int_equal(kb_loop_run(loop), 7);
	kb_loop_destroy(loop);
}

struct nested {
	struct kb_loop *loop;
	struct kb_source *self;
	struct kb_source *inner;
	int inner_count;
};

/* A callback that waits on a condition of its own, and whose sources go meanwhile. */
static void wait_inside(void *data)
{
	struct nested *n = data;

	kb_source_remove(n->self);
	run_until(n->loop, &n->inner_count, 1);
	kb_source_remove(n->inner);
}

static void a_callback_may_run_rounds_of_its_own(void **state)
{
	struct nested n = {.loop = new_loop()};

	(void)state;
	assert_int_equal(kb_loop_add_timer(n.loop, wait_inside, &n, &n.self), 0);
	assert_int_equal(kb_loop_add_timer(n.loop, on_timer, &n.inner_count, &n.inner), 0);
	kb_timer_set(n.self, 0);
	kb_timer_set(n.inner, 5);
	run_until(n.loop, &n.inner_count, 1);
	kb_loop_destroy(n.loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(descriptors_report_their_events),
		cmocka_unit_test(a_bad_descriptor_is_refused),
		cmocka_unit_test(a_removed_source_is_not_called_in_the_same_round),
		cmocka_unit_test(a_timer_fires_once_and_not_early),
		cmocka_unit_test(a_timer_moves_and_stops),
		cmocka_unit_test(a_timer_stopped_in_the_round_it_is_due_does_not_fire),
		cmocka_unit_test(signals_come_through_the_loop),
		cmocka_unit_test(run_answers_what_quit_says),
		cmocka_unit_test(a_callback_may_run_rounds_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
