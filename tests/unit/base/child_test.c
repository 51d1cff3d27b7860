/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "fake_sys.h"

enum { PATIENCE_MS = 20000 };

/* One child and all that it said: every line with a '|' behind it. */
struct watch {
	struct kb_loop *loop;
	struct kb_child *child;
	struct kb_buf lines;
	struct kb_child_result result;
	int exits;
	int cancel_at_line; /* 0: never */
	int line_count;
};

static int setup(void **state)
{
	static struct watch w;

	w = (struct watch){0};
	*state = &w;
	return kb_loop_create(&w.loop);
}

static int teardown(void **state)
{
	struct watch *w = *state;
	pid_t pid;

	kb_loop_destroy(w->loop);
	kb_buf_done(&w->lines);
	/* Killed children that the loop could not wait for any more. */
	do {
		pid = waitpid(-1, NULL, 0);
	} while (pid > 0);
	return 0;
}

static void on_line(void *owner, struct kb_str line)
{
	struct watch *w = owner;

	assert_int_equal(w->exits, 0);
	kb_buf_str(&w->lines, line);
	kb_buf_putc(&w->lines, '|');
	if (++w->line_count == w->cancel_at_line) {
		kb_child_cancel(w->child);
	}
}

static void on_exit_report(void *owner, const struct kb_child_result *result)
{
	struct watch *w = owner;

	w->exits++;
	w->result = *result;
	kb_child_cancel(w->child); /* late, and must do nothing */
}

static int64_t now_ms(void)
{
	return kb_sys_linux.now_ms(NULL);
}

static int start(struct watch *w, const struct kb_sys *sys, struct kb_child_spec spec)
{
	spec.owner = w;
	spec.on_line = on_line;
	spec.on_exit = on_exit_report;
	return kb_child_start(w->loop, sys, &spec, &w->child);
}

static void step_for(struct watch *w, int64_t ms)
{
	int64_t end = now_ms() + ms;

	while (now_ms() < end) {
		assert_int_equal(kb_loop_step(w->loop, 10), 0);
	}
}

static void wait_for_exit(struct watch *w)
{
	int64_t end = now_ms() + PATIENCE_MS;

	while (w->exits == 0) {
		assert_true(now_ms() < end);
		assert_int_equal(kb_loop_step(w->loop, 100), 0);
	}
	assert_int_equal(w->exits, 1);
}

static void run_worker(struct watch *w, int (*run)(void *data, int out_fd), void *data)
{
	assert_int_equal(start(w, &kb_sys_linux, (struct kb_child_spec){.run = run, .data = data}),
			 0);
	assert_true(kb_child_pid(w->child) > 0);
	wait_for_exit(w);
}

static void run_shell(struct watch *w, const char *script)
{
	const char *argv[] = {"/bin/sh", "-c", script, NULL};
	const char *envp[] = {"PATH=/bin:/usr/bin", NULL};
	struct kb_spawn spawn = {argv, envp, -1, -1, -1, NULL, 0, false};

	assert_int_equal(start(w, &kb_sys_linux, (struct kb_child_spec){.spawn = &spawn}), 0);
	wait_for_exit(w);
}

static char words[] = "this";

static int say_its_data(void *data, int out_fd)
{
	(void)dprintf(out_fd, "got %s\n", (const char *)data);
	(void)dprintf(STDOUT_FILENO, "stdout too\n");
	return 0;
}

static void a_worker_speaks_in_lines(void **state)
{
	struct watch *w = *state;

	run_worker(w, say_its_data, words);
	assert_string_equal(w->lines.data, "got this|stdout too|");
	assert_int_equal(w->result.end, KB_CHILD_EXITED);
	assert_int_equal(w->result.status, 0);
	assert_string_equal(w->result.stderr_tail, "");
}

static int fail_with_words(void *data, int out_fd)
{
	(void)data;
	(void)out_fd;
	(void)dprintf(STDERR_FILENO, "first\nlast \x1b[2J\x01 words");
	return -EIO;
}

static void a_failed_worker_exits_with_1_and_its_last_words(void **state)
{
	struct watch *w = *state;

	run_worker(w, fail_with_words, NULL);
	assert_int_equal(w->result.end, KB_CHILD_EXITED);
	assert_int_equal(w->result.status, 1);
	assert_string_equal(w->result.stderr_tail, "last ?[2J? words");
}

