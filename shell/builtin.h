/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands of the prompt itself: one table a file, one row a command.
 * For run, complete and the manual's test.
 * Must not name what BusyBox does as well.
 */
#ifndef KBOOT_SHELL_BUILTIN_H
#define KBOOT_SHELL_BUILTIN_H

#include "private.h"

struct kb_builtin_call {
	struct kb_shell *shell;
	struct kb_str line; /* all of it */
	const struct kb_shell_words *words;
	struct kb_arena *arena; /* lives as long as the line */
};

struct kb_builtin {
	const char *name;
	const char *arguments;
	const char *summary; /* one line */
	const char *text;    /* a paragraph; the same stands in kboot(8) */
	size_t max_words;    /* with the name; 0: any number */
	int (*run)(const struct kb_builtin_call *call); /* answers an exit status */
};

/* Each ends with a row without a name. */
extern const struct kb_builtin kb_builtins_places[];   /* builtin_places.c */
extern const struct kb_builtin kb_builtins_settings[]; /* builtin_settings.c */
extern const struct kb_builtin kb_builtins_machine[];  /* builtin_machine.c */
extern const struct kb_builtin kb_builtins_prompt[];   /* builtin_prompt.c */

/* All rows, one after the other: i from 0 until NULL. */
const struct kb_builtin *kb_builtin_at(size_t i);
const struct kb_builtin *kb_builtin_find(const char *name);
/* What a slip of the finger may have meant; NULL: nothing. */
const char *kb_builtin_nearest(const char *name);
/* Calls it, when the number of words is right. */
int kb_builtin_call(const struct kb_builtin *builtin, const struct kb_builtin_call *call);
/* What stands behind the first n words. */
struct kb_str kb_builtin_rest(const struct kb_builtin_call *call, size_t n);

#endif
