/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Variables: set, unset, save; and what they mean for a boot: boot, explain. */
#include <stdio.h>

#include "ask.h"
#include "assignment.h"
#include "builtin.h"

int kb_run_set(const struct kb_builtin_call *call)
{
	const struct kb_shell_words *words = call->words;

	if (words->n == 1 || (words->n == 2 && !strchr(words->items[1].text, '='))) {
		return kb_shell_ask_text(call->shell,
					 &(struct kb_intent){.type = KB_DO_VARIABLES,
							     .name = kb_builtin_word(call, 1)});
	}
	if (words->n == 2) {
		return kb_shell_assign(call->shell, &words->items[1]);
	}
	if (words->n == 3 && !strchr(words->items[1].text, '=')) {
		return kb_shell_set(call->shell, words->items[1].text, words->items[2].text);
	}
	return kb_shell_fail(
		"usage: set [NAME[=VALUE]] (a value with blanks is written in quotes)");
}

int kb_run_unset(const struct kb_builtin_call *call)
{
	int status = 0;

	if (call->words->n == 1) {
		return kb_shell_fail("usage: unset NAME...");
	}
	for (size_t i = 1; i < call->words->n; i++) {
		int r = kb_shell_set(call->shell, call->words->items[i].text, NULL);

		status = r != 0 ? r : status;
	}
	return status;
}

/* Nothing named: the default, which the engine knows when it has read the devices. */
static int boot_default(struct kb_shell *s, bool only_plan)
{
	const struct kb_intent intent = {.type = only_plan ? KB_DO_PLAN : KB_DO_BOOT};
	uint64_t notice_seq = s->engine.state.notice_seq;

	if (only_plan) {
		return kb_shell_ask_text(s, &intent);
	}
	return kb_shell_ask(s, &intent) ? kb_shell_follow(s, notice_seq) : 1;
}

/* The line behind `boot`, without --dry-run, which may stand on either side of it. */
static bool take_dry_run(const struct kb_builtin_call *call, struct kb_str *ret_line)
{
	static const char option[] = "--dry-run";
	size_t n = call->words->n;
	bool first = n > 1 && strcmp(call->words->items[1].text, option) == 0;
	bool last = n > 2 && strcmp(call->words->items[n - 1].text, option) == 0;

	*ret_line = kb_builtin_rest(call, first ? 2 : 1);
	if (last) {
		*ret_line = kb_str_trim(kb_str_head(*ret_line, ret_line->len - strlen(option)));
	}
	return first || last;
}

int kb_run_boot(const struct kb_builtin_call *call)
{
	struct kb_str line;
	bool dry = take_dry_run(call, &line);

	if (line.len == 0) {
		return boot_default(call->shell, dry);
	}
	return dry ? kb_shell_plan_line(call->shell, line) : kb_shell_boot_line(call->shell, line);
}

int kb_run_explain(const struct kb_builtin_call *call)
{
	return kb_shell_explain_line(call->shell, kb_builtin_rest(call, 1));
}
