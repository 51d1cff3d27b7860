/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The prompt itself: menu, exit, jobs, fg, help. */
#include <stdio.h>

#include "builtin.h"
#include "kboot/terminal/table.h"
#include "kboot/terminal/text.h"

enum { PIPED_COLUMNS = 76, LEAST_COLUMNS = 20, NAME_COLUMNS = 10 };

static int become_menu(void *ctx)
{
	const struct kb_shell_options *options = ctx;

	return options->run_menu(options->ctx);
}

int kb_run_menu(const struct kb_builtin_call *call)
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

int kb_run_exit(const struct kb_builtin_call *call)
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

int kb_run_jobs(const struct kb_builtin_call *call)
{
	kb_jobs_print(&call->shell->jobs);
	return 0;
}

int kb_run_fg(const struct kb_builtin_call *call)
{
	uint64_t number = 0;

	if (call->words->n > 1 &&
	    (kb_str_to_u64(kb_str_from(call->words->items[1].text), &number) < 0 ||
	     number > KB_JOBS_MAX)) {
		return kb_shell_fail("usage: fg [NUMBER]");
	}
	return kb_job_continue(&call->shell->jobs, (unsigned)number);
}

static int help_about(const struct kb_shell *s, const char *name)
{
	const struct kb_builtin *b = kb_builtin_find(s, name);
	int columns = (int)kb_table_columns();
	struct kb_str rest;
	struct kb_str line;

	if (!b) {
		return kb_shell_fail(
			"%s is no command of the prompt itself; a BusyBox command says "
			"more with --help",
			name);
	}
	printf("%s%s%s\n", b->name, b->arguments[0] ? " " : "", b->arguments);
	/* The last column stays free: what fills it makes some terminals go to the next line. */
	columns = columns == 0              ? PIPED_COLUMNS
		  : columns > LEAST_COLUMNS ? columns - 1
					    : LEAST_COLUMNS;
	rest = kb_str_from(b->text);
	while (kb_text_wrap(&rest, columns, &kb_symbols[KB_CHARSET_UTF8], &line)) {
		printf("%.*s\n", KB_STR_ARG(line));
	}
	return 0;
}

int kb_run_help(const struct kb_builtin_call *call)
{
	if (call->words->n > 1) {
		return help_about(call->shell, call->words->items[1].text);
	}
	for (const struct kb_builtin *b = call->shell->builtins; b->name; b++) {
		printf("%-*s%s\n", NAME_COLUMNS, b->name, b->summary);
	}
	printf("\nA label, a kernel or a device boots when it is typed; NAME: goes to a device.\n"
	       "Any other word is a command of BusyBox. Tab completes. `help NAME` says more.\n");
	return 0;
}
