/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The prompt: reads lines, completes them, runs what is meant by them.
 * For app.
 * Must not resolve names, mount or decide who may do what: the engine does, and is asked each time.
 */
#ifndef KBOOT_SHELL_SHELL_H
#define KBOOT_SHELL_SHELL_H

#include <stdbool.h>

#include "kboot/base/error.h"
#include "kboot/base/str.h"

/* What is done with the one line of `command`. */
enum kb_shell_verb {
	KB_SHELL_RUNS,
	KB_SHELL_BOOTS,    /* it is never taken for a command */
	KB_SHELL_PLANS,    /* and only looked at */
	KB_SHELL_EXPLAINS, /* an empty line asks about the default */
};

struct kb_shell_options {
	/* A connected socket (the shell's to close), or -errno: there is no engine now. */
	int (*connect)(void *ctx, struct kb_error *err);
	/* What `menu` runs; its answer is an exit status. NULL: the prompt stands in for a menu, or
	 * was opened from one, and is left instead. */
	int (*run_menu)(void *ctx);
	void *ctx;
	const char *tty;     /* "ttyS0", for the engine's log; NULL: unknown */
	const char *command; /* this one line, then the end; NULL: lines from standard input */
	enum kb_shell_verb verb;
	const char *first; /* runs before the first line that is typed: an entry's id; NULL: none */
	/* All that is typed for the person, and then the end: a command that asks questions, which
	 * they answer. NULL: none. */
	const char *only;
	/* The fingerprint of a public SSH key in base64, for a report. NULL: there is none.
	 * -EINVAL.
	 */
	int (*fingerprint)(struct kb_str type, struct kb_str key, char *ret_text, size_t size);
	const char
		*history; /* a file that other prompts share; NULL: this prompt alone remembers */
};

enum kb_shell_end {
	KB_SHELL_LEFT,    /* the person left, the command is done, or there are no more lines */
	KB_SHELL_LEAVING, /* the engine said goodbye: another kernel is about to start */
};

/*
 * Until the person leaves. *ret_status is the exit status of the last line: a command's own, else 0
 * or 1. The terminal is given back as it was. -ENOMEM, …
 */
KB_MUST_CHECK int kb_shell_run(const struct kb_shell_options *options, enum kb_shell_end *ret_end,
			       int *ret_status, struct kb_error *err);

#endif
