/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

void kb_process_reset_signals(void)
{
	sigset_t none;
	struct sigaction by_default = {.sa_handler = SIG_DFL};

	for (int signo = 1; signo < NSIG; signo++) {
		/* Refused for SIGKILL, SIGSTOP and the libc's own: those need no reset. */
		(void)sigaction(signo, &by_default, NULL);
	}
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

int kb_process_supervise(pid_t parent, bool session)
{
	if ((session ? setsid() : setpgid(0, 0)) < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) {
		return -errno;
	}
	/* It may have died before the line above. */
	return getppid() == parent ? 0 : -ESRCH;
}

/* The same file at a number above 2; *fd itself is closed. */
static int move_above_stdio(int *fd)
{
	int high = fcntl(*fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

	if (high < 0) {
		return -errno;
	}
	(void)kb_close(*fd);
	*fd = high;
	return 0;
}

int kb_process_pipe(int *ret_read_fd, int *ret_write_fd)
{
	int ends[2];
	int r = pipe2(ends, O_CLOEXEC) < 0 ? -errno : 0;

	if (r < 0) {
		return r;
	}
	for (int i = 0; i < 2 && r == 0; i++) {
		r = ends[i] <= STDERR_FILENO ? move_above_stdio(&ends[i]) : 0;
	}
	if (r < 0) {
		(void)kb_close(ends[0]);
		(void)kb_close(ends[1]);
		return r;
	}
	*ret_read_fd = ends[0];
	*ret_write_fd = ends[1];
	return 0;
}

int kb_process_stdio(int in_fd, int out_fd, int err_fd)
{
	int fds[] = {in_fd, out_fd, err_fd};

	/* First all away from 0..2, so that no dup2 overwrites one that is still to come. */
	for (int i = 0; i < 3; i++) {
		if (fds[i] < 0) {
			fds[i] = open("/dev/null", O_RDWR | O_CLOEXEC);
		}
		if (fds[i] >= 0 && fds[i] <= STDERR_FILENO) {
			fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		}
		if (fds[i] < 0) {
			return -errno;
		}
	}
	for (int i = 0; i < 3; i++) {
		if (dup2(fds[i], i) < 0) {
			return -errno;
		}
	}
	return 0;
}

static void close_range_or_each(unsigned first, unsigned last)
{
	long limit;

	if (syscall(SYS_close_range, first, last, 0) == 0) {
		return;
	}
	/* Before Linux 5.9, or below a filter that does not know the call. */
	limit = sysconf(_SC_OPEN_MAX);
	for (long fd = first; fd < limit && fd <= (long)last; fd++) {
		(void)close((int)fd);
	}
}

void kb_process_close_others(const int *keep, size_t n_keep, int keep_too)
{
	unsigned first = STDERR_FILENO + 1;

	/* Gap by gap up to the next kept descriptor; lists are short, so no sorting. */
	for (;;) {
		unsigned next = UINT_MAX;

		for (size_t i = 0; i < n_keep; i++) {
			if (keep[i] >= 0 && (unsigned)keep[i] >= first &&
			    (unsigned)keep[i] < next) {
				next = (unsigned)keep[i];
			}
		}
		if (keep_too >= 0 && (unsigned)keep_too >= first && (unsigned)keep_too < next) {
			next = (unsigned)keep_too;
		}
		if (next == UINT_MAX) {
			close_range_or_each(first, INT_MAX);
			return;
		}
		if (next > first) {
			close_range_or_each(first, next - 1);
		}
		first = next + 1;
	}
}
