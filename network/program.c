/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "program.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kboot/base/str.h"

static const char *search_path(void)
{
	const char *path = getenv("PATH");

	return path && path[0] ? path : KB_PROGRAM_PATH;
}

static int find(const char *name, char *buf, size_t size)
{
	struct kb_str rest = kb_str_from(search_path());
	struct kb_str folder;

	while (kb_str_next_until(&rest, ':', &folder)) {
		int n = snprintf(buf, size, "%.*s/%s", KB_STR_ARG(folder), name);

		if (folder.len > 0 && folder.data[0] == '/' && n > 0 && (size_t)n < size &&
		    access(buf, X_OK) == 0) {
			return 0;
		}
	}
	return -ENOENT;
}

int kb_program_start(const struct kb_sys *sys, const char *const *argv,
		     const char *const *environment, pid_t *ret_pid)
{
	char path[PATH_MAX];
	char path_variable[PATH_MAX];
	const char *args[KB_PROGRAM_ARGS + 1] = {path};
	const char *env[KB_PROGRAM_ARGS + 1] = {path_variable};
	const struct kb_spawn spawn = {
		.argv = args, .envp = env, .stdin_fd = -1, .stdout_fd = -1, .stderr_fd = -1};

	for (size_t i = 1; argv[i]; i++) {
		if (i == KB_PROGRAM_ARGS) {
			return -E2BIG;
		}
		args[i] = argv[i];
	}
	for (size_t i = 0; environment && environment[i]; i++) {
		if (i + 1 == KB_PROGRAM_ARGS) {
			return -E2BIG;
		}
		env[i + 1] = environment[i];
	}
	if ((size_t)snprintf(path_variable, sizeof(path_variable), "PATH=%s", search_path()) >=
		    sizeof(path_variable) ||
	    find(argv[0], path, sizeof(path)) < 0) {
		return -ENOENT;
	}
	return sys->spawn(sys->ctx, &spawn, ret_pid);
}

int kb_program_wait(const struct kb_sys *sys, pid_t pid, int most_ms, int *ret_status)
{
	KB_CLOSE int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd end = {.fd = fd, .events = POLLIN};
	int64_t until_ms = sys->now_ms(sys->ctx) + most_ms;
	int status = 0;
	pid_t ended;

	if (fd < 0) {
		return -errno;
	}
	while (poll(&end, 1, kb_left_ms(sys, until_ms, most_ms)) < 0 && errno == EINTR) {
	}
	ended = waitpid(pid, &status, WNOHANG);
	if (ended == pid) {
		*ret_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	}
	return ended < 0 ? -errno : ended == pid;
}

int kb_program_run(const struct kb_sys *sys, const char *const *argv)
{
	int status = -1;
	pid_t pid;
	int r = kb_program_start(sys, argv, NULL, &pid);

	if (r < 0) {
		return r;
	}
	r = kb_program_wait(sys, pid, KB_PROGRAM_MS, &status);
	if (r == 0) {
		(void)sys->kill(sys->ctx, pid, SIGKILL);
		(void)waitpid(pid, NULL, 0);
		return -ETIMEDOUT;
	}
	return r < 0 ? r : status == 0 ? 0 : -EIO;
}
