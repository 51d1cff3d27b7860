/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line that is no command of the prompt's own, and what the engine says of it.
 * For run and explain.
 * Must not run anything.
 */
#ifndef KBOOT_SHELL_QUESTION_H
#define KBOOT_SHELL_QUESTION_H

#include "private.h"

struct kb_question {
	const char *typed;   /* as it stands: it may be all of a name */
	const char *plain;   /* as kboot.conf would write it; NULL: a quote is open */
	struct kb_error err; /* then this says so */
};

enum kb_answer_kind {
	KB_ANSWER_BOOTS,   /* RUN: it is being loaded */
	KB_ANSWER_COMMAND, /* the prompt is to run it */
	KB_ANSWER_PLAN,    /* PLAN: what a boot would do */
};

struct kb_answer {
	enum kb_answer_kind kind;
	bool by_label;       /* COMMAND: a label stood for it */
	const char *text;    /* COMMAND: the line; PLAN: the plan */
	const char *path;    /* COMMAND: the program's file; NULL: it is to be looked for */
	uint64_t notice_seq; /* of the engine, before it was asked */
};

/* Strings live in the arena. An exit status; not 0: told. */
int kb_question_make(struct kb_arena *arena, struct kb_str line, struct kb_question *ret_question);
/* type: KB_DO_RUN or KB_DO_PLAN. The same. */
int kb_question_ask(struct kb_shell *s, struct kb_arena *arena, const struct kb_question *q,
		    enum kb_intent_type type, struct kb_answer *ret_answer);
/* The sentence that a line which is to boot does not: it is a command, or nothing at all. An exit
 * status. */
int kb_question_fail_command(const struct kb_shell *s, const struct kb_question *q,
			     const struct kb_answer *answer);

#endif
