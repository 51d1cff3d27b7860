/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "child_start.h"

#include <errno.h>
#include <sys/prctl.h>

#include "process.h"

/* The worker's whole life after fork. */
static _Noreturn void run_worker(const struct kb_child_spec *spec, pid_t parent, int out_fd,
				 int err_fd)
{
	int r = kb_process_supervise(parent, false);

	if (r == 0) {
		r = kb_process_stdio(-1, out_fd, err_fd);
	}
	if (r == 0) {
		kb_process_close_others(spec->keep_fds, spec->n_keep_fds, out_fd);
		kb_process_reset_signals();
		(void)prctl(PR_SET_NAME, spec->name ? spec->name : "worker");
		r = spec->run(spec->data, out_fd);
	}
	/* Not exit(): the parent's atexit handlers and unwritten stdio buffers are not ours. */
	_exit(r == 0 ? 0 : 1);
}

int kb_child_launch(const struct kb_sys *sys, const struct kb_child_spec *spec, int out_fd,
		    int err_fd, pid_t *ret_pid)
{
	pid_t parent = getpid();
	pid_t pid = -1;
	int r;

	if (!spec->run == !spec->spawn) {
		return -EINVAL; /* one of the two */
	}
	if (spec->spawn) {
		struct kb_spawn spawn = *spec->spawn;

		spawn.stdout_fd = out_fd;
		spawn.stderr_fd = err_fd;
		spawn.supervised = true;
		return sys->spawn(sys->ctx, &spawn, ret_pid);
	}
	r = sys->fork(sys->ctx, &pid);
	if (r < 0) {
		return r;
	}
	if (pid == 0) {
		run_worker(spec, parent, out_fd, err_fd);
	}
	/* Also here, so that a kill that comes at once finds the group. */
	(void)setpgid(pid, pid);
	*ret_pid = pid;
	return 0;
}
