/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The prompt itself: menu, exit, jobs, fg, help. */
#include <limits.h>
#include <stdio.h>

#include "builtin.h"

enum { PIPED_COLUMNS = 76, LEAST_COLUMNS = 20, NAME_COLUMNS = 10 };

static int become_menu(void *ctx)
{
	const struct kb_shell_options *options = ctx;

	return options->run_menu(options->ctx);
}

static int run_menu(const struct kb_builtin_call *call)
{
	const struct kb_shell_options *options = call->shell->options;
	const struct kb_job_spec spec = {.line = "menu",
					 .become = become_menu,
					 .ctx = (void *)options};

	if (!options->run_menu) {
		call->shell->done = true;
		return 0;
	}
	return kb_job_run(&call->shell->jobs, &spec);
}

static int run_exit(const struct kb_builtin_call *call)
{
	struct kb_shell *s = call->shell;
	uint64_t status = 0;

	if (call->words->n > 1 &&
	    (kb_str_to_u64(kb_str_from(call->words->items[1].text), &status) < 0 || status > 255)) {
		return kb_shell_fail("usage: exit [STATUS]");
	}
	s->done = true;
	return call->words->n > 1 ? (int)status : s->status;
}

static int run_jobs(const struct kb_builtin_call *call)
{
	kb_jobs_print(&call->shell->jobs);
	return 0;
}

static int run_fg(const struct kb_builtin_call *call)
{
	uint64_t number = 0;

	if (call->words->n > 1 &&
	    (kb_str_to_u64(kb_str_from(call->words->items[1].text), &number) < 0 ||
	     number > KB_JOBS_MAX)) {
		return kb_shell_fail("usage: fg [NUMBER]");
	}
	return kb_job_continue(&call->shell->jobs, (unsigned)number);
}

/* Words into lines that fit. */
static void print_paragraph(const char *text, size_t columns)
{
	struct kb_str rest = kb_str_from(text);
	size_t column = 0;

	while (rest.len > 0) {
		struct kb_str word = kb_str_head(rest, kb_str_find(rest, ' '));

		if (column > 0 && column + 1 + word.len > columns) {
			(void)fputc('\n', stdout);
			column = 0;
		}
		printf("%s%.*s", column > 0 ? " " : "", KB_STR_ARG(word));
		column += word.len + (column > 0);
		rest = kb_str_skip(rest, word.len + 1);
	}
	(void)fputc('\n', stdout);
}

/* The last column stays free: what fills it makes some terminals go to the next line. */
static size_t help_columns(const struct kb_shell *s)
{
	unsigned columns = s->interactive && s->reader ? kb_reader_columns(s->reader) : 0;

	return columns == 0 ? PIPED_COLUMNS : columns > LEAST_COLUMNS ? columns - 1 : LEAST_COLUMNS;
}

static int help_about(const struct kb_shell *s, const char *name)
{
	const struct kb_builtin *b = kb_builtin_find(name);

	if (!b) {
		return kb_shell_fail(
			"%s is no command of the prompt itself; a BusyBox command says "
			"more with --help",
			name);
	}
	printf("%s%s%s\n", b->name, b->arguments[0] ? " " : "", b->arguments);
	print_paragraph(b->text, help_columns(s));
	return 0;
}

static int run_help(const struct kb_builtin_call *call)
{
	const struct kb_builtin *b;

	if (call->words->n > 1) {
		return help_about(call->shell, call->words->items[1].text);
	}
	for (size_t i = 0; (b = kb_builtin_at(i)); i++) {
		printf("%-*s%s\n", NAME_COLUMNS, b->name, b->summary);
	}
	printf("\nA label, a kernel or a device boots when it is typed; NAME: goes to a device.\n"
	       "Any other word is a command of BusyBox. Tab completes. `help NAME` says more.\n");
	return 0;
}

const struct kb_builtin kb_builtins_prompt[] = {
	{"menu", "", "leave the prompt for the menu",
	 "Goes back to the menu that the prompt was opened from, or opens one.", 1, run_menu},
	{"jobs", "", "list the commands that were stopped",
	 "Lists the commands that were stopped with Ctrl-Z.", 1, run_jobs},
	{"fg", "[NUMBER]", "go on with a stopped command",
	 "Goes on with a command that was stopped with Ctrl-Z: the one of that number, or the "
	 "newest.",
	 2, run_fg},
	{"exit", "[STATUS]", "leave the prompt",
	 "Leaves the prompt; so does Ctrl-D on an empty line.", 2, run_exit},
	{"help", "[NAME]", "say this, or more about one of these",
	 "Lists the commands of the prompt, or says more about one of them.", 2, run_help},
	{0},
};
