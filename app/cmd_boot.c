/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>

#include "command.h"
#include "kboot/base/shown.h"
#include "session.h"

enum { DONE = 1, FAILED = 2 };

/* Until the engine leaves for the new kernel, or says what went wrong. */
static int take_progress(void *ctx, struct kb_str line)
{
	KB_ARENA struct kb_arena arena = {0};
	uint64_t *first_notice = ctx;
	struct kb_message m;

	if (kb_message_decode(&arena, line, &m) < 0) {
		return 0;
	}
	if (m.type == KB_MSG_BYE) {
		kb_say(stdout, "%s", m.text ? m.text : "");
		return DONE;
	}
	if (m.type == KB_MSG_REPLY && !m.ok) {
		kb_say(stderr, "kboot: %s", m.text ? m.text : "refused");
		return FAILED;
	}
	if (m.type == KB_MSG_STATE && *first_notice == UINT64_MAX) {
		*first_notice = m.state.notice_seq;
	} else if (m.type == KB_MSG_STATE && m.state.notice_seq != *first_notice &&
		   m.state.notice_level == KB_NOTICE_ERROR) {
		kb_say(stderr, "kboot: %s", m.state.notice);
		return FAILED;
	}
	return 0;
}

static int boot(const struct kb_options *options, const struct kb_intent *intent)
{
	const struct kb_intent intents[] = {{.type = KB_DO_WATCH, .tty = "kboot boot"}, *intent};
	uint64_t first_notice = UINT64_MAX;
	struct kb_error err = {0};
	int r = kb_session_exchange(options, false, intents, KB_ARRAY_LEN(intents), take_progress,
				    &first_notice, &err);

	if (r < 0) {
		return kb_fail(&err);
	}
	return r == DONE ? KB_EXIT_OK : KB_EXIT_FAILED;
}

/* Words of a command are joined with blanks: `kboot boot linux single`. */
static int join(char **args, int n_args, struct kb_buf *text)
{
	for (int i = 0; i < n_args; i++) {
		kb_buf_printf(text, "%s%s", i > 0 ? " " : "", args[i]);
	}
	return kb_buf_error(text);
}

static int run(const struct kb_options *options, char **args, int n_args)
{
	KB_BUF struct kb_buf text = {0};
	struct kb_intent intent = {.type = KB_DO_BOOT};
	struct kb_error err = {0};

	if (join(args, n_args, &text) < 0) {
		(void)kb_error_set(&err, -ENOMEM, "out of memory");
		return kb_fail(&err);
	}
	intent.id = text.data;
	if (options->dry_run || options->simulated) {
		intent.type = KB_DO_PLAN;
		return kb_session_ask(options, &intent);
	}
	return boot(options, &intent);
}

const struct kb_command kb_cmd_boot = {
	.name = "boot",
	.arguments = "ENTRY|COMMAND… [--dry-run]",
	.summary = "boot; or print the plan: every file as resolved, command line, kexec method",
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
