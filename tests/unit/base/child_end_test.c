/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "child_watch.h"
#include "fake_sys.h"

static char words[] = "this";

static int say_its_data(void *data, int out_fd)
{
	(void)dprintf(out_fd, "got %s\n", (const char *)data);
	(void)dprintf(STDOUT_FILENO, "stdout too\n");
	return 0;
}

static int say_much(void *data, int out_fd)
{
	FILE *f = fdopen(out_fd, "w");

	(void)data;
	for (int i = 0; i < 50000; i++) {
		(void)fprintf(f, "%08d\n", i);
	}
	(void)fflush(f);
	return 0;
}

static int say_hello_and_hang(void *data, int out_fd)
{
	(void)data;
	(void)dprintf(out_fd, "hello\n");
	while (pause() < 0) {
	}
	return 0;
}

static void a_deadline_kills(void **state)
{
	struct watch *w = *state;
	int64_t start_ms = now_ms();

	assert_int_equal(start(w, &kb_sys_linux,
			       (struct kb_child_spec){.run = say_hello_and_hang,
						      .deadline_ms = 150}),
			 0);
	wait_for_exit(w);
	assert_int_equal(w->result.end, KB_CHILD_DEADLINE);
	assert_string_equal(w->lines.data, "hello|");
	assert_true(now_ms() - start_ms >= 149);
	assert_true(now_ms() - start_ms < KB_CHILD_KILL_MS);
}

static int hang_with_a_child(void *data, int out_fd)
{
	pid_t pid = fork();

	(void)data;
	if (pid > 0) {
		(void)dprintf(out_fd, "%d\n", (int)pid);
	}
	while (pause() < 0) {
	}
	return 0;
}

static void a_deadline_kills_the_whole_group(void **state)
{
	struct watch *w = *state;

	assert_int_equal(start(w, &kb_sys_linux,
			       (struct kb_child_spec){.run = hang_with_a_child,
						      .deadline_ms = 150}),
			 0);
	wait_for_exit(w);
	assert_int_equal(w->result.end, KB_CHILD_DEADLINE);
	wait_until_gone((pid_t)strtol(w->lines.data, NULL, 10));
}

/* The kill that does nothing stands for a child in uninterruptible sleep. */
static void a_child_that_cannot_be_killed_is_abandoned(void **state)
{
	struct watch *w = *state;
	struct fake_sys *fake = fake_sys_create();
	pid_t pid;

	assert_non_null(fake);
	fake->real.fork = kb_sys_linux.fork;
	assert_int_equal(start(w, &fake->table,
			       (struct kb_child_spec){.run = say_hello_and_hang,
						      .deadline_ms = 50}),
			 0);
	pid = kb_child_pid(w->child);
	wait_for_exit(w);
	assert_int_equal(w->result.end, KB_CHILD_ABANDONED);
	assert_int_equal(fake_sys_count(fake, FAKE_KILL), 2);
	assert_false(is_gone(pid));
	/* When it dies at last it is reaped, and nobody is told twice. */
	assert_int_equal(kill(pid, SIGKILL), 0);
	step_for(w, 200);
	assert_int_equal(w->exits, 1);
	assert_int_equal(kill(pid, 0), -1);
	assert_int_equal(errno, ESRCH);
	fake_sys_destroy(fake);
}

static void a_grandchild_that_holds_the_pipe_does_not_hold_us(void **state)
{
	struct watch *w = *state;
	int64_t start_ms = now_ms();

	run_shell(w, "sleep 60 & echo $!; echo done");
	assert_int_equal(w->result.end, KB_CHILD_EXITED);
	assert_int_equal(w->result.status, 0);
	assert_int_equal(w->line_count, 2);
	assert_true(now_ms() - start_ms < 10000);
	/* It was not ours to kill: it may be a daemon that was meant to stay. */
	assert_false(is_gone((pid_t)strtol(w->lines.data, NULL, 10)));
	assert_int_equal(kill((pid_t)strtol(w->lines.data, NULL, 10), SIGKILL), 0);
}

