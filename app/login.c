/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "login.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "console.h"
#include "kboot/base/escape.h"
#include "kboot/base/tree.h"
#include "kboot/core/core.h"
#include "kboot/proto/connection.h"
#include "kboot/ssh/account.h"
#include "kboot/ssh/authorized.h"
#include "login_line.h"

enum {
	ENGINE_TRIES = 100, /* to reach an engine that is just starting again */
	TRY_MS = 100,
	GOODBYE_MS = 1000, /* for a menu to give its terminal back */
	TABLE_BYTES = 1 << 20,
};

struct login {
	struct kb_arena arena;
	struct kb_ssh_key key;
	const char *who;
	char from[64];
	struct kb_login_line line;
	struct kb_connection connection;
	bool ended; /* the engine said goodbye */
	char goodbye[KB_ERROR_TEXT];
};

bool kb_login_is_meant(int argc, char **argv, const char **ret_text)
{
	*ret_text = argc == 3 && strcmp(argv[1], "-c") == 0 ? argv[2] : NULL;
	return getenv("SSH_CONNECTION") &&
	       (*ret_text || (argc == 1 && argv[0] && argv[0][0] == '-'));
}

static int fail(const char *text)
{
	kb_print_escaped(stderr, "kboot: %s", text);
	return KB_EXIT_FAILED;
}

/* --- who it is */

/* The key's number is dropbear's word, taken from the file that we wrote. Without one it was the
 * password. */
static int find_key(struct login *l)
{
	const char *number = getenv("SSH_PUBKEYINFO");
	KB_CLOSE int fd = open(KB_SSH_TABLE, O_RDONLY | O_CLOEXEC);
	KB_BUF struct kb_buf table = {0};
	int r;

	if (!number) {
		l->who = "who knows the password";
		return kb_ssh_is_password_set() ? 0 : -ENOKEY;
	}
	r = fd < 0 ? -errno : kb_read_all(fd, TABLE_BYTES, &table);
	r = r < 0 ? r : kb_ssh_key_find(&l->arena, kb_buf_view(&table), number, &l->key);
	l->who = r == 0 && l->key.name[0] ? l->key.name : number;
	return r;
}

static void take_address(struct login *l)
{
	struct kb_str rest = kb_str_from(getenv("SSH_CONNECTION"));
	struct kb_str address = {0};

	(void)kb_str_next_word(&rest, &address);
	(void)snprintf(l->from, sizeof(l->from), "%.*s",
		       KB_STR_ARG(kb_str_head(address, sizeof(l->from) - 1)));
}

/* Nothing of what the client sent but the name of its terminal, where that is one. */
static int make_environment(void)
{
	const char *term = kb_login_terminal(getenv("TERM"));
	int r = clearenv();

	r = r ? r : setenv("PATH", "/sbin:/bin:/usr/sbin:/usr/bin", 1);
	r = r ? r : setenv("HOME", "/root", 1);
	r = r ? r : setenv("USER", KB_SSH_USER, 1);
	r = r ? r : setenv("LOGNAME", KB_SSH_USER, 1);
	r = r ? r : setenv("SHELL", "/sbin/kboot", 1);
	r = r ? r : setenv("TERM", term, 1);
	return r;
}

/* The engine knows a session's processes by this, whatever they say. */
static int join_group(bool restricted)
{
	const gid_t group = restricted ? KB_SSH_GROUP_RESTRICTED : KB_SSH_GROUP;

	return setgroups(1, &group) < 0 ? -errno : 0;
}

/* --- the engine */

static void on_message(void *ctx, const struct kb_message *m, struct kb_arena *arena)
{
	struct login *l = ctx;

	(void)arena;
	if (m->type == KB_MSG_BYE) {
		l->ended = true;
		(void)snprintf(l->goodbye, sizeof(l->goodbye), "%s", m->text ? m->text : "");
	}
}

static int say_hello(struct login *l, struct kb_error *err)
{
	const struct kb_intent hello = {.type = KB_DO_SESSION,
					.user = l->who,
					.from = l->from,
					.want = kb_login_kind(&l->line)};
	int fd = -1;
	int r = kb_connection_dial(KB_ENGINE_SOCKET, &fd);

	if (r < 0) {
		return kb_error_set(err, r, "no boot engine answers: %s", strerror(-r));
	}
	kb_connection_open(&l->connection, fd);
	return kb_connection_request(&l->connection, &hello, -1, err);
}

/* To an engine that is just starting, again or for the first time; one that dies takes the
 * connection along. */
static int connect_engine(struct login *l, struct kb_error *err)
{
	const struct timespec rest = {.tv_nsec = TRY_MS * 1000000L};
	int r = -ENOENT;

	for (int tries = 0; tries < ENGINE_TRIES; tries++) {
		kb_error_clear(err);
		r = say_hello(l, err);
		if (r == 0 || r == -EPERM) {
			return r;
		}
		kb_connection_close(&l->connection);
		(void)nanosleep(&rest, NULL);
	}
	return r;
}

