/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "child_watch.h"

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
	struct kb_spawn spawn = {argv, envp, -1, -1, -1, NULL, 0, false, false};

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
		WITH_LOOP(nobody_has_to_listen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
