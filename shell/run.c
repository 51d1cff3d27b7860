/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line: an assignment, a command of the prompt, a place, or what the engine makes of it. */
#include <stdio.h>

#include "assignment.h"
#include "builtin.h"
#include "kboot/base/escape.h"
#include "operators.h"
#include "page.h"
#include "question.h"

enum kb_line_kind kb_shell_line_kind(const struct kb_shell *s, struct kb_str line,
				     const struct kb_shell_words *words)
{
	const struct kb_shell_word *first = &words->items[0];
	size_t len = strlen(first->text);
	size_t n = 0;

	while (n < words->n && kb_shell_is_assignment(line, &words->items[n])) {
		n++;
	}
	if (n == words->n) {
		return KB_LINE_ASSIGNMENTS;
	}
	if (n > 0 && !kb_shell_is_boot_assignment(first)) {
		return KB_LINE_BAD_VALUE;
	}
	if (kb_builtin_find(s, first->text)) {
		return KB_LINE_BUILTIN;
	}
	/* `sda2:` alone: a device, or a host, to go to. */
	return words->n == 1 && len > 1 && first->text[len - 1] == ':' ? KB_LINE_PLACE
								       : KB_LINE_OTHER;
}

/* In a kernel's arguments, or in a value, all signs are just that. What is refused is refused for
 * that. */
static int call_builtin(const struct kb_builtin *builtin, const struct kb_builtin_call *call)
{
	bool takes_any = (builtin->takes & (KB_TAKES_LABELS | KB_TAKES_VALUES)) ||
			 kb_shell_is_restricted(call->shell);
	const char *why_not = takes_any ? NULL : kb_shell_operator(call->line, call->words);

	return why_not ? kb_shell_fail("%s", why_not) : kb_builtin_call(builtin, call);
}

/* A line of the prompt's own; not KB_LINE_OTHER. */
static int run_own(struct kb_shell *s, struct kb_arena *arena, struct kb_str line,
		   const struct kb_shell_words *words, enum kb_line_kind kind)
{
	const char *first = words->items[0].text;
	const struct kb_builtin_call call = {.shell = s,
					     .line = line,
					     .words = words,
					     .arena = arena};
	int status = 0;

	switch (kind) {
	case KB_LINE_ASSIGNMENTS:
		for (size_t i = 0; status == 0 && i < words->n; i++) {
			status = kb_shell_assign(s, &words->items[i]);
		}
		return status;
	case KB_LINE_BUILTIN:
		return call_builtin(kb_builtin_find(s, first), &call);
	case KB_LINE_PLACE:
		return kb_shell_change_place(s, first);
	default:
		return kb_shell_fail("a value with blanks is written in quotes: %.*s'...'",
				     (int)(strcspn(first, "=") + 1), first);
	}
}

int kb_shell_line(struct kb_shell *s, struct kb_str line)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_shell_words words = {0};
	enum kb_line_kind kind = KB_LINE_OTHER;
	struct kb_error err = {0};
	/* For people, perhaps a script's first line. No command is called so. */
	bool is_comment = kb_str_starts(kb_str_trim(line), KB_STR("#"));
	int r;

	while (line.len > 0 && kb_is_blank(line.data[0])) {
		line = kb_str_skip(line, 1);
	}
	r = is_comment ? 0 : kb_shell_split(&arena, line, false, &words, &err);

	if (r == 0 && words.n == 0) {
		return s->status;
	}
	if (r == 0) {
		/* A blank at the end may be quoted. */
		line = kb_str_head(line, words.items[words.n - 1].end);
		kind = kb_shell_line_kind(s, line, &words);
	}
	/* What cannot be split may still be an entry's name as it stands. */
	return kind == KB_LINE_OTHER ? kb_shell_run_line(s, kb_str_trim(line))
				     : run_own(s, &arena, line, &words, kind);
}

/* Who says what a restricted kboot's labels mean may say what nobody may type: then it is the
 * program of that name. */
static bool may_be_own(const struct kb_shell *s, const struct kb_shell_words *words)
{
	return !kb_shell_is_restricted(s) || !kb_shell_has_program(words->items[0].text);
}

