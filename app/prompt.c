/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "prompt.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "console.h"
#include "emergency.h"
#include "kboot/core/core.h"
#include "kboot/fetch/ssh_key.h"
#include "session.h"

struct prompt {
	const struct kb_options *options;
	bool needs_engine;
	struct kb_session
		session; /* of a private engine, which must outlive the connection to it */
};

/* The shell closes what it gets; a private engine has one client only, so it is made anew. */
static int connect_prompt(void *ctx, struct kb_error *err)
{
	struct prompt *p = ctx;
	int r;

	kb_session_close(&p->session);
	r = kb_session_open(&p->session, p->options, !p->needs_engine, err);
	return r < 0 ? r : kb_steal_fd(&p->session.fd);
}

static int run_menu(void *ctx)
{
	const struct prompt *p = ctx;

	return kb_cmd_menu.run(p->options, NULL, 0);
}

/* Prompts of one machine share what was typed; elsewhere only where somebody says so. */
static const char *history_file(const struct kb_options *options, char *path, size_t size)
{
	const char *named = getenv("KBOOT_HISTORY");
	const char *run_dir = options->run_dir ? options->run_dir : KB_ENGINE_RUN_DIR;

	if (named) {
		return named[0] ? named : NULL;
	}
	if (options->simulated || access(run_dir, W_OK) < 0) {
		return NULL;
	}
	return snprintf(path, size, "%s/history", run_dir) < (int)size ? path : NULL;
}

static int fingerprint(struct kb_str type, struct kb_str key, char *ret_text, size_t size)
{
	return size < KB_SSH_FINGERPRINT ? -EINVAL : kb_ssh_fingerprint(type, key, ret_text);
}

int kb_prompt_run(const struct kb_options *options, const struct kb_prompt_wish *wish,
		  bool *ret_leaving)
{
	struct prompt p = {.options = options,
			   .needs_engine = wish->needs_engine,
			   .session = {.fd = -1}};
	char history[KB_ERROR_FILE];
	struct kb_shell_options shell = {
		.connect = connect_prompt,
		.run_menu = wish->from_menu ? NULL : run_menu,
		.ctx = &p,
		.tty = kb_console_name(),
		.command = wish->command,
		.verb = wish->verb,
		.first = wish->first,
		.only = wish->only,
		.fingerprint = fingerprint,
		.history = history_file(options, history, sizeof(history)),
	};
	enum kb_shell_end end = KB_SHELL_LEFT;
	struct kb_error err = {0};
	int status = KB_EXIT_FAILED;

	if (kb_shell_run(&shell, &end, &status, &err) < 0) {
		status = kb_fail(&err);
	}
	kb_session_close(&p.session);
	*ret_leaving = end == KB_SHELL_LEAVING;
	return status;
}

/* With no engine to talk to, what is there of the system itself is better than nothing. */
static int be_prompt(const struct kb_options *options, const char *first, const char *only)
{
	const struct kb_prompt_wish wish = {.from_menu = true, .first = first, .only = only};
	struct kb_session session;
	struct kb_error err = {0};
	bool leaving;

	if (!options->simulated) {
		if (kb_session_open(&session, options, false, &err) < 0) {
			return kb_emergency_shell(options);
		}
		kb_session_close(&session);
	}
	return kb_prompt_run(options, &wish, &leaving);
}

/* The terminal's foreground is the prompt's while it runs, and ours again afterwards. */
int kb_prompt_open(const struct kb_options *options, const char *first, const char *only)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	struct sigaction before;
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGHUP);
		(void)setpgid(0, 0);
		(void)sigaction(SIGTTOU, &ignore, NULL);
		(void)tcsetpgrp(STDIN_FILENO, getpid());
		(void)signal(SIGTTOU, SIG_DFL);
		_exit(be_prompt(options, first, only));
	}
	if (pid < 0) {
		return -errno;
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
	}
	(void)sigaction(SIGTTOU, &ignore, &before);
	(void)tcsetpgrp(STDIN_FILENO, getpgrp());
	(void)sigaction(SIGTTOU, &before, NULL);
	return WIFEXITED(status) ? WEXITSTATUS(status) : KB_EXIT_FAILED;
}

/* As the prompt reads a word: in single quotes, where anything in it could mean more. */
static void put_word(struct kb_buf *line, const char *word)
{
	bool plain = word[0] && !strpbrk(word, " \t\n\r\v\f\"'\\*?[");

	kb_buf_puts(line, line->len > 0 ? " " : "");
	kb_buf_puts(line, plain ? "" : "'");
	for (const char *c = word; *c; c++) {
		if (*c == '\'') {
			kb_buf_puts(line, "'\\'");
		}
		kb_buf_putc(line, *c);
	}
	kb_buf_puts(line, plain ? "" : "'");
}

/* Where in wish the line belongs. */
static int run_line(const struct kb_options *options, struct kb_prompt_wish *wish,
		    const struct kb_buf *line, const char **in_wish)
{
	struct kb_error err = {0};
	bool leaving;

	if (kb_buf_error(line) < 0) {
		(void)kb_error_no_memory(&err);
		return kb_fail(&err);
	}
	*in_wish = line->data ? line->data : "";
	return kb_prompt_run(options, wish, &leaving);
}

int kb_prompt_only(const struct kb_options *options, const char *command, char **words, int n_words)
{
	KB_BUF struct kb_buf line = {0};
	struct kb_prompt_wish wish = {.needs_engine = false};

	kb_buf_puts(&line, command);
	for (int i = 0; i < n_words; i++) {
		put_word(&line, words[i]);
	}
	return run_line(options, &wish, &line, &wish.only);
}

int kb_prompt_words(const struct kb_options *options, enum kb_shell_verb verb, bool needs_engine,
		    char **words, int n_words)
{
	KB_BUF struct kb_buf line = {0};
	struct kb_prompt_wish wish = {.verb = verb, .needs_engine = needs_engine};

	if (n_words == 1) {
		kb_buf_puts(&line, words[0]);
	}
	for (int i = 0; n_words > 1 && i < n_words; i++) {
		put_word(&line, words[i]);
	}
	return run_line(options, &wish, &line, &wish.command);
}
