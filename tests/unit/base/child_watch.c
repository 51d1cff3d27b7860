/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "child_watch.h"

#include <sys/wait.h>

enum { PATIENCE_MS = 20000 };

int setup(void **state)
{
	static struct watch w;

	w = (struct watch){0};
	*state = &w;
	return kb_loop_create(&w.loop);
}

int teardown(void **state)
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

int64_t now_ms(void)
{
	return kb_sys_linux.now_ms(NULL);
}

int start(struct watch *w, const struct kb_sys *sys, struct kb_child_spec spec)
{
	spec.owner = w;
	spec.on_line = on_line;
	spec.on_exit = on_exit_report;
	return kb_child_start(w->loop, sys, &spec, &w->child);
}

void step_for(struct watch *w, int64_t ms)
{
	int64_t end = now_ms() + ms;

	while (now_ms() < end) {
		assert_int_equal(kb_loop_step(w->loop, 10), 0);
	}
}

void wait_for_exit(struct watch *w)
{
	int64_t end = now_ms() + PATIENCE_MS;

	while (w->exits == 0) {
		assert_true(now_ms() < end);
		assert_int_equal(kb_loop_step(w->loop, 100), 0);
	}
	assert_int_equal(w->exits, 1);
}

void run_worker(struct watch *w, int (*run)(void *data, int out_fd), void *data)
{
	assert_int_equal(start(w, &kb_sys_linux, (struct kb_child_spec){.run = run, .data = data}),
			 0);
	assert_true(kb_child_pid(w->child) > 0);
	wait_for_exit(w);
}

void run_shell(struct watch *w, const char *script)
{
	const char *argv[] = {"/bin/sh", "-c", script, NULL};
	const char *envp[] = {"PATH=/bin:/usr/bin", NULL};
	struct kb_spawn spawn = {argv, envp, -1, -1, -1, NULL, 0, false, false};

	assert_int_equal(start(w, &kb_sys_linux, (struct kb_child_spec){.spawn = &spawn}), 0);
	wait_for_exit(w);
}

/* A zombie counts as gone: in a container nobody may reap what was orphaned. */
bool is_gone(pid_t pid)
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

void wait_until_gone(pid_t pid)
{
	int64_t end = now_ms() + PATIENCE_MS;

	assert_true(pid > 0);
	while (!is_gone(pid)) {
		assert_true(now_ms() < end);
		(void)usleep(1000);
	}
}
