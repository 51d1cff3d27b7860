/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "child_start.h"
#include "kboot/base/lines.h"
#include "loop_private.h"
#include "oneline.h"
#include "process.h"

/*
 * How long a dead child's pipe may stay open: a grandchild can hold it for ever. And how much is
 * read off it at last: more than a pipe can hold, less than a chatterer could make of it.
 */
enum { GRACE_MS = 200, LAST_READS = 128, STDERR_READ_BYTES = 4096 };

enum phase {
	RUNNING,  /* the timer, if it runs, is the deadline */
	KILLED,   /* the timer is KB_CHILD_KILL_MS */
	DRAINING, /* gone, not reaped; the timer is GRACE_MS */
	FINISHED, /* reported or cancelled; stays only until it can be reaped and freed */
};

struct kb_child {
	struct kb_loop *loop;
	const struct kb_sys *sys;
	void *owner;
	void (*on_line)(void *owner, struct kb_str line);
	void (*on_exit)(void *owner, const struct kb_child_result *result);
	enum phase phase;
	bool past_deadline;
	bool gone;     /* has exited; a zombie, so its number cannot be another's, until reaped */
	unsigned busy; /* handlers of this child on the stack */
	pid_t pid;
	int pid_fd;
	int out_fd;
	int err_fd;
	struct kb_source *pid_source;
	struct kb_source *out_source;
	struct kb_source *err_source;
	struct kb_source *timer; /* there for as long as the child is */
	struct kb_lines out_lines;
	size_t out_bytes; /* in lines so far */
	size_t err_len;
	char err_line[KB_CHILD_STDERR_TAIL]; /* not ended yet */
	char err_tail[KB_CHILD_STDERR_TAIL];
};

static void close_pipe(struct kb_source **source, int *fd)
{
	kb_source_remove(*source);
	*source = NULL;
	*fd = kb_close(*fd);
}

static void child_free(struct kb_child *child)
{
	if (!child) {
		return;
	}
	close_pipe(&child->out_source, &child->out_fd);
	close_pipe(&child->err_source, &child->err_fd);
	close_pipe(&child->pid_source, &child->pid_fd);
	kb_source_remove(child->timer);
	kb_lines_done(&child->out_lines);
	free(child);
}

static void child_kill(struct kb_child *child)
{
	/* The group first; the child itself too, in case it left the group or never made it. */
	(void)child->sys->kill(child->sys->ctx, -child->pid, SIGKILL);
	(void)child->sys->kill(child->sys->ctx, child->pid, SIGKILL);
}

/* The process group is killed while the child is at most a zombie: the number is still its own. */
static void reap(struct kb_child *child, int *ret_wait_status)
{
	pid_t r;

	do {
		r = waitpid(child->pid, ret_wait_status, WNOHANG);
	} while (r < 0 && errno == EINTR);
}

/* At the end of every handler: frees a child that has nothing left to do. */
static void leave(struct kb_child *child)
{
	if (--child->busy > 0 || child->phase != FINISHED || !child->gone) {
		return;
	}
	child_free(child);
}

/* No more callbacks; what is left is to wait, in the loop, until the process is gone. */
static void go_to_background(struct kb_child *child)
{
	child->phase = FINISHED;
	kb_timer_stop(child->timer);
	close_pipe(&child->out_source, &child->out_fd);
	close_pipe(&child->err_source, &child->err_fd);
}

/* Runs when the loop is destroyed: nobody would reap it later. */
static void orphaned(void *data)
{
	struct kb_child *child = data;
	int status;

	child_kill(child);
	reap(child, &status);
	child_free(child);
}

static void take_stderr(struct kb_child *child, struct kb_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] != '\n') {
			if (child->err_len < sizeof(child->err_line)) {
				child->err_line[child->err_len++] = text.data[i];
			}
		} else if (child->err_len > 0) {
			kb_oneline_copy(child->err_tail, sizeof(child->err_tail),
					kb_str_of(child->err_line, child->err_len));
			child->err_len = 0;
		}
	}
}

/* 1 after data, 0 at the end, -errno. */
static int read_stderr(struct kb_child *child)
{
	char chunk[STDERR_READ_BYTES];
	ssize_t n = read(child->err_fd, chunk, sizeof(chunk));

	if (n > 0) {
		take_stderr(child, kb_str_of(chunk, (size_t)n));
	}
	return n > 0 ? 1 : n < 0 ? -errno : 0;
}

