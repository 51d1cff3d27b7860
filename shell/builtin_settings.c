/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Variables: set, unset, save; and what they mean for a boot: boot, explain. */
#include <stdio.h>

#include "assignment.h"
#include "builtin.h"

static int run_set(const struct kb_builtin_call *call)
{
	const struct kb_shell_words *words = call->words;
	/* One, or all. */
	const struct kb_intent show = {.type = KB_DO_VARIABLES,
				       .name = words->n == 2 ? words->items[1].text : NULL};

	if (words->n == 1 || (words->n == 2 && !strchr(words->items[1].text, '='))) {
		return kb_shell_ask_text(call->shell, &show);
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

static int run_unset(const struct kb_builtin_call *call)
{
	int status = 0;

	if (call->words->n == 1) {
		return kb_shell_fail("usage: unset NAME...");
	}
	for (size_t i = 1; i < call->words->n; i++) {
		int r = kb_shell_unset(call->shell, call->words->items[i].text);

		status = r != 0 ? r : status;
	}
	return status;
}

static int run_save(const struct kb_builtin_call *call)
{
	const struct kb_intent intent = {.type = KB_DO_SAVE};

	return kb_shell_ask_text(call->shell, &intent);
}

/* The line behind the first n words as a string of its own; NULL: told. */
static const char *rest_of(const struct kb_builtin_call *call, size_t n)
{
	struct kb_str rest = kb_builtin_rest(call, n);
	const char *text = kb_arena_str(call->arena, rest);

	if (!text) {
		(void)kb_shell_fail("out of memory");
	}
	return text;
}

static int plan(const struct kb_builtin_call *call, const char *line)
{
	struct kb_shell_words words = {0};
	struct kb_intent intent = {.type = KB_DO_PLAN, .from = call->shell->place};

	if (kb_shell_split(call->arena, kb_str_from(line), false, &words, NULL) == 0) {
		intent.name = kb_shell_plain_line(call->arena, kb_str_from(line), &words);
	}
	return intent.name ? kb_shell_ask_text(call->shell, &intent)
			   : kb_shell_fail("out of memory");
}

/* Nothing named: the default, which the engine knows when it has read the devices. */
static int boot_default(struct kb_shell *s, bool only_plan)
{
	const struct kb_intent intent = {.type = only_plan ? KB_DO_PLAN : KB_DO_BOOT};
	uint64_t notice_seq = s->link.state.notice_seq;

	if (only_plan) {
		return kb_shell_ask_text(s, &intent);
	}
	return kb_shell_ask(s, &intent) ? kb_shell_follow(s, notice_seq) : 1;
}

static int run_boot(const struct kb_builtin_call *call)
{
	bool dry = call->words->n > 1 && strcmp(call->words->items[1].text, "--dry-run") == 0;
	size_t skip = dry ? 2 : 1;
	const char *line = rest_of(call, skip);

	if (!line) {
		return 1;
	}
	if (line[0] == '\0') {
		return boot_default(call->shell, dry);
	}
	return dry ? plan(call, line) : kb_shell_boot_line(call->shell, kb_str_from(line));
}

/* An entry's history; or, of what is no entry, what it would do. */
static int run_explain(const struct kb_builtin_call *call)
{
	const char *line = rest_of(call, 1);
	const struct kb_intent intent = {.type = KB_DO_EXPLAIN, .id = line};
	const struct kb_intent why = {.type = KB_DO_EXPLAIN};
	const struct kb_message *reply;
	struct kb_error err = {0};
	int r;

	if (!line) {
		return 1;
	}
	if (line[0] == '\0') {
		return kb_shell_ask_text(call->shell, &why);
	}
	r = kb_link_ask(&call->shell->link, &intent, -1, &reply, &err);
	if (r == 0 && reply->ok && reply->text) {
		printf("%s", reply->text);
		return 0;
	}
	return r < 0 ? kb_shell_fail("%s", err.text) : plan(call, line);
}

const struct kb_builtin kb_builtins_settings[] = {
	{"set", "[NAME[=VALUE]]", "show all variables or one, or set one",
	 "Shows every variable, or one, with its value and where that comes from; or sets one for "
	 "this session; NAME=VALUE "
	 "alone does the same. A name that is no variable becomes a label. A value with blanks is "
	 "written in quotes.",
	 3, run_set},
	{"unset", "NAME...", "forget what was set",
	 "Forgets what was set in this session, so that what was said before counts again.", 0,
	 run_unset},
	{"save", "", "keep what was set for later boots",
	 "Keeps the variables of this session for later boots, where there is a place to keep "
	 "them.",
	 1, run_save},
	{"boot", "[--dry-run] [LINE]", "boot a label, a file or a device, or the default",
	 "Boots what LINE names, as LINE alone does, but never takes it for a command. Without "
	 "LINE, "
	 "boots the default. With --dry-run, shows the plan instead: every file as resolved, the "
	 "command line, and how the kernel would be loaded and why.",
	 0, run_boot},
	{"explain", "[LINE]", "say why this is the default, or what LINE would do",
	 "Says why this is the default and where every setting comes from; for an entry, why it is "
	 "as "
	 "it is; for any other line, what it would do.",
	 0, run_explain},
	{0},
};
