/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The subcommands that ask the engine one thing and print its answer. */
#include <stdio.h>

#include "command.h"
#include "kboot/base/escape.h"
#include "prompt.h"
#include "session.h"

static int run_explain(const struct kb_options *options, char **args, int n_args)
{
	return kb_prompt_words(options, KB_SHELL_EXPLAINS, false, args, n_args);
}

const struct kb_command kb_cmd_explain = {
	.name = "explain",
	.arguments = "[ENTRY|LINE…]",
	.summary = "why this is the default, why that is missing, what is being waited for",
	.max_args = -1,
	.run = run_explain,
};

static int run_rescan(const struct kb_options *options, char **args, int n_args)
{
	const struct kb_intent intent = {.type = KB_DO_RESCAN};

	(void)args;
	(void)n_args;
	return kb_session_ask(options, &intent);
}

const struct kb_command kb_cmd_rescan = {
	.name = "rescan",
	.arguments = "",
	.summary = "look at all devices again",
	.run = run_rescan,
};

static int take_state(void *ctx, struct kb_str line)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_message m;

	(void)ctx;
	if (kb_message_decode(&arena, line, &m) < 0) {
		return 0;
	}
	if (m.type == KB_MSG_STATE) {
		printf("phase: %s\n", kb_phase_name(m.state.phase));
		kb_print_escaped(stdout, "default: %s",
				 m.state.default_id ? m.state.default_id : "none");
		kb_print_escaped(stdout, "selected: %s",
				 m.state.selected_id ? m.state.selected_id : "none");
		kb_print_escaped(stdout, "load: %s%s%s", kb_stage_name(m.state.stage),
				 m.state.stage_id ? " " : "",
				 m.state.stage_id ? m.state.stage_id : "");
		printf("being looked at: %u devices\n", m.state.scanning);
		if (m.state.notice) {
			kb_print_escaped(stdout, "notice: %s", m.state.notice);
		}
	}
	return m.type == KB_MSG_REPLY;
}

static int run_status(const struct kb_options *options, char **args, int n_args)
{
	const struct kb_intent intent = {.type = KB_DO_STATUS};
	struct kb_error err = {0};
	int r = kb_session_exchange(options, false, &intent, 1, take_state, NULL, &err);

	(void)args;
	(void)n_args;
	return r < 0 ? kb_fail(&err) : KB_EXIT_OK;
}

const struct kb_command kb_cmd_status = {
	.name = "status",
	.arguments = "",
	.summary = "what the engine is doing",
	.run = run_status,
};
