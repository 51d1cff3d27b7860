/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The prompt itself: menu, exit, jobs, fg, help. */
#include <stdio.h>

#include "builtin.h"
#include "candidates.h"
#include "kboot/terminal/table.h"
#include "kboot/terminal/text.h"
#include "page.h"

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

static int help_about(struct kb_shell *s, const struct kb_builtin *b)
{
	KB_BUF struct kb_buf text = {0};
	int columns = (int)kb_table_columns();
	struct kb_str rest = kb_str_from(b->text);
	struct kb_str line;

	kb_buf_printf(&text, "%s%s%s\n", b->name, b->arguments[0] ? " " : "", b->arguments);
	/* The last column stays free: what fills it makes some terminals go to the next line. */
	columns = columns == 0              ? PIPED_COLUMNS
		  : columns > LEAST_COLUMNS ? columns - 1
					    : LEAST_COLUMNS;
	while (kb_text_wrap(&rest, columns, &kb_symbols[KB_CHARSET_UTF8], &line)) {
		kb_buf_printf(&text, "%.*s\n", KB_STR_ARG(line));
	}
	return kb_buf_error(&text) < 0 ? kb_shell_fail("out of memory")
				       : kb_shell_show(s, text.data);
}

static const char end[] =
	"\nA label, a kernel or a device boots when it is typed; NAME: goes to a device.\n"
	"Any other word is a command of BusyBox. Tab completes. `help NAME` says more.\n";

static const char restricted_end[] =
	"\nThis kboot is restricted: a label boots, or runs, when it is "
	"typed;\nall else is refused.\n";

static int help(struct kb_shell *s)
{
	struct kb_candidates all = {0};
	KB_BUF struct kb_buf text = {0};
	unsigned columns = kb_table_columns();
	char line[80];
	int r = 0;

	for (const struct kb_builtin *b = s->builtins; b->name && r == 0; b++) {
		const struct kb_candidate about = {.text = line};

		if (!kb_builtin_works(s, b)) {
			continue;
		}
		(void)snprintf(line, sizeof(line), "%-*s%s", NAME_COLUMNS, b->name, b->summary);
		r = kb_candidates_add(&all, &about);
	}
	kb_candidates_list(&all, columns, &text);
	kb_candidates_done(&all);
	kb_buf_puts(&text, kb_shell_is_restricted(s) ? restricted_end : end);
	return r < 0 || kb_buf_error(&text) < 0 ? kb_shell_fail("out of memory")
						: kb_shell_show(s, text.data);
}

int kb_run_help(const struct kb_builtin_call *call)
{
	const char *name = kb_builtin_word(call, 1);
	const struct kb_builtin *b = name ? kb_builtin_find(call->shell, name) : NULL;

	if (!name) {
		return help(call->shell);
	}
	if (b && !kb_builtin_works(call->shell, b)) {
		return kb_shell_fail("%s: this kboot is restricted", name);
	}
	return b ? help_about(call->shell, b)
		 : kb_shell_fail("%s is no command of the prompt itself; a BusyBox command says "
				 "more with --help",
				 name);
}
