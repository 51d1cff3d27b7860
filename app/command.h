/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A subcommand: one file each, one const row each.
 * For app.
 * Must not share state: each command gets the parsed options and answers with an exit status.
 */
#ifndef KBOOT_APP_COMMAND_H
#define KBOOT_APP_COMMAND_H

#include "options.h"

enum { KB_EXIT_OK = 0, KB_EXIT_FAILED = 1, KB_EXIT_USAGE = 2 };

struct kb_command {
	const char *name;
	const char *arguments; /* for the usage */
	const char *summary;
	int min_args;
	int max_args; /* -1: any number */
	/* args are the operands. Returns the exit status. */
	int (*run)(const struct kb_options *options, char **args, int n_args);
};

extern const struct kb_command kb_cmd_menu, kb_cmd_engine, kb_cmd_list, kb_cmd_explain, kb_cmd_boot,
	kb_cmd_check, kb_cmd_eval, kb_cmd_status, kb_cmd_rescan, kb_cmd_shell, kb_cmd_fetch,
	kb_cmd_network, kb_cmd_lease, kb_cmd_rescue, kb_cmd_report;

/* "kboot: text" on standard error; answers KB_EXIT_FAILED. */
int kb_fail(const struct kb_error *err);

#endif