static void a_child_that_closes_its_pipe_still_runs(void **state)
{
	struct watch *w = *state;
	int64_t start_ms = now_ms();

	run_shell(w, "echo x; exec >&- 2>&-; sleep 0.3; exit 5");
	assert_int_equal(w->result.status, 5);
	assert_true(now_ms() - start_ms >= 290);
}

static void cancel_ends_all_callbacks(void **state)
{
	struct watch *w = *state;
	pid_t pid;

	assert_int_equal(start(w, &kb_sys_linux, (struct kb_child_spec){.run = say_hello_and_hang}),
			 0);
	pid = kb_child_pid(w->child);
	kb_child_cancel(w->child);
	wait_until_gone(pid);
	step_for(w, 100);
	assert_int_equal(w->exits, 0);
	assert_int_equal(w->line_count, 0);
	assert_int_equal(waitpid(pid, NULL, WNOHANG), -1); /* reaped already */
	kb_child_cancel(NULL);
}

static void cancel_works_inside_on_line(void **state)
{
	struct watch *w = *state;

	w->cancel_at_line = 3;
	assert_int_equal(start(w, &kb_sys_linux, (struct kb_child_spec){.run = say_much}), 0);
	step_for(w, 300);
	assert_int_equal(w->line_count, 3);
	assert_int_equal(w->exits, 0);
}

/* The child is gone before its line is read, so that the cancel comes while it is a zombie. */
static void cancel_works_on_a_zombie(void **state)
{
	struct watch *w = *state;

	w->cancel_at_line = 1;
	assert_int_equal(start(w, &kb_sys_linux,
			       (struct kb_child_spec){.run = say_its_data, .data = words}),
			 0);
	wait_until_gone(kb_child_pid(w->child));
	step_for(w, 100);
	assert_int_equal(w->line_count, 1);
	assert_int_equal(w->exits, 0);
}

static void the_loop_may_go_first(void **state)
{
	struct watch *w = *state;
	pid_t pid;

	assert_int_equal(start(w, &kb_sys_linux, (struct kb_child_spec){.run = say_hello_and_hang}),
			 0);
	pid = kb_child_pid(w->child);
	kb_loop_destroy(w->loop);
	w->loop = NULL;
	wait_until_gone(pid);
}

static int start_one_and_die(void *data, int out_fd)
{
	struct kb_loop *loop = NULL;
	struct kb_child *child = NULL;
	struct kb_child_spec spec = {.run = say_hello_and_hang};

	(void)data;
	if (kb_loop_create(&loop) < 0 || kb_child_start(loop, &kb_sys_linux, &spec, &child) < 0) {
		return -EIO;
	}
	(void)dprintf(out_fd, "%d\n", (int)kb_child_pid(child));
	/* Straight to the end: whatever the grandchild has done by now, it must notice. */
	_exit(0);
}

static void children_die_with_their_parent(void **state)
{
	struct watch *w = *state;

	run_worker(w, start_one_and_die, NULL);
	assert_int_equal(w->line_count, 1);
	wait_until_gone((pid_t)strtol(w->lines.data, NULL, 10));
}

/* Once the child and its pipe are gone nothing is waited for: the grace is for held pipes only. */
static void an_ordinary_end_is_reported_at_once(void **state)
{
	struct watch *w = *state;

	assert_int_equal(start(w, &kb_sys_linux,
			       (struct kb_child_spec){.run = say_its_data, .data = words}),
			 0);
	wait_until_gone(kb_child_pid(w->child));
	for (int i = 0; i < 5; i++) {
		assert_int_equal(kb_loop_step(w->loop, 0), 0);
	}
	assert_int_equal(w->exits, 1);
	assert_string_equal(w->lines.data, "got this|stdout too|");
}

static int close_all_and_hang(void *data, int out_fd)
{
	(void)data;
	(void)dprintf(out_fd, "bye\n");
	(void)close(out_fd);
	(void)close(STDOUT_FILENO);
	while (pause() < 0) {
	}
	return 0;
}