static int crash(void *data, int out_fd)
{
	(void)data;
	(void)out_fd;
	(void)kill(getpid(), SIGKILL);
	return 0;
}

static void a_crash_is_a_signal(void **state)
{
	struct watch *w = *state;

	run_worker(w, crash, NULL);
	assert_int_equal(w->result.end, KB_CHILD_SIGNALED);
	assert_int_equal(w->result.status, SIGKILL);
}

/* Everything the header promises about a worker's surroundings, as one line a promise. */
static int look_around(void *data, int out_fd)
{
	const int *kept = data;
	struct sigaction action;
	sigset_t mask;
	int death_signal = 0;
	char c;

	(void)dprintf(out_fd, "group %d\n", getpgrp() == getpid());
	(void)dprintf(out_fd, "stdin %d\n", (int)read(STDIN_FILENO, &c, 1));
	(void)sigprocmask(SIG_SETMASK, NULL, &mask);
	(void)dprintf(out_fd, "blocked %d\n", sigismember(&mask, SIGUSR1));
	(void)sigaction(SIGPIPE, NULL, &action);
	(void)dprintf(out_fd, "default %d\n", action.sa_handler == SIG_DFL);
	(void)prctl(PR_GET_PDEATHSIG, &death_signal);
	(void)dprintf(out_fd, "dies with parent %d\n", death_signal == SIGKILL);
	(void)dprintf(out_fd, "kept %d\n", fcntl(*kept, F_GETFD) >= 0);
	for (int fd = 3; fd < 1024; fd++) {
		if (fd != out_fd && fd != *kept && fcntl(fd, F_GETFD) >= 0) {
			(void)dprintf(out_fd, "stray %d\n", fd);
		}
	}
	return 0;
}

static void a_worker_starts_clean(void **state)
{
	struct watch *w = *state;
	sigset_t mask;
	sigset_t before;
	int kept[3];

	for (int i = 0; i < 3; i++) {
		kept[i] = open("/dev/null", O_RDONLY); /* without close-on-exec */
	}
	(void)sigemptyset(&mask);
	(void)sigaddset(&mask, SIGUSR1);
	(void)sigprocmask(SIG_BLOCK, &mask, &before);
	(void)signal(SIGPIPE, SIG_IGN);
	assert_int_equal(start(w, &kb_sys_linux,
			       (struct kb_child_spec){.run = look_around,
						      .data = &kept[1],
						      .keep_fds = &kept[1],
						      .n_keep_fds = 1}),
			 0);
	wait_for_exit(w);
	assert_string_equal(w->lines.data,
			    "group 1|stdin 0|blocked 0|default 1|dies with parent 1|kept 1|");
	(void)signal(SIGPIPE, SIG_DFL);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	for (int i = 0; i < 3; i++) {
		(void)kb_close(kept[i]);
	}
}

static void a_program_speaks_in_lines(void **state)
{
	struct watch *w = *state;

	run_shell(w, "echo one; echo oops >&2; echo two; printf 'no end'; exit 3");
	assert_string_equal(w->lines.data, "one|two|no end|");
	assert_int_equal(w->result.end, KB_CHILD_EXITED);
	assert_int_equal(w->result.status, 3);
	assert_string_equal(w->result.stderr_tail, "oops");
}

