/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libedit: the one file pair that speaks to it.
 * For the reader.
 * Must not read the terminal by itself nor take signals: bytes come from next_byte.
 */
#ifndef KBOOT_SHELL_EDITOR_H
#define KBOOT_SHELL_EDITOR_H

#include "reader.h"

struct kb_editor;

struct kb_editor_options {
	/* 1 and a byte, 0 at the end, -EINTR, -ESHUTDOWN. */
	int (*next_byte)(void *owner, unsigned char *ret_byte);
	void *owner;
	void (*complete)(void *owner, struct kb_str line, struct kb_candidates *candidates);
	void *complete_owner;
	const char *history; /* a file, or NULL */
};

/* Is the terminal one that a line can be edited on? */
bool kb_editor_possible(void);
/* Does the terminal's cursor stay in the last column until more is written, as a VT100's? Asked
 * before there is an editor: libedit has the description of its own. */
bool kb_editor_terminal_wraps_late(void);
KB_MUST_CHECK int kb_editor_create(const struct kb_editor_options *options,
				   struct kb_editor **ret_editor);
/* All accept NULL. */
void kb_editor_destroy(struct kb_editor *e);
bool kb_editor_wraps_late(const struct kb_editor *e);
void kb_editor_redraw(struct kb_editor *e); /* something was printed */
void kb_editor_resize(struct kb_editor *e);
/* As kb_reader_line; appends to line. */
KB_MUST_CHECK int kb_editor_line(struct kb_editor *e, const char *prompt, struct kb_buf *line);

#endif