static void an_end_after_the_pipe_is_reported_at_once(void **state)
{
	struct watch *w = *state;

	assert_int_equal(start(w, &kb_sys_linux, (struct kb_child_spec){.run = close_all_and_hang}),
			 0);
	step_for(w, 200);
	assert_string_equal(w->lines.data, "bye|");
	assert_int_equal(kill(kb_child_pid(w->child), SIGTERM), 0);
	wait_until_gone(kb_child_pid(w->child));
	assert_int_equal(kb_loop_step(w->loop, 0), 0);
	assert_int_equal(w->exits, 1);
	assert_int_equal(w->result.end, KB_CHILD_SIGNALED);
	assert_int_equal(w->result.status, SIGTERM);
}

/* The loop comes late to a deadline, and the child has ended by itself meanwhile. */
static void a_child_that_ended_was_not_killed(void **state)
{
	struct watch *w = *state;

	assert_int_equal(start(w, &kb_sys_linux,
			       (struct kb_child_spec){.run = say_hello_and_hang,
						      .deadline_ms = 20}),
			 0);
	(void)usleep(50000);
	assert_int_equal(kill(kb_child_pid(w->child), SIGTERM), 0);
	wait_until_gone(kb_child_pid(w->child));
	wait_for_exit(w);
	assert_int_equal(w->result.end, KB_CHILD_SIGNALED);
	assert_int_equal(w->result.status, SIGTERM);
}

static int open_descriptors(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++) {
		n += fcntl(fd, F_GETFD) >= 0;
	}
	return n;
}

/* One descriptor more each time: every step of the start that needs one fails once. */
static void too_few_descriptors_leave_nothing_behind(void **state)
{
	struct watch *w = *state;
	struct rlimit before;
	int open_before = open_descriptors();
	int failures = 0;
	int r = -EMFILE;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	for (rlim_t limit = 3; r < 0 && limit < 256; limit++) {
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &(struct rlimit){limit, before.rlim_max}),
				 0);
		r = start(w, &kb_sys_linux,
			  (struct kb_child_spec){.run = say_its_data, .data = words});
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
		if (r < 0) {
			failures++;
			assert_int_equal(r, -EMFILE);
			assert_int_equal(open_descriptors(), open_before);
			assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
			assert_int_equal(errno, ECHILD);
		}
	}
	assert_int_equal(r, 0);
	assert_true(failures >= 6); /* two pipes, a timer, a pidfd */
	wait_for_exit(w);
}

static int write_for_ever(void *data, int out_fd)
{
	static char lines[64 << 10];
	ssize_t n;

	(void)data;
	memset(lines, 'x', sizeof(lines));
	lines[sizeof(lines) - 1] = '\n';
	do {
		n = write(out_fd, lines, sizeof(lines));
	} while (n > 0);
	return -EPIPE;
}

static void keep_result(void *owner, const struct kb_child_result *result)
{
	struct watch *w = owner;

	w->exits++;
	w->result = *result;
}

static void a_child_that_writes_for_ever_is_killed(void **state)
{
	struct watch *w = *state;
	const struct kb_child_spec spec = {.run = write_for_ever,
					   .owner = w,
					   .on_exit = keep_result};

	assert_int_equal(kb_child_start(w->loop, &kb_sys_linux, &spec, &w->child), 0);
	wait_for_exit(w);
	assert_int_equal(w->result.end, KB_CHILD_FLOODING);
}

#define WITH_LOOP(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_LOOP(a_deadline_kills),
		WITH_LOOP(a_deadline_kills_the_whole_group),
		WITH_LOOP(a_child_that_cannot_be_killed_is_abandoned),
		WITH_LOOP(a_grandchild_that_holds_the_pipe_does_not_hold_us),
		WITH_LOOP(a_child_that_closes_its_pipe_still_runs),
		WITH_LOOP(a_child_that_writes_for_ever_is_killed),
		WITH_LOOP(cancel_ends_all_callbacks),
		WITH_LOOP(cancel_works_inside_on_line),
		WITH_LOOP(cancel_works_on_a_zombie),
		WITH_LOOP(the_loop_may_go_first),
		WITH_LOOP(children_die_with_their_parent),
		WITH_LOOP(an_ordinary_end_is_reported_at_once),
		WITH_LOOP(an_end_after_the_pipe_is_reported_at_once),
		WITH_LOOP(a_child_that_ended_was_not_killed),
		WITH_LOOP(too_few_descriptors_leave_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
