/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "command.h"
#include "console.h"
#include "prompt.h"

static int run(const struct kb_options *options, char **args, int n_args)
{
	struct kb_prompt_wish wish = {.command = n_args == 2 ? args[1] : NULL};
	bool leaving;

	if (n_args > 0 && (strcmp(args[0], "-c") != 0 || n_args != 2)) {
		(void)fprintf(stderr, "usage: kboot %s %s\n", kb_cmd_shell.name,
			      kb_cmd_shell.arguments);
		return KB_EXIT_USAGE;
	}
	kb_console_choose_terminal();
	return kb_prompt_run(options, &wish, &leaving);
}

const struct kb_command kb_cmd_shell = {
	.name = "shell",
	.arguments = "[-c COMMAND]",
	.summary = "the prompt, or one line of it",
	.max_args = 2,
	.run = run,
};