static void a_program_that_is_not_there_is_an_error(void **state)
{
	struct watch *w = *state;
	const char *argv[] = {"/nowhere/program", NULL};
	const char *envp[] = {NULL};
	struct kb_spawn spawn = {argv, envp, -1, -1, -1, NULL, 0, false};

	assert_int_equal(start(w, &kb_sys_linux, (struct kb_child_spec){.spawn = &spawn}), -ENOENT);
	assert_null(w->child);
	assert_int_equal(start(w, &kb_sys_linux, (struct kb_child_spec){0}), -EINVAL);
	assert_int_equal(start(w, &kb_sys_linux,
			       (struct kb_child_spec){.spawn = &spawn, .run = crash}),
			 -EINVAL);
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

static void no_line_is_lost(void **state)
{
	struct watch *w = *state;

	run_worker(w, say_much, NULL);
	assert_int_equal(w->line_count, 50000);
	for (int i = 0; i < 50000; i++) {
		char expected[16];

		(void)snprintf(expected, sizeof(expected), "%08d|", i);
		assert_memory_equal(w->lines.data + (size_t)i * 9, expected, 9);
	}
}

static int say_one_endless_line(void *data, int out_fd)
{
	char *line = malloc(KB_CHILD_LINE_MAX + 1);
	size_t len = KB_CHILD_LINE_MAX + 1;

	(void)data;
	memset(line, 'x', len);
	for (size_t done = 0; done < len;) {
		ssize_t n = write(out_fd, line + done, len - done);

		if (n <= 0) {
			break;
		}
		done += (size_t)n;
	}
	free(line);
	(void)dprintf(out_fd, "\nafter\n");
	return 0;
}

static void a_line_above_the_cap_is_dropped(void **state)
{
	struct watch *w = *state;

	run_worker(w, say_one_endless_line, NULL);
	assert_string_equal(w->lines.data, "after|");
	assert_int_equal(w->result.status, 0);
}

static int say_much_on_stderr(void *data, int out_fd)
{
	(void)data;
	(void)out_fd;
	for (int i = 0; i < 20000; i++) {
		(void)dprintf(STDERR_FILENO, "complaint %d %0300d\n", i, 0);
	}
	return 0;
}

static void the_tail_is_the_head_of_the_last_line(void **state)
{
	struct watch *w = *state;

	run_worker(w, say_much_on_stderr, NULL);
	assert_memory_equal(w->result.stderr_tail, "complaint 19999 000", 19);
	assert_int_equal(strlen(w->result.stderr_tail), KB_CHILD_STDERR_TAIL - 1);
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

/* A zombie counts as gone: in a container nobody may reap what was orphaned. */
static bool is_gone(pid_t pid)
{
	char path[64];
	char text[256] = "";
	KB_FCLOSE FILE *f = NULL;
	const char *name_end;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "r");
	if (!f || !fgets(text, sizeof(text), f)) {
		return true;
	}
	name_end = strrchr(text, ')');
	return name_end && name_end[2] == 'Z';
}

static void wait_until_gone(pid_t pid)
{
	int64_t end = now_ms() + PATIENCE_MS;

	assert_true(pid > 0);
	while (!is_gone(pid)) {
		assert_true(now_ms() < end);
		(void)usleep(1000);
	}
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

static void nobody_has_to_listen(void **state)
{
	struct watch *w = *state;
	struct kb_child_spec spec = {.run = say_its_data, .data = words};

	assert_int_equal(kb_child_start(w->loop, &kb_sys_linux, &spec, &w->child), 0);
	wait_until_gone(kb_child_pid(w->child));
	step_for(w, 100);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

#define WITH_LOOP(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_LOOP(a_worker_speaks_in_lines),
		WITH_LOOP(a_failed_worker_exits_with_1_and_its_last_words),
		WITH_LOOP(a_crash_is_a_signal),
		WITH_LOOP(a_worker_starts_clean),
		WITH_LOOP(a_program_speaks_in_lines),
		WITH_LOOP(a_program_that_is_not_there_is_an_error),
		WITH_LOOP(no_line_is_lost),
		WITH_LOOP(a_line_above_the_cap_is_dropped),
		WITH_LOOP(the_tail_is_the_head_of_the_last_line),
		WITH_LOOP(a_deadline_kills),
		WITH_LOOP(a_deadline_kills_the_whole_group),
		WITH_LOOP(a_child_that_cannot_be_killed_is_abandoned),
		WITH_LOOP(a_grandchild_that_holds_the_pipe_does_not_hold_us),
		WITH_LOOP(a_child_that_closes_its_pipe_still_runs),
		WITH_LOOP(cancel_ends_all_callbacks),
		WITH_LOOP(cancel_works_inside_on_line),
		WITH_LOOP(cancel_works_on_a_zombie),
		WITH_LOOP(the_loop_may_go_first),
		WITH_LOOP(children_die_with_their_parent),
		WITH_LOOP(nobody_has_to_listen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
