/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What Tab offers: what all of it begins with, and the list of it.
 * For the editor and complete.
 * Must not do I/O.
 */
#ifndef KBOOT_SHELL_CANDIDATES_H
#define KBOOT_SHELL_CANDIDATES_H

#include "kboot/base/arena.h"
#include "kboot/base/str.h"

enum { KB_CANDIDATES_MAX = 4096 };

/* In the order in which they are listed. */
enum kb_candidate_group {
	KB_GROUP_WORDS, /* a command's own */
	KB_GROUP_LABELS,
	KB_GROUP_DEVICES,
	KB_GROUP_FILES,
	KB_GROUP_COMMANDS,
	KB_GROUP_VARIABLES,
	KB_N_GROUPS
};

struct kb_candidate {
	const char *text; /* the whole word, unquoted */
	const char *show; /* what is listed; NULL: text */
	const char *note; /* beside it; NULL: none */
	enum kb_candidate_group group;
	bool goes_on; /* a folder, a device: no blank follows */
};

struct kb_candidates {
	struct kb_arena arena;
	struct kb_candidate *items;
	size_t n;
	size_t word_start; /* of the word that they complete, in bytes of the line */
	char open;         /* the quote that the word stands in, or 0 */
};

/* Zero-initialised is empty. Copies: text as it is, show and note fit for a terminal. An empty
 * name, and what is above the cap, is left out. -ENOMEM. */
KB_MUST_CHECK int kb_candidates_add(struct kb_candidates *c, const struct kb_candidate *candidate);
/* Sorted by group and text, each text once. */
void kb_candidates_sort(struct kb_candidates *c);
void kb_candidates_done(struct kb_candidates *c);
/* How the word is typed as far as all agree, a blank behind it where it is whole. */
void kb_candidates_word(const struct kb_candidates *c, struct kb_buf *word);
/* Lines for a screen of that width, a heading above each of several groups. */
void kb_candidates_list(const struct kb_candidates *c, unsigned columns, struct kb_buf *text);

#endif
