/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines from a person: edited, with history and completion, or plain where there is no terminal.
 * For the prompt.
 * Must not interpret a line; the engine is listened to while nothing is typed.
 */
#ifndef KBOOT_SHELL_READER_H
#define KBOOT_SHELL_READER_H

#include "candidates.h"
#include "engine.h"

struct kb_reader {
	/* The owner sets these before it is opened. */
	struct kb_shell_engine *engine;
	struct kb_events *events;
	const char *history; /* NULL: none is shared */
	void *owner;
	/* The line up to the cursor. An empty answer is fine. */
	void (*complete)(void *owner, struct kb_str line, struct kb_candidates *candidates);
	void (*show)(void *owner, const char *text); /* below the line */
	/* After the engine said something; the line is drawn again when it answers true. */
	bool (*heard)(void *owner);
	bool terminal; /* standard input and output are one */

	struct kb_editor *editor; /* NULL: plain lines */
	struct kb_buf line;
	bool active; /* a key was typed: the engine knows that somebody is there */
};

KB_MUST_CHECK int kb_reader_open(struct kb_reader *r);
void kb_reader_close(struct kb_reader *r);
/* Where a program may have left a line unfinished, the next prompt begins one. */
void kb_reader_fresh_line(struct kb_reader *r);
/* One line without its end, borrowed until the next. 1, 0 at the end of the input, -EINTR (Ctrl-C),
 * -ESHUTDOWN (the engine leaves), -E2BIG, -ENOMEM. */
KB_MUST_CHECK int kb_reader_line(struct kb_reader *r, const char *prompt, struct kb_str *ret_line);

#endif
