/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line edited at the prompt: keys, history, completion, and what of them is on the terminal.
 * For the reader.
 * Must not read the terminal by itself nor take signals: bytes come from next_byte.
 */
#ifndef KBOOT_SHELL_EDITOR_H
#define KBOOT_SHELL_EDITOR_H

#include "candidates.h"

struct kb_editor;

struct kb_editor_options {
	/* 1 and a byte, 0 at the end, -EINTR, -ESHUTDOWN. */
	int (*next_byte)(void *owner, unsigned char *ret_byte);
	void (*typed)(void *owner); /* a key, not only bytes */
	void *owner;
	void (*complete)(void *owner, struct kb_str line, struct kb_candidates *candidates);
	/* Lines below the one that is edited. They may be paged, with the terminal as it was. */
	void (*show)(void *owner, const char *text);
	void *complete_owner; /* of both */
	const char *history;  /* a file, or NULL */
};

/* What a description says of the terminal; a terminal without one can do nothing. */
struct kb_editor_terminal {
	bool wraps_late; /* the cursor stays in the last column until more is written: a VT100's */
	bool obeys;      /* it knows CSI K, and so its like */
};

struct kb_editor_terminal kb_editor_terminal(void);
KB_MUST_CHECK int kb_editor_create(const struct kb_editor_options *options,
				   struct kb_editor **ret_editor);
/* All accept NULL. */
void kb_editor_destroy(struct kb_editor *e);
void kb_editor_redraw(struct kb_editor *e); /* something was printed */
void kb_editor_resize(struct kb_editor *e);
/* As kb_reader_line; appends to line. */
KB_MUST_CHECK int kb_editor_line(struct kb_editor *e, const char *prompt, struct kb_buf *line);
/* A row of blanks, where the terminal's width is known: see kb_reader_fresh_line. */
bool kb_editor_wraps_late(const struct kb_editor *e);

#endif
