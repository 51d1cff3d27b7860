/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "within.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "process.h"

/* One that is stuck where no signal reaches it is left behind. */
enum { LAST_LOOKS = 50, LOOK_NS = 10000000 };

static int64_t now_ms(void)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int wait_answer(int fd, int most_ms)
{
	struct pollfd wait = {.fd = fd, .events = POLLIN};
	int64_t until_ms = now_ms() + most_ms;
	int answer = 0;
	int n;

	do {
		int64_t left_ms = until_ms - now_ms();

		n = poll(&wait, 1, left_ms > 0 ? (int)left_ms : 0);
	} while (n < 0 && errno == EINTR);
	if (n == 0) {
		return -ETIMEDOUT;
	}
	return read(fd, &answer, sizeof(answer)) == (ssize_t)sizeof(answer) ? answer : -EIO;
}

static void end(pid_t pid)
{
	const struct timespec pause = {.tv_nsec = LOOK_NS};

	(void)kill(pid, SIGKILL);
	for (int i = 0; i < LAST_LOOKS && waitpid(pid, NULL, WNOHANG) == 0; i++) {
		(void)nanosleep(&pause, NULL);
	}
}

int kb_call_within(int (*call)(void *ctx), void *ctx, int most_ms)
{
	KB_CLOSE int read_fd = -1;
	KB_CLOSE int write_fd = -1;
	pid_t parent = getpid();
	int answer = kb_process_pipe(&read_fd, &write_fd);
	pid_t pid;

	if (answer < 0) {
		return answer;
	}
	pid = fork();
	if (pid < 0) {
		return -errno;
	}
	if (pid == 0) {
		kb_process_reset_signals();
		answer = kb_process_supervise(parent, false);
		answer = answer < 0 ? answer : call(ctx);
		_exit(write(write_fd, &answer, sizeof(answer)) == (ssize_t)sizeof(answer) ? 0 : 1);
	}
	write_fd = kb_close(write_fd);
	answer = wait_answer(read_fd, most_ms);
	end(pid);
	return answer;
}
