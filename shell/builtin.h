/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands of the prompt itself: one table, one row a command.
 * For what runs, completes and explains lines.
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

typedef int kb_builtin_fn(const struct kb_builtin_call *call); /* answers an exit status */

/* The words behind a command, for completion: a set of these. */
enum kb_builtin_takes {
	KB_TAKES_NAMES = 1, /* of files and folders, wherever they are */
	KB_TAKES_FOLDERS = 2,
	KB_TAKES_LABELS = 4,   /* as its first word */
	KB_TAKES_COMMANDS = 8, /* so: all that a line begins with, but labels and names */
	KB_TAKES_DEVICES = 16, /* themselves, not what is on them */
	KB_TAKES_BUILTINS = 32,
	KB_TAKES_VARIABLES = 64,
	KB_TAKES_VALUES = 128, /* NAME=VALUE */
	KB_TAKES_FIRMWARE = 256,
	KB_TAKES_INTERFACES = 512, /* of the network; behind up and down too */
};

enum { KB_BUILTIN_WORDS = 5 };

struct kb_builtin {
	const char *name;
	const char *arguments;
	const char *summary; /* one line */
	const char *text;    /* a paragraph; the same stands in kboot(8) */
	size_t max_words;    /* with the name; 0: any number */
	unsigned takes;      /* kb_builtin_takes */
	/* Its own words, blanks between them: those that may stand first, second, … */
	const char *own[KB_BUILTIN_WORDS];
	bool when_restricted; /* it works then, too */
	kb_builtin_fn *run;
	enum kb_intent_type asks; /* without run: the engine's answer is all there is to it */
};

/* builtins.c; ends with a row without a name. All but shell.c have it from struct kb_shell. */
extern const struct kb_builtin kb_builtins[];

/* builtin_places.c, builtin_settings.c, builtin_machine.c, builtin_prompt.c */
kb_builtin_fn kb_run_cd, kb_run_pwd, kb_run_root, kb_run_by_path, kb_run_mount, kb_run_umount;
kb_builtin_fn kb_run_set, kb_run_unset, kb_run_boot, kb_run_explain;
kb_builtin_fn kb_run_unlock, kb_run_lock;
kb_builtin_fn kb_run_sessions, kb_run_network, kb_run_chroot, kb_run_power;
kb_builtin_fn kb_run_rescue, kb_run_report; /* rescue.c, report.c */
kb_builtin_fn kb_run_menu, kb_run_jobs, kb_run_fg, kb_run_exit, kb_run_help;

/* NULL: there is none. */
const struct kb_builtin *kb_builtin_find(const struct kb_shell *s, const char *name);
/* Not where this kboot is restricted to others. */
static inline bool kb_builtin_works(const struct kb_shell *s, const struct kb_builtin *b)
{
	return b->when_restricted || !kb_shell_is_restricted(s);
}
/* What a slip of the finger may have meant; NULL: nothing. */
const char *kb_builtin_nearest(const struct kb_shell *s, const char *name);
/* Calls it, when the number of words is right. */
int kb_builtin_call(const struct kb_builtin *builtin, const struct kb_builtin_call *call);
/* NULL: there are not so many words. */
const char *kb_builtin_word(const struct kb_builtin_call *call, size_t i);
/* What stands behind the first n words. */
struct kb_str kb_builtin_rest(const struct kb_builtin_call *call, size_t n);

#endif
