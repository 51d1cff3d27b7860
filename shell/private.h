/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The prompt itself, as its pieces see it.
 * For the files of this module that run lines; what reads bytes or talks to the engine stands
 * alone. Must not be known to words, prompt, history, engine, events and job.
 */
#ifndef KBOOT_SHELL_PRIVATE_H
#define KBOOT_SHELL_PRIVATE_H

#include "engine.h"
#include "job.h"
#include "reader.h"
#include "say.h"
#include "words.h"

struct kb_builtin;

struct kb_shell {
	const struct kb_shell_options *options;
	const struct kb_builtin *builtins; /* the table of them */
	struct kb_events events;
	struct kb_shell_engine engine;
	struct kb_jobs jobs;
	struct kb_reader reader; /* not opened for one command */
	char *place;             /* where one is, as the engine calls it */
	char *before;            /* where one was, for `cd -` */
	bool arrived; /* the working directory is that place; else it is made so when it matters */
	bool done;    /* the person left */
	bool interactive;
	int status; /* of the last line */
};

static inline bool kb_shell_is_restricted(const struct kb_shell *s)
{
	return s->engine.has_state && s->engine.state.restricted;
}

/* Nothing of this machine is to be touched. */
static inline bool kb_shell_is_simulated(const struct kb_shell *s)
{
	return s->engine.has_state && s->engine.state.simulated;
}

/* What one can see of a line without asking. */
enum kb_line_kind {
	KB_LINE_OTHER,
	KB_LINE_ASSIGNMENTS,
	KB_LINE_BAD_VALUE, /* an assignment, and words that belong to nothing */
	KB_LINE_BUILTIN,
	KB_LINE_PLACE, /* `sda2:` alone */
};

/* run.c: one line. Its exit status. */
enum kb_line_kind kb_shell_line_kind(const struct kb_shell *s, struct kb_str line,
				     const struct kb_shell_words *words);
int kb_shell_line(struct kb_shell *s, struct kb_str line);
/* The line, never run as a command. */
int kb_shell_boot_line(struct kb_shell *s, struct kb_str line);
/* Asks the engine what to do with a line and does it. */
int kb_shell_run_line(struct kb_shell *s, struct kb_str line);
/* explain.c: what a boot would do; what any line would do, an empty one: why the default is it. */
int kb_shell_plan_line(struct kb_shell *s, struct kb_str line);
int kb_shell_explain_line(struct kb_shell *s, struct kb_str line);
/* run_boot.c: what was started, until it jumps or fails. */
int kb_shell_follow(struct kb_shell *s, uint64_t notice_seq);
/* answer.c: asks the person what the engine asks, and tells it. False: that was not answered. */
bool kb_shell_answer(struct kb_shell *s);
/* program.c: a program by its path (NULL: looked for in PATH), in the place one is in. */
int kb_shell_program(struct kb_shell *s, const char *path, const struct kb_shell_words *words,
		     const char *line);
/* The same, a page at a time; the paths of names (NULL: none) in what it writes are shown as they
 * were typed. */
int kb_shell_show_program(struct kb_shell *s, const struct kb_shell_words *words,
			  const struct kb_shell_words *names, const char *line);
const char *kb_shell_search_path(void);
/* A name with a slash is taken as it is. NULL: there is none in those folders (`/sbin:/bin`). */
const char *kb_shell_find_program(struct kb_arena *arena, const char *folders, const char *name);
bool kb_shell_has_program(const char *name);                         /* in the search path */
int kb_shell_no_program(const struct kb_shell *s, const char *name); /* tells so; an exit status */
/* In a child; returns an exit status. advice: what may help where an interpreter is missing. */
int kb_shell_exec(const char *path, char *const *argv, const char *advice);

/* place.c */
int kb_shell_set_place(struct kb_shell *s, const char *place);
int kb_shell_change_place(struct kb_shell *s, const char *name);
/* The working directory becomes the place one is in. Where that cannot be, it is kboot's own root
 * from now on, with a sentence. */
void kb_shell_arrive(struct kb_shell *s);
/* The place is not what it was (another environment, another engine): go there anew. */
void kb_shell_leave_root(struct kb_shell *s);
/* What the engine answers to a visit; the answer lives until the next question. NULL: told. */
const struct kb_message *kb_shell_visit(struct kb_shell *s, const char *name, const char *want);

#endif
