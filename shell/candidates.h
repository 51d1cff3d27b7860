/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What Tab offers: what all of it begins with, and the list of it.
 * For the editor and complete.
 * Must not do I/O.
 */
#ifndef KBOOT_SHELL_CANDIDATES_H
#define KBOOT_SHELL_CANDIDATES_H

#include "reader.h"

enum { KB_CANDIDATES_MAX = 4096 };

/* Zero-initialised is empty. Copies: text as it is, show and note fit for a terminal. An empty
 * name, and what is above the cap, is left out. -ENOMEM. */
KB_MUST_CHECK int kb_candidates_add(struct kb_candidates *c, const struct kb_candidate *candidate);
/* Sorted, each once. */
void kb_candidates_sort(struct kb_candidates *c);
void kb_candidates_done(struct kb_candidates *c);
/* How the word is typed as far as all agree, a blank behind it where it is whole. */
void kb_candidates_word(const struct kb_candidates *c, struct kb_buf *word);
/* Lines for a screen of that size; what does not fit is counted. */
void kb_candidates_list(const struct kb_candidates *c, unsigned columns, unsigned lines,
			struct kb_buf *text);

#endif
