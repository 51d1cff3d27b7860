/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The terminal on stdin and stdout: the one file that speaks to ncurses.
 * For menu.c.
 * Must not know what is drawn or typed: a grid goes out, bytes come in.
 */
#ifndef KBOOT_UI_TERMINAL_H
#define KBOOT_UI_TERMINAL_H

#include "grid.h"
#include "kboot/base/error.h"

struct kb_terminal;

struct kb_terminal_options {
	const char *tty; /* "ttyS0"; NULL: unknown */
	bool ascii;
	bool monochrome;
	const struct kb_theme *theme; /* borrowed as long as the terminal lives */
};

/* -ENOTTY, -ENODEV (a terminal that cannot place its cursor), -ENOMEM, with a sentence. */
KB_MUST_CHECK int kb_terminal_open(const struct kb_terminal_options *options,
				   struct kb_terminal **ret_terminal, struct kb_error *err);
/* Gives the terminal back, without what we drew on it; NULL is fine. */
void kb_terminal_close(struct kb_terminal *t);
/* Clears the screen and gives it back; text, one line, stays on it. */
void kb_terminal_leave(struct kb_terminal *t, const char *text);
/* Another program has the terminal from suspend to resume. */
void kb_terminal_suspend(struct kb_terminal *t);
void kb_terminal_resume(struct kb_terminal *t);

const struct kb_symbols *kb_terminal_symbols(const struct kb_terminal *t);
bool kb_terminal_is_slow(const struct kb_terminal *t);
/* How long to wait for what follows an ESC. */
unsigned kb_terminal_escape_ms(const struct kb_terminal *t);
/* Looks at the size again, and gives the grid that size. -ENOMEM. */
KB_MUST_CHECK int kb_terminal_fit(struct kb_terminal *t, struct kb_grid *grid);
/* Sends what differs from what is there. */
void kb_terminal_show(struct kb_terminal *t, const struct kb_grid *grid);
/* What was typed, at least a byte; 0 bytes after a hangup. -EAGAIN: nothing. Does not wait. What
 * came while the terminal was being asked for its size comes first. */
KB_MUST_CHECK int kb_terminal_read(struct kb_terminal *t, void *buf, size_t size, size_t *ret_len);

#endif
