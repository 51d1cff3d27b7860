/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/base/run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "oneline.h"
#include "process.h"

enum { CHUNK_BYTES = 4096, PIPE_BYTES = 64 << 10, ERROR_BYTES = 16 << 10 };

struct runner {
	const struct kb_run *run;
	struct kb_run_result *result;
	struct kb_buf words; /* on standard error: the end of them */
	int64_t until_ms;
	pid_t pid;
	int pid_fd;
	int out_fd;
	int err_fd;
};

static void runner_done(struct runner *r)
{
	kb_buf_done(&r->words);
	r->pid_fd = kb_close(r->pid_fd);
	r->out_fd = kb_close(r->out_fd);
	r->err_fd = kb_close(r->err_fd);
}

/* All of it before the program starts: a pipe holds it, and nothing can be read half. */
static int make_input(struct kb_str input, int *ret_fd)
{
	KB_CLOSE int read_fd = -1;
	KB_CLOSE int write_fd = -1;
	int r;

	if (input.len == 0) {
		return 0;
	}
	if (input.len > KB_RUN_INPUT_MAX) {
		return -E2BIG;
	}
	r = kb_process_pipe(&read_fd, &write_fd);
	if (r < 0) {
		return r;
	}
	if ((input.len > PIPE_BYTES && fcntl(write_fd, F_SETPIPE_SZ, KB_RUN_INPUT_MAX) < 0) ||
	    fcntl(write_fd, F_SETFL, O_NONBLOCK) < 0) {
		return -errno;
	}
	if (write(write_fd, input.data, input.len) != (ssize_t)input.len) {
		return -E2BIG;
	}
	*ret_fd = kb_steal_fd(&read_fd);
	return 0;
}

static int make_output(int *ret_read_fd, int *ret_write_fd)
{
	int r = kb_process_pipe(ret_read_fd, ret_write_fd);

	return r < 0 ? r : fcntl(*ret_read_fd, F_SETFL, O_NONBLOCK) < 0 ? -errno : 0;
}

static int start(struct runner *r)
{
	KB_CLOSE int in_fd = -1;
	KB_CLOSE int out_fd = -1;
	KB_CLOSE int err_fd = -1;
	struct kb_spawn spawn = {.argv = r->run->argv,
				 .envp = r->run->envp,
				 .supervised = true,
				 .without_terminal = true};
	int error = make_input(r->run->input, &in_fd);

	error = error < 0 ? error : make_output(&r->out_fd, &out_fd);
	error = error < 0 ? error : make_output(&r->err_fd, &err_fd);
	if (error < 0) {
		return error;
	}
	spawn.stdin_fd = in_fd;
	spawn.stdout_fd = out_fd;
	spawn.stderr_fd = err_fd;
	error = r->run->sys->spawn(r->run->sys->ctx, &spawn, &r->pid);
	if (error < 0) {
		return error;
	}
	r->pid_fd = (int)syscall(SYS_pidfd_open, r->pid, 0);
	return r->pid_fd < 0 ? -errno : 0;
}

/* Only the end of them counts. */
static void take_words(struct runner *r, const char *chunk, size_t len)
{
	if (r->words.len > ERROR_BYTES) {
		kb_buf_reset(&r->words);
	}
	kb_buf_append(&r->words, chunk, len);
}

/* 0, also where there is nothing to read now; -EFBIG. */
static int read_some(struct runner *r, int *fd, bool is_out)
{
	char chunk[CHUNK_BYTES];
	ssize_t n;

	while ((n = read(*fd, chunk, sizeof(chunk))) > 0) {
		if (!is_out) {
			take_words(r, chunk, (size_t)n);
			continue;
		}
		kb_buf_append(&r->result->out, chunk, (size_t)n);
		if (kb_buf_error(&r->result->out) < 0) {
			return kb_buf_error(&r->result->out);
		}
	}
	if (n == 0 || errno != EAGAIN) {
		*fd = kb_close(*fd);
	}
	return 0;
}

/* Until it has ended, whoever holds its pipes. */
static int listen(struct runner *r)
{
	const struct kb_sys *sys = r->run->sys;

	for (;;) {
		struct pollfd fds[] = {{.fd = r->pid_fd, .events = POLLIN},
				       {.fd = r->out_fd, .events = POLLIN},
				       {.fd = r->err_fd, .events = POLLIN}};
		int left_ms = kb_left_ms(sys, r->until_ms, r->run->most_ms);
		int n = poll(fds, KB_ARRAY_LEN(fds), left_ms);
		int error;

		if (n == 0) {
			return -ETIMEDOUT;
		}
		if (n < 0 && errno != EINTR) {
			return -errno;
		}
		error = r->out_fd < 0 ? 0 : read_some(r, &r->out_fd, true);
		if (error == 0 && r->err_fd >= 0) {
			error = read_some(r, &r->err_fd, false);
		}
		if (error < 0 || (n > 0 && fds[0].revents)) {
			return error;
		}
	}
}

static void reap(struct runner *r)
{
	int status = 0;
	pid_t ended;

	do {
		ended = waitpid(r->pid, &status, 0);
	} while (ended < 0 && errno == EINTR);
	r->result->status = ended != r->pid     ? 255
			    : WIFEXITED(status) ? WEXITSTATUS(status)
						: 128 + WTERMSIG(status);
}

/* What it left behind goes with it. One that cannot be killed (a disk hangs) is not waited for. */
static void kill_all(struct runner *r)
{
	enum { GRACE_MS = 2000 };
	const struct kb_sys *sys = r->run->sys;
	struct pollfd end = {.fd = r->pid_fd, .events = POLLIN};

	(void)sys->kill(sys->ctx, -r->pid, SIGKILL);
	(void)sys->kill(sys->ctx, r->pid, SIGKILL);
	if (r->pid_fd < 0 || poll(&end, 1, GRACE_MS) > 0) {
		reap(r);
	}
}

static void keep_last_line(struct runner *r)
{
	struct kb_str rest = kb_buf_view(&r->words);
	struct kb_str last = {0};
	struct kb_str line;

	while (kb_str_next_line(&rest, &line)) {
		line = kb_str_trim(line);
		last = line.len > 0 ? line : last;
	}
	kb_oneline_copy(r->result->last_words, sizeof(r->result->last_words), last);
}

int kb_run(const struct kb_run *run, struct kb_run_result *result)
{
	const struct kb_sys *sys = run->sys;
	KB_CLEANUP(runner_done)
	struct runner r = {.run = run,
			   .result = result,
			   .until_ms = sys->now_ms(sys->ctx) + run->most_ms,
			   .pid = -1,
			   .pid_fd = -1,
			   .out_fd = -1,
			   .err_fd = -1};
	int error;

	*result = (struct kb_run_result){.out = {.max_bytes = run->most_bytes}};
	error = start(&r);
	error = error < 0 ? error : listen(&r);
	if (r.pid > 0) {
		kill_all(&r);
		keep_last_line(&r);
	}
	return error;
}

void kb_run_result_done(struct kb_run_result *result)
{
	kb_buf_done(&result->out);
}

void kb_run_modprobe(const struct kb_sys *sys, const char *const *argv)
{
	static const char *const envp[] = {"PATH=/sbin:/bin", NULL};
	const struct kb_spawn spawn = {
		.argv = argv, .envp = envp, .stdin_fd = -1, .stdout_fd = -1, .stderr_fd = -1};
	pid_t pid = -1;

	if (sys->spawn(sys->ctx, &spawn, &pid) == 0) {
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
		}
	}
}
