/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands of the prompt that are wanted by themselves. */
#include "command.h"
#include "console.h"
#include "prompt.h"

static int run_rescue(const struct kb_options *options, char **args, int n_args)
{
	kb_console_choose_terminal();
	return kb_prompt_only(options, "rescue", args, n_args);
}

const struct kb_command kb_cmd_rescue = {
	.name = "rescue",
	.arguments = "[DEVICE]",
	.summary = "repair a system that does not boot: a walk through what is usually needed",
	.max_args = 1,
	.run = run_rescue,
};

static int run_report(const struct kb_options *options, char **args, int n_args)
{
	kb_console_choose_terminal();
	return kb_prompt_only(options, "report", args, n_args);
}

const struct kb_command kb_cmd_report = {
	.name = "report",
	.arguments = "[FILE|-]",
	.summary = "all that is known of kboot and this machine, without secrets, in one file",
	.max_args = 1,
	.run = run_report,
};
