/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The subcommands that ask the engine one thing and print its answer. */
#include <stdio.h>

#include "command.h"
#include "kboot/base/escape.h"
#include "prompt.h"
#include "session.h"

/* Of what an engine answers at once. */
enum { ANSWER_TIMEOUT_MS = 20000 };

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
	struct kb_connection c = {.fd = -1};
	struct kb_error err = {0};
	int r = kb_session_ask(options, options->simulated, ANSWER_TIMEOUT_MS, &intent, &c, &err);

	(void)args;
	(void)n_args;
	kb_connection_done(&c);
	return r < 0 ? kb_fail(&err) : KB_EXIT_OK;
}

const struct kb_command kb_cmd_rescan = {
	.name = "rescan",
	.arguments = "",
	.summary = "look at all devices again",
	.run = run_rescan,
};

static void take_state(void *ctx, const struct kb_message *m, struct kb_arena *arena)
{
	const struct kb_state *s = &m->state;

	(void)ctx;
	(void)arena;
	if (m->type != KB_MSG_STATE) {
		return;
	}
	printf("phase: %s\n", kb_phase_name(s->phase));
	kb_print_escaped(stdout, "default: %s", s->default_id ? s->default_id : "none");
	kb_print_escaped(stdout, "selected: %s", s->selected_id ? s->selected_id : "none");
	kb_print_escaped(stdout, "load: %s%s%s", kb_stage_name(s->stage), s->stage_id ? " " : "",
			 s->stage_id ? s->stage_id : "");
	printf("being looked at: %u devices\n", s->scanning);
	if (s->network) {
		kb_print_escaped(stdout, "network: %s", s->network);
	}
	if (s->ssh) {
		kb_print_escaped(stdout, "ssh: %s", s->ssh);
	}
	if (s->sessions) {
		kb_print_escaped(stdout, "logged in: %s", s->sessions);
	}
	if (s->clock) {
		kb_print_escaped(stdout, "clock: %s", s->clock);
	}
	if (s->notice) {
		kb_print_escaped(stdout, "notice: %s", s->notice);
	}
}

static int run_status(const struct kb_options *options, char **args, int n_args)
{
	const struct kb_intent intent = {.type = KB_DO_STATUS};
	struct kb_connection c = {.message = take_state, .fd = -1};
	struct kb_error err = {0};
	int r = kb_session_ask(options, false, ANSWER_TIMEOUT_MS, &intent, &c, &err);

	(void)args;
	(void)n_args;
	kb_connection_done(&c);
	return r < 0 ? kb_fail(&err) : KB_EXIT_OK;
}

const struct kb_command kb_cmd_status = {
	.name = "status",
	.arguments = "",
	.summary = "what the engine is doing",
	.run = run_status,
};
