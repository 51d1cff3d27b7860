/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "console.h"
#include "emergency.h"
#include "kboot/base/escape.h"
#include "kboot/ui/menu.h"
#include "prompt.h"
#include "session.h"

enum {
	/* At power-on the engine is there in a moment, and the first frame waits for nothing else.
	 */
	RETRY_SOON_MS = 5,
	SOON_TRIES = 40,
	RETRY_MS = 100,
	SAY_SO_AFTER = SOON_TRIES + 28, /* tries without an engine before the person is told */
	LEAVE_FOR_MS = 5000, /* so long we keep quiet after goodbye: the next kernel comes before,
				or a new engine */
};

static void rest_ms(long ms)
{
	const struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};

	(void)nanosleep(&t, NULL);
}

static int open_prompt(void *ctx, const char *first, const char *only)
{
	return kb_prompt_open(ctx, first, only);
}

/* In themes/ beside this program, where a build puts them. False: there is none. */
static bool find_beside(const char *theme, char *buf, size_t size)
{
	char exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	char *slash;

	exe[n > 0 ? n : 0] = '\0';
	slash = strrchr(exe, '/');
	if (!slash) {
		return false;
	}
	*slash = '\0';
	return snprintf(buf, size, "%s/themes/%s.theme", exe, theme) < (int)size &&
	       access(buf, R_OK) == 0;
}

/*
 * A name is one of the installed themes; what has a slash or ends as a theme's file does is a file.
 * The environment can be set from a kernel's command line. NULL: none is asked for.
 */
static const char *theme_file(const struct kb_options *options, char *buf, size_t size)
{
	const char *theme = options->theme ? options->theme : getenv("KBOOT_THEME");

	if (!theme || !theme[0]) {
		return NULL;
	}
	if (strchr(theme, '/') || kb_str_ends(kb_str_from(theme), KB_STR(".theme"))) {
		return theme;
	}
	if (!find_beside(theme, buf, size)) {
		(void)snprintf(buf, size, "%s/%s.theme", KBOOT_THEMES_DIR, theme);
	}
	return buf;
}

/* True when Ctrl-C came first. */
static bool interrupted_within_ms(const sigset_t *interrupt, long ms)
{
	const struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};

	return sigtimedwait(interrupt, NULL, &t) == SIGINT;
}

static int try_until_there(struct kb_session *session, const struct kb_options *options,
			   const sigset_t *interrupt, struct kb_error *err)
{
	for (unsigned tries = 0;; tries++) {
		int r = kb_session_open(session, options, false, err);

		if (r == 0 || options->simulated || (r != -ENOENT && r != -ECONNREFUSED)) {
			return r;
		}
		if (tries == SAY_SO_AFTER && !options->machine && !options->run_dir) {
			return kb_error_set(
				err, r,
				"%s: kboot's engine runs where kboot started the machine; "
				"elsewhere `kboot menu --root /` shows what it would do "
				"with this system (see kboot --help)",
				err->text);
		}
		if (tries == SAY_SO_AFTER) {
			kb_print_escaped(stderr, "kboot: waiting for the boot engine (%s)%s",
					 err->text, options->machine ? "; Ctrl-C for a shell" : "");
		}
		if (interrupted_within_ms(interrupt,
					  tries < SOON_TRIES ? RETRY_SOON_MS : RETRY_MS)) {
			(void)kb_emergency_shell(options);
		}
	}
}

/*
 * The engine may be starting, or starting again, or never come up: on a machine's console Ctrl-C
 * is then the way to a plain shell. Elsewhere it ends the menu, as it does any program.
 */
static int wait_for_engine(struct kb_session *session, const struct kb_options *options,
			   struct kb_error *err)
{
	sigset_t interrupt;
	int r;

	(void)sigemptyset(&interrupt);
	if (options->machine) {
		(void)sigaddset(&interrupt, SIGINT);
	}
	(void)sigprocmask(SIG_BLOCK, &interrupt, NULL);
	r = try_until_there(session, options, &interrupt, err);
	(void)sigprocmask(SIG_UNBLOCK, &interrupt, NULL);
	return r;
}

/* The menu needs a terminal on which a cursor can be placed; the prompt does not. */
static int run_prompt_instead(const struct kb_options *options, const struct kb_error *err)
{
	const struct kb_prompt_wish wish = {.from_menu = true};
	bool leaving = false;
	int status;

	(void)kb_fail(err);
	status = kb_prompt_run(options, &wish, &leaving);
	if (leaving) {
		rest_ms(LEAVE_FOR_MS);
	}
	return status;
}

static int run(const struct kb_options *options, char **args, int n_args)
{
	char theme[PATH_MAX];
	struct kb_error err = {0};

	(void)args;
	(void)n_args;
	kb_console_choose_terminal();
	for (;;) {
		struct kb_session session;
		struct kb_ui_options ui = {.tty = kb_console_name(),
					   .ascii = options->ascii,
					   .monochrome = options->monochrome,
					   .theme = theme_file(options, theme, sizeof(theme)),
					   .run_shell = open_prompt,
					   .shell_ctx = (void *)options};
		enum kb_ui_end end = KB_UI_QUIT;
		int r = wait_for_engine(&session, options, &err);

		if (r < 0) {
			return kb_fail(&err);
		}
		ui.socket_fd = kb_steal_fd(&session.fd);
		r = kb_ui_run(&ui, &end, &err);
		kb_session_close(&session);
		if (r == -ENODEV) {
			return run_prompt_instead(options, &err);
		}
		if (r < 0) {
			return kb_fail(&err);
		}
		if (end == KB_UI_LEAVING) {
			rest_ms(LEAVE_FOR_MS);
		}
		if (end == KB_UI_QUIT || options->simulated) {
			return end == KB_UI_ENGINE_GONE ? KB_EXIT_FAILED : KB_EXIT_OK;
		}
		rest_ms(RETRY_MS);
	}
}

const struct kb_command kb_cmd_menu = {
	.name = "menu",
	.arguments = "[--theme NAME|FILE]",
	.summary = "the menu (what kboot alone does on a terminal)",
	.run = run,
};
