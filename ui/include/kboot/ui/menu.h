/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The menu on one terminal: shows what the engine says, sends what the person wants.
 * For app.
 * Must not decide, load, mount or enforce anything: it sees proto and base, never core.
 */
#ifndef KBOOT_UI_MENU_H
#define KBOOT_UI_MENU_H

#include <stdbool.h>

#include "kboot/base/error.h"

struct kb_ui_options {
	int socket_fd;   /* connected to the engine; the menu closes it */
	const char *tty; /* "ttyS0", for the log; NULL: unknown */
	bool ascii;      /* no line drawing beyond ASCII, whatever the terminal says */
	bool monochrome;
	const char *theme; /* a file; one that cannot be used costs a sentence. NULL: built in */
	/* Runs the prompt in the foreground of this terminal (curses is suspended), first with an
	 * entry that is a command of it (its id; NULL: none), or for a command alone that asks
	 * questions (only; NULL: none). Returns its exit status. */
	int (*run_shell)(void *ctx, const char *first, const char *only);
	void *shell_ctx;
};

enum kb_ui_end {
	KB_UI_QUIT,        /* the person left (only where leaving makes sense: a simulation, an SSH
			      session) */
	KB_UI_ENGINE_GONE, /* the connection ended without a word: the engine died */
	KB_UI_LEAVING,     /* the engine said goodbye: another kernel is about to start */
};

/* Takes the terminal on stdin/stdout, gives it back as it was. -ENOTTY, -ENODEV (terminal unknown
 * to curses), … */
KB_MUST_CHECK int kb_ui_run(const struct kb_ui_options *options, enum kb_ui_end *ret_end,
			    struct kb_error *err);

#endif