static int line_to_owner(void *ctx, struct kb_str line)
{
	struct kb_child *child = ctx;

	if (child->phase == FINISHED) {
		return -ECANCELED; /* by its owner, in the line before this one */
	}
	child->out_bytes += line.len + 1;
	if (child->out_bytes > KB_CHILD_OUTPUT_MAX) {
		child_kill(child);
		return -ECANCELED;
	}
	if (child->on_line) {
		child->on_line(child->owner, line);
	}
	return child->phase == FINISHED ? -ECANCELED : 0;
}

/* A line that is too long or finds no memory is dropped: 1 like any other data. */
static int read_stdout(struct kb_child *child)
{
	int r = kb_lines_read(&child->out_lines, child->out_fd, line_to_owner, child);

	return r == -EMSGSIZE || r == -ENOMEM ? 1 : r;
}

/* What is still in the pipes, and the last lines, which may lack their LF. */
static void read_rest(struct kb_child *child)
{
	struct kb_lines *lines = &child->out_lines;
	bool stopped = false;
	int r = child->out_fd >= 0;

	for (int i = 0; r > 0 && i < LAST_READS && child->phase != FINISHED; i++) {
		r = read_stdout(child);
	}
	if (child->phase != FINISHED && lines->buf.len > 0) {
		/* No more can go wrong than that the owner cancels. */
		stopped = kb_lines_feed(lines, "\n", 1, line_to_owner, child) < 0;
	}
	r = child->err_fd >= 0 && !stopped;
	for (int i = 0; r > 0 && i < LAST_READS; i++) {
		r = read_stderr(child);
	}
	take_stderr(child, KB_STR("\n"));
}

static void report(struct kb_child *child, enum kb_child_end end, int status)
{
	struct kb_child_result result = {.end = end, .status = status};

	memcpy(result.stderr_tail, child->err_tail, sizeof(result.stderr_tail));
	go_to_background(child);
	if (child->on_exit) {
		child->on_exit(child->owner, &result);
	}
}

static void finish(struct kb_child *child)
{
	int status = 255 << 8; /* were it reaped by another: as good as a failure */

	read_rest(child);
	if (child->phase == FINISHED) {
		return; /* cancelled by its owner in a last line */
	}
	reap(child, &status);
	if (child->past_deadline) {
		report(child, KB_CHILD_DEADLINE, SIGKILL);
	} else if (child->out_bytes > KB_CHILD_OUTPUT_MAX) {
		report(child, KB_CHILD_FLOODING, SIGKILL);
	} else if (WIFSIGNALED(status)) {
		report(child, KB_CHILD_SIGNALED, WTERMSIG(status));
	} else {
		report(child, KB_CHILD_EXITED, WEXITSTATUS(status));
	}
}

static void on_stdout(void *data, int fd, uint32_t events)
{
	struct kb_child *child = data;
	int r;

	(void)fd;
	(void)events;
	child->busy++;
	r = read_stdout(child);
	if (r <= 0 && r != -EAGAIN && child->phase != FINISHED) {
		close_pipe(&child->out_source, &child->out_fd);
		if (child->phase == DRAINING) {
			finish(child);
		}
	}
	leave(child);
}

static void on_stderr(void *data, int fd, uint32_t events)
{
	struct kb_child *child = data;
	int r = read_stderr(child);

	(void)fd;
	(void)events;
	if (r <= 0 && r != -EAGAIN && r != -EINTR) {
		close_pipe(&child->err_source, &child->err_fd);
	}
}

static void on_gone(void *data, int fd, uint32_t events)
{
	struct kb_child *child = data;
	int status;

	(void)fd;
	(void)events;
	child->busy++;
	child->gone = true;
	close_pipe(&child->pid_source, &child->pid_fd);
	if (child->phase == FINISHED) {
		reap(child, &status);
	} else {
		child->phase = DRAINING;
		if (child->out_fd < 0) {
			finish(child);
		} else {
			kb_timer_set(child->timer, GRACE_MS);
		}
	}
	leave(child);
}

static bool is_zombie(const struct kb_child *child)
{
	siginfo_t info = {0};

	return waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	       info.si_pid == child->pid;
}

static void on_deadline(struct kb_child *child)
{
	if (is_zombie(child)) {
		return; /* just made it: its pid_source is ready in this very round */
	}
	child->past_deadline = true;
	child->phase = KILLED;
	child_kill(child);
	kb_timer_set(child->timer, KB_CHILD_KILL_MS);
}