/* The programs here are not the image's, and this machine is not to be touched. */
static int simulate(const struct kb_shell *s, const char *path, const struct kb_shell_words *words,
		    const char *text)
{
	if (words->n > 0 && !path && !kb_shell_has_program(words->items[0].text)) {
		return kb_shell_no_program(s, words->items[0].text);
	}
	kb_print_escaped(stdout, "Simulation: this would run %s", text);
	return 0;
}

/* What is no name of the engine's: a program, or what a label stands for. */
static int run_command(struct kb_shell *s, const char *path, const char *text, bool by_label)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_str line = kb_str_from(text);
	struct kb_shell_words words = {0};
	enum kb_line_kind kind = KB_LINE_OTHER;
	const char *why_not;
	struct kb_error err = {0};

	if (kb_shell_split(&arena, line, false, &words, &err) < 0) {
		return kb_shell_fail("%s", err.text);
	}
	if (by_label && words.n > 0 && may_be_own(s, &words)) {
		kind = kb_shell_line_kind(s, line, &words);
	}
	if (kind != KB_LINE_OTHER) {
		return run_own(s, &arena, line, &words, kind);
	}
	why_not = kb_shell_operator(line, &words);
	if (why_not) {
		return kb_shell_fail("%s", why_not);
	}
	if (kb_shell_is_simulated(s)) {
		return simulate(s, path, &words, text);
	}
	kb_shell_arrive(s);
	return kb_shell_program(s, path, &words, text);
}

/* Nobody to ask: what is in kboot's own system can still be run. */
static int run_alone(struct kb_shell *s, const char *line)
{
	if (kb_shell_is_restricted(s)) {
		return kb_shell_fail("this kboot is restricted");
	}
	return run_command(s, NULL, line, false);
}

static int run_or_boot(struct kb_shell *s, struct kb_str line, bool only_boot)
{
	KB_QUESTION struct kb_question q = {0};
	struct kb_error err = {0};
	int status = kb_question_make(&q, line);

	if (status != 0) {
		return status;
	}
	if (!s->engine.leaving && kb_shell_engine_connect(&s->engine, &err) < 0) {
		return only_boot ? kb_shell_fail("%s", err.text) : run_alone(s, q.typed);
	}
	status = kb_question_ask(s, &q, KB_DO_RUN);
	if (status != 0) {
		return status;
	}
	if (q.is_command && only_boot) {
		return kb_question_fail_command(s, &q);
	}
	if (q.is_command) {
		/* As it was typed, unless a label stood for it: the quotes say what is no pattern.
		 */
		return run_command(s, q.path, q.by_label ? q.text : q.typed, q.by_label);
	}
	status = kb_shell_follow(s, q.notice_seq);
	/* A simulation goes no further: what would have been started is shown. */
	if (status == 0 && kb_shell_is_simulated(s) && kb_question_ask(s, &q, KB_DO_PLAN) == 0) {
		return kb_shell_show(s, q.text);
	}
	return status;
}

/* `./bzImage quiet --dry-run`: where the rest boots it is meant for us, else for a program. True:
 * it was dealt with. */
static bool run_dry(struct kb_shell *s, struct kb_str line, int *ret_status)
{
	static const struct kb_str option = KB_STR(" --dry-run");
	KB_QUESTION struct kb_question q = {0};
	struct kb_error err;

	if (!kb_str_ends(line, option) || kb_shell_engine_connect(&s->engine, &err) < 0) {
		return false;
	}
	*ret_status = kb_question_make(&q, kb_str_trim(kb_str_head(line, line.len - option.len)));
	if (*ret_status == 0) {
		*ret_status = kb_question_ask(s, &q, KB_DO_PLAN);
	}
	if (*ret_status == 0 && !q.is_command) {
		*ret_status = kb_shell_show(s, q.text);
	}
	return *ret_status != 0 || !q.is_command;
}

int kb_shell_run_line(struct kb_shell *s, struct kb_str line)
{
	int status;

	return run_dry(s, line, &status) ? status : run_or_boot(s, line, false);
}

int kb_shell_boot_line(struct kb_shell *s, struct kb_str line)
{
	return run_or_boot(s, line, true);
}
