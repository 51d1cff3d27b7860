/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/guard.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kboot/base/cleanup.h"
#include "kboot/base/str.h"

enum { INIT_PID = 1, KILL_PASSES = 8 };

static void watch(const struct kb_sys *sys, int fd)
{
	struct pollfd end = {.fd = fd, .events = POLLIN};
	sigset_t all;
	char word;
	int r;

	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
	do {
		r = poll(&end, 1, KB_GUARD_MS);
	} while (r < 0 && errno == EINTR);
	/* A word: all went well. The end of the pipe: the engine's end. Neither: it hangs. */
	if (r <= 0 || read(fd, &word, 1) != 1) {
		(void)sys->reboot(sys->ctx, KB_REBOOT_RESTART);
	}
	_exit(0);
}

int kb_guard_start(struct kb_guard *g, const struct kb_sys *sys)
{
	KB_CLOSE int read_end = -1;
	KB_CLOSE int write_end = -1;
	int ends[2];
	pid_t pid;
	int r;

	if (pipe2(ends, O_CLOEXEC) < 0) {
		return -errno;
	}
	read_end = ends[0];
	write_end = ends[1];
	r = sys->fork(sys->ctx, &pid);
	if (r < 0) {
		return r;
	}
	if (pid == 0) {
		(void)close(write_end);
		(void)setsid();
		watch(sys, read_end);
	}
	*g = (struct kb_guard){.pid = pid, .fd = kb_steal_fd(&write_end)};
	return 0;
}

void kb_guard_stop(struct kb_guard *g)
{
	if (g->pid <= 0) {
		return;
	}
	if (write(g->fd, "", 1) == 1) {
		(void)waitpid(g->pid, NULL, 0);
	}
	(void)kb_close(g->fd);
	*g = (struct kb_guard){0};
}

/* kill(2) of all would take the guard too. How many processes above last were found; *ret_highest:
 * the highest of all. */
static unsigned kill_once(const struct kb_sys *sys, DIR *proc, pid_t spare, pid_t last,
			  pid_t *ret_highest)
{
	unsigned n = 0;

	rewinddir(proc);
	for (struct dirent *d = readdir(proc); d; d = readdir(proc)) {
		uint64_t number;
		pid_t pid;

		if (kb_str_to_u64(kb_str_from(d->d_name), &number) < 0) {
			continue;
		}
		pid = (pid_t)number;
		*ret_highest = pid > *ret_highest ? pid : *ret_highest;
		if (pid > INIT_PID && pid != spare && pid != getpid()) {
			(void)sys->kill(sys->ctx, pid, SIGKILL);
			n += pid > last;
		}
	}
	return n;
}

void kb_kill_others(const struct kb_sys *sys, pid_t spare)
{
	DIR *proc = opendir("/proc");
	pid_t last = 0;

	if (!proc) {
		(void)sys->kill(sys->ctx, -1, SIGKILL);
		return;
	}
	/* Who forked while we looked is found by the next look. */
	for (int pass = 0; pass < KILL_PASSES; pass++) {
		pid_t highest = last;

		if (kill_once(sys, proc, spare, last, &highest) == 0) {
			break;
		}
		last = highest;
	}
	(void)closedir(proc);
}