static void on_timer(void *data)
{
	struct kb_child *child = data;

	child->busy++;
	if (child->phase == RUNNING) {
		on_deadline(child);
	} else if (child->phase == KILLED && !is_zombie(child)) {
		report(child, KB_CHILD_ABANDONED, SIGKILL);
	} else if (child->phase == DRAINING) {
		finish(child);
	}
	leave(child);
}

void kb_child_cancel(struct kb_child *child)
{
	int status;

	if (!child || child->phase == FINISHED) {
		return;
	}
	child_kill(child);
	child->busy++;
	if (child->gone) {
		reap(child, &status);
	}
	go_to_background(child);
	leave(child);
}

pid_t kb_child_pid(const struct kb_child *child)
{
	return child->pid;
}

static int add_sources(struct kb_child *child, uint64_t deadline_ms)
{
	struct kb_loop *loop = child->loop;
	int r = kb_loop_add_timer(loop, on_timer, child, &child->timer);

	if (r == 0 && deadline_ms > 0) {
		kb_timer_set(child->timer, deadline_ms);
	}
	if (r == 0) {
		r = kb_loop_add_fd(loop, child->out_fd, EPOLLIN, on_stdout, child,
				   &child->out_source);
	}
	if (r == 0) {
		r = kb_loop_add_fd(loop, child->err_fd, EPOLLIN, on_stderr, child,
				   &child->err_source);
	}
	return r;
}

/* pidfd_open(2) is Linux 5.3; musl has no wrapper. */
static int watch_process(struct kb_child *child)
{
	child->pid_fd = (int)syscall(SYS_pidfd_open, child->pid, 0);
	if (child->pid_fd < 0) {
		return -errno;
	}
	return kb_loop_add_fd(child->loop, child->pid_fd, EPOLLIN, on_gone, child,
			      &child->pid_source);
}

static struct kb_child *child_new(struct kb_loop *loop, const struct kb_sys *sys,
				  const struct kb_child_spec *spec)
{
	struct kb_child *child = calloc(1, sizeof(*child));

	if (child) {
		child->loop = loop;
		child->sys = sys;
		child->owner = spec->owner;
		child->on_line = spec->on_line;
		child->on_exit = spec->on_exit;
		child->pid = -1;
		child->pid_fd = -1;
		child->out_fd = -1;
		child->err_fd = -1;
		kb_lines_init(&child->out_lines, KB_CHILD_LINE_MAX);
	}
	return child;
}

/* Our end must not block the loop; the child's may block the child. */
static int open_pipe(int *ret_read_fd, int *ret_write_fd)
{
	KB_CLOSE int read_fd = -1;
	KB_CLOSE int write_fd = -1;
	int r = kb_process_pipe(&read_fd, &write_fd);

	if (r < 0) {
		return r;
	}
	if (fcntl(read_fd, F_SETFL, O_NONBLOCK) < 0) {
		return -errno;
	}
	*ret_read_fd = kb_steal_fd(&read_fd);
	*ret_write_fd = kb_steal_fd(&write_fd);
	return 0;
}

/* All that can fail comes before the process does, but for the watch on it. */
static int start(struct kb_child *child, const struct kb_child_spec *spec)
{
	KB_CLOSE int out_write_fd = -1;
	KB_CLOSE int err_write_fd = -1;
	int r = open_pipe(&child->out_fd, &out_write_fd);

	if (r == 0) {
		r = open_pipe(&child->err_fd, &err_write_fd);
	}
	if (r == 0) {
		r = add_sources(child, spec->deadline_ms);
	}
	if (r == 0) {
		r = kb_child_launch(child->sys, spec, out_write_fd, err_write_fd, &child->pid);
	}
	if (r < 0) {
		return r;
	}
	r = watch_process(child);
	if (r < 0) {
		child_kill(child);
		(void)waitpid(child->pid, NULL, 0);
	}
	return r;
}

int kb_child_start(struct kb_loop *loop, const struct kb_sys *sys, const struct kb_child_spec *spec,
		   struct kb_child **ret_child)
{
	struct kb_child *child = child_new(loop, sys, spec);
	int r;

	if (!child) {
		return -ENOMEM;
	}
	r = start(child, spec);
	if (r < 0) {
		child_free(child);
		return r;
	}
	kb_source_on_destroy(child->timer, orphaned);
	*ret_child = child;
	return 0;
}
