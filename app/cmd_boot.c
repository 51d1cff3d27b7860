/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "command.h"
#include "prompt.h"

/* A simulation boots nothing: there it is the plan that is wanted. */
static int run(const struct kb_options *options, char **args, int n_args)
{
	bool plan = options->dry_run || options->simulated;
	static char boot[] = "boot";
	static char dry_run[] = "--dry-run";
	char *by_default[] = {boot, dry_run};

	if (n_args == 0) {
		return kb_prompt_words(options, KB_SHELL_RUNS, !plan, by_default, plan ? 2 : 1);
	}
	return kb_prompt_words(options, plan ? KB_SHELL_PLANS : KB_SHELL_BOOTS, !plan, args,
			       n_args);
}

const struct kb_command kb_cmd_boot = {
	.name = "boot",
	.arguments = "[ENTRY|LINE…] [--dry-run]",
	.summary = "boot that, or the default; or print the plan: every file as resolved, command "
		   "line, kexec method",
	.max_args = -1,
	.run = run,
};
