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
	struct kb_arena arena;
	const char *typed;   /* as it stands: it may be all of a name */
	const char *plain;   /* as kboot.conf would write it; NULL: a quote is open */
	struct kb_error err; /* then this says so */
	/* The answer. */
	bool is_command;  /* the prompt is to run it; else it boots: RUN is loading it, PLAN tells
			     how */
	bool by_label;    /* a label stood for the command */
	const char *text; /* the command's line, or the plan */
	const char *path; /* the command's program; NULL: it is to be looked for */
	uint64_t notice_seq; /* of the engine, before it was asked */
};

/* Answer an exit status; not 0: told. */
int kb_question_make(struct kb_question *q, struct kb_str line);
/* type: KB_DO_RUN or KB_DO_PLAN. */
int kb_question_ask(struct kb_shell *s, struct kb_question *q, enum kb_intent_type type);
/* The sentence that a line which is to boot does not: it is a command, or nothing at all. */
int kb_question_fail_command(const struct kb_shell *s, const struct kb_question *q);
void kb_question_done(struct kb_question *q);

#define KB_QUESTION KB_CLEANUP(kb_question_done)

#endif
