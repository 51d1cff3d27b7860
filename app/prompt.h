/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The prompt on this terminal, connected to the engine of this machine or of a simulation.
 * For `kboot shell`, and for the menu where it opens one or cannot be shown.
 * Must not outlive a menu that opened it: the menu's terminal is its own again.
 */
#ifndef KBOOT_APP_PROMPT_H
#define KBOOT_APP_PROMPT_H

#include "kboot/shell/shell.h"
#include "options.h"

struct kb_prompt_wish {
	bool from_menu;    /* `menu` leaves it */
	bool needs_engine; /* without one, not even a look at this system */
	const char *
		command; /* this line only, and what to do with it; NULL: until the person leaves */
	enum kb_shell_verb verb;
	const char *first; /* an entry that is run before; NULL: none */
	const char *only;  /* a command that asks questions, and nothing else; NULL: none */
};

/* *ret_leaving: another kernel is about to start. Returns the exit status. */
int kb_prompt_run(const struct kb_options *options, const struct kb_prompt_wish *wish,
		  bool *ret_leaving);
/* In the foreground of the menu's terminal, as a process of its own; /bin/sh where no engine
 * answers. first, only: as above. Returns its exit status, or -errno. */
int kb_prompt_open(const struct kb_options *options, const char *first, const char *only);
/* A command of it that asks questions, with its words. Returns the exit status. */
int kb_prompt_only(const struct kb_options *options, const char *command, char **words,
		   int n_words);
/* One line of it, from words as a program gets them: one word is the line, of several each is a
 * word of it. Returns the exit status. */
int kb_prompt_words(const struct kb_options *options, enum kb_shell_verb verb, bool needs_engine,
		    char **words, int n_words);

#endif
