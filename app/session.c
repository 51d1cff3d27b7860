/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "kboot/base/sys.h"
#include "kboot/core/core.h"
#include "kboot/ssh/account.h"

/* The private engine's process; never returns. */
static void serve(const struct kb_options *options, const struct kb_simulation *simulation, int fd)
{
	const struct kb_core_options engine_options = {
		.sys = &kb_sys_linux,
		.simulation = simulation,
		.config = options->config,
		.leave_when_alone = true,
	};
	struct kb_core *core = NULL;
	struct kb_error err = {0};
	int r = kb_core_create(&engine_options, &core, &err);

	if (r == 0) {
		r = kb_core_add_client(core, fd);
	}
	if (r == 0) {
		r = kb_core_run(core);
	} else {
		(void)kb_fail(&err);
	}
	kb_core_destroy(core);
	_exit(r < 0 ? KB_EXIT_FAILED : KB_EXIT_OK);
}

static int open_private(struct kb_session *s, const struct kb_options *options,
			const struct kb_simulation *simulation, struct kb_error *err)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0) {
		return kb_error_set(err, -errno, "no socket: %s", strerror(errno));
	}
	(void)fflush(stdout);
	s->engine = fork();
	if (s->engine < 0) {
		(void)kb_close(fds[0]);
		(void)kb_close(fds[1]);
		return kb_error_set(err, -errno, "no engine: %s", strerror(errno));
	}
	if (s->engine == 0) {
		sigset_t none;

		(void)kb_close(fds[0]);
		/* Ctrl-C at the menu's terminal is the menu's; what a prompt blocks is its own. */
		(void)setpgid(0, 0);
		(void)sigemptyset(&none);
		(void)sigprocmask(SIG_SETMASK, &none, NULL);
		serve(options, simulation, fds[1]);
	}
	(void)kb_close(fds[1]);
	s->fd = fds[0];
	return 0;
}

static int check_folder(const char *option, const char *path, struct kb_error *err)
{
	KB_CLOSE int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? kb_error_set(err, -errno, "--%s: %s cannot be opened: %s", option, path,
				     strerror(errno))
		      : 0;
}

int kb_session_check(const struct kb_options *options, struct kb_error *err)
{
	const struct kb_simulation *sim = &options->simulation;
	int r = sim->root_dir ? check_folder("root", sim->root_dir, err) : 0;

	for (size_t i = 0; r == 0 && i < sim->n_devices; i++) {
		r = check_folder("device", sim->devices[i].tree, err);
	}
	if (r == 0 && options->config && access(options->config, R_OK) < 0) {
		r = kb_error_set(err, -errno, "--config: %s cannot be read: %s", options->config,
				 strerror(errno));
	}
	return r;
}

int kb_session_open(struct kb_session *s, const struct kb_options *options, bool look_here,
		    struct kb_error *err)
{
	static const struct kb_simulation this_system = {.root_dir = "/"};
	const char *run_dir = options->run_dir ? options->run_dir : KB_ENGINE_RUN_DIR;
	char path[PATH_MAX];
	int r;

	*s = (struct kb_session){.fd = -1};
	if (options->simulated) {
		r = kb_session_check(options, err);
		return r < 0 ? r : open_private(s, options, &options->simulation, err);
	}
	r = snprintf(path, sizeof(path), "%s/engine.sock", run_dir) < (int)sizeof(path)
		    ? kb_connection_dial(path, &s->fd)
		    : -ENAMETOOLONG;
	/* A session of SSH is what the engine says it is, or nothing. */
	if (r == -ENOENT && look_here && !options->run_dir &&
	    kb_ssh_session_here() == KB_SSH_NO_SESSION) {
		return open_private(s, options, &this_system, err);
	}
	if (r < 0) {
		return kb_error_set(err, r, "no boot engine answers at %s/engine.sock: %s", run_dir,
				    strerror(-r));
	}
	return 0;
}

void kb_session_close(struct kb_session *s)
{
	s->fd = kb_close(s->fd);
	if (s->engine > 0) {
		(void)kill(s->engine, SIGTERM);
		(void)waitpid(s->engine, NULL, 0);
		s->engine = 0;
	}
}

int kb_session_ask(const struct kb_options *options, bool look_here, int64_t timeout_ms,
		   const struct kb_intent *intent, struct kb_connection *c, struct kb_error *err)
{
	struct kb_session session;
	int r = kb_session_open(&session, options, look_here, err);

	if (r < 0) {
		return r;
	}
	kb_connection_open(c, kb_steal_fd(&session.fd));
	r = kb_connection_request(c, intent, timeout_ms, err);
	kb_connection_close(c);
	kb_session_close(&session);
	return r;
}