/* What does not ask the engine itself: it may only where a program may be run. */
static int ask_permission(struct login *l, struct kb_error *err)
{
	return kb_connection_request(&l->connection, &(struct kb_intent){.type = KB_DO_FILES}, -1,
				     err);
}

/* --- the command */

/* Patterns among its words are names, as a shell would have them. */
static int become_scp(const struct kb_login_line *line)
{
	glob_t names = {0};
	int r = 0;

	for (int i = 1; i < line->argc && r == 0; i++) {
		r = glob(line->argv[i], GLOB_NOCHECK | (i > 1 ? GLOB_APPEND : 0), NULL, &names);
	}
	if (r == 0 && names.gl_pathv) {
		(void)execv(KB_SSH_SCP, names.gl_pathv);
	}
	globfree(&names);
	return fail("scp cannot be started");
}

static int carry_files(const struct kb_login_line *line)
{
	if (line->argc > 1) {
		return become_scp(line);
	}
	(void)execl(KB_SSH_FILES, "sftp-server", "-d", "/tmp", (char *)NULL);
	return fail("there is no sftp-server in this image");
}

static void be_command(struct login *l, kb_login_run_fn *run)
{
	struct kb_login_line *line = &l->line;
	int status;

	(void)prctl(PR_SET_PDEATHSIG, SIGHUP);
	(void)signal(SIGINT, SIG_DFL);
	(void)signal(SIGQUIT, SIG_DFL);
	(void)signal(SIGTSTP, SIG_DFL);
	l->connection.fd = kb_close(l->connection.fd);
	if (line->kind == KB_LOGIN_FILES) {
		_exit(carry_files(line));
	}
	status = run(line->argc, line->argv);
	(void)fflush(NULL);
	_exit(status);
}

/* It reconnects to an engine that crashed: who is logged in is not lost. */
static void look_at_engine(struct login *l)
{
	struct kb_error err = {0};
	int r = kb_connection_receive(&l->connection);

	if (r == -EPIPE && !l->ended) {
		kb_connection_close(&l->connection);
		if (connect_engine(l, &err) < 0) {
			l->ended = true;
			(void)snprintf(l->goodbye, sizeof(l->goodbye), "%s", err.text);
		}
	}
}

static int status_of(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int end(struct login *l, pid_t pid, int pidfd)
{
	struct pollfd gone = {.fd = pidfd, .events = POLLIN};
	int status = 0;

	(void)poll(&gone, 1, GOODBYE_MS);
	(void)kill(pid, SIGHUP);
	(void)poll(&gone, 1, GOODBYE_MS);
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, &status, 0);
	(void)fputs(isatty(STDERR_FILENO) ? "\r\n" : "", stderr);
	(void)fail(l->goodbye);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? KB_EXIT_OK : KB_EXIT_FAILED;
}

static int watch(struct login *l, pid_t pid)
{
	KB_CLOSE int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	int status = 0;

	while (pidfd >= 0 && !l->ended) {
		struct pollfd fds[] = {{.fd = pidfd, .events = POLLIN},
				       {.fd = l->connection.fd, .events = POLLIN}};

		if (poll(fds, KB_ARRAY_LEN(fds), -1) < 0 && errno != EINTR) {
			break;
		}
		if (fds[0].revents) {
			break;
		}
		if (fds[1].revents) {
			look_at_engine(l);
		}
	}
	if (l->ended) {
		return end(l, pid, pidfd);
	}
	(void)waitpid(pid, &status, 0);
	return status_of(status);
}

static int run_in_child(struct login *l, kb_login_run_fn *run)
{
	pid_t pid;

	/* Keys for who runs are not for us; what ends the terminal ends us. */
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGQUIT, SIG_IGN);
	(void)signal(SIGTSTP, SIG_IGN);
	pid = fork();
	if (pid == 0) {
		be_command(l, run);
	}
	return pid < 0 ? fail(strerror(errno)) : watch(l, pid);
}

static int serve(struct login *l, const char *text, kb_login_run_fn *run)
{
	struct kb_error err = {0};
	bool on_terminal = isatty(STDIN_FILENO);
	int r = find_key(l);

	if (r < 0) {
		return fail("the key that was used is not known any more");
	}
	take_address(l);
	r = make_environment() ? -ENOMEM : join_group(l->key.restricted);
	if (r < 0) {
		return fail(strerror(-r));
	}
	r = kb_login_line_read(&l->arena, l->key.command ? l->key.command : text, on_terminal,
			       &l->line);
	if (r < 0) {
		return fail(strerror(-r));
	}
	r = connect_engine(l, &err);
	if (r == 0 && (!l->line.asks_itself || l->line.kind == KB_LOGIN_FILES)) {
		r = ask_permission(l, &err);
	}
	return r < 0 ? fail(err.text) : run_in_child(l, run);
}

int kb_login(const char *text, kb_login_run_fn *run)
{
	struct login *l = calloc(1, sizeof(*l));
	int status;

	if (!l) {
		return fail("out of memory");
	}
	l->connection = (struct kb_connection){.ctx = l, .message = on_message, .fd = -1};
	status = serve(l, text, run);
	kb_connection_done(&l->connection);
	kb_arena_done(&l->arena);
	free(l);
	return status;
}
