/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of the history that come back into the line being edited: one by one, or searched for.
 * For the editor.
 * Must not lose the line that was being typed.
 */
#ifndef KBOOT_SHELL_RECALL_H
#define KBOOT_SHELL_RECALL_H

#include "kboot/terminal/line_edit.h"

struct kb_recall {
	struct kb_buf lines;   /* as the file has them, oldest first */
	size_t at;             /* where the line that is shown begins; lines.len: the typed one */
	struct kb_buf typed;   /* what that was */
	struct kb_buf pattern; /* while one searches: what for, never NULL */
	bool searching;
};

/* A new line. What other prompts added meanwhile is there too; file: NULL for none. */
void kb_recall_begin(struct kb_recall *r, const char *file);
void kb_recall_done(struct kb_recall *r);
/* A line that was typed; one that begins with a blank is not for others to see. */
void kb_recall_keep(struct kb_recall *r, const char *file, struct kb_str line);
void kb_recall_older(struct kb_recall *r, struct kb_line_edit *edit);
void kb_recall_newer(struct kb_recall *r, struct kb_line_edit *edit);
/* From now on characters are searched for. */
void kb_recall_search(struct kb_recall *r);
/* While one searches: true where the key was for that; any other ends the search. */
bool kb_recall_key(struct kb_recall *r, const struct kb_key *key, struct kb_line_edit *edit);

#endif
