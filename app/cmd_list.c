/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <locale.h>
#include <stdio.h>

#include "command.h"
#include "kboot/base/escape.h"
#include "kboot/base/json.h"
#include "kboot/terminal/table.h"
#include "session.h"

enum { NUMBER, TITLE, DEVICE, KERNEL, DEFAULT, PROBLEM };

struct listing {
	bool json;
	bool any; /* there was an entry, for JSON */
	struct kb_table table;
};

/*
 * The entry's object is the last thing in its line, so that a list of ten thousand is handed on
 * without being taken apart and put together again.
 */
static bool take_line(void *ctx, struct kb_str line)
{
	const struct kb_str head = KB_STR("{\"type\":\"entry\",\"entry\":");
	struct listing *l = ctx;

	if (!l->json || !kb_str_starts(line, head) || !kb_str_ends(line, KB_STR("}"))) {
		return false;
	}
	line = kb_str_skip(line, head.len);
	(void)fputs(l->any ? ",\n    " : "\n    ", stdout);
	(void)fwrite(line.data, 1, line.len - 1, stdout);
	l->any = true;
	return true;
}

static void print_json_head(const struct kb_state *state)
{
	KB_BUF struct kb_buf text = {0};

	kb_json_put_text(&text, NULL, state->default_id);
	printf("{\n  \"default\": %s,\n  \"timeout\": ", text.data ? text.data : "null");
	if (state->has_timeout) {
		printf("%lld", (long long)state->timeout_ms / 1000);
	} else {
		(void)fputs("null", stdout);
	}
	(void)fputs(",\n  \"entries\": [", stdout);
}

/* --- the table for people */

static const char *problems(struct kb_table *t, const struct kb_entry *e)
{
	const char *all = NULL;

	for (size_t i = 0; i < e->n_problems; i++) {
		all = kb_table_printf(t, "%s%s%s", all ? all : "", all ? "; " : "", e->problems[i]);
	}
	return all;
}

static void add_entry(struct kb_table *t, const struct kb_entry *e)
{
	const char *title = e->title ? e->title : e->label;
	const char *kernel = e->kernel ? e->kernel : e->command;

	if (t->n == 0) {
		kb_table_add(t, (struct kb_table_row){
					{"No", "Title", "Device", "Kernel", "Default", "Problem"}});
	}
	kb_table_add(t,
		     (struct kb_table_row){
			     .cells = {[NUMBER] = kb_table_printf(t, "%zu", t->n),
				       [TITLE] = kb_table_printf(t, "%s", title ? title : "?"),
				       [DEVICE] = e->device ? kb_table_printf(t, "%s",
									      kb_device_display(
										      e->device))
							    : NULL,
				       [KERNEL] = kernel ? kb_table_printf(t, "%s", kernel) : NULL,
				       [DEFAULT] = e->is_default ? "*" : NULL,
				       [PROBLEM] = problems(t, e)}});
}

static void take_message(void *ctx, const struct kb_message *m, struct kb_arena *arena)
{
	struct listing *l = ctx;

	(void)arena;
	if (m->type == KB_MSG_STATE && l->json) {
		print_json_head(&m->state);
	} else if (m->type == KB_MSG_ENTRY && !m->entry.hidden) {
		add_entry(&l->table, &m->entry);
	}
}

static int run(const struct kb_options *options, char **args, int n_args)
{
	const struct kb_intent intent = {.type = KB_DO_LIST};
	struct listing listing = {.json = options->json};
	struct kb_connection c = {.ctx = &listing,
				  .line = take_line,
				  .message = take_message,
				  .fd = -1};
	struct kb_error err = {0};
	KB_BUF struct kb_buf text = {0};
	int r = kb_session_ask(options, true, -1, &intent, &c, &err);

	(void)args;
	(void)n_args;
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	kb_table_lines(&listing.table, kb_table_columns(), 1U << TITLE | 1U << KERNEL, &text);
	r = r == 0 && kb_buf_error(&text) < 0 ? kb_error_no_memory(&err) : r;
	if (r == 0) {
		/* What could not be read. */
		kb_print_escaped_lines(stderr, c.reply.text);
	}
	if (r == 0 && options->json) {
		(void)fputs(listing.any ? "\n  ]\n}\n" : "]\n}\n", stdout);
	} else if (r == 0) {
		(void)fputs(text.data ? text.data : "", stdout);
	}
	if (r == 0 && !text.data && !listing.any) {
		(void)fputs("kboot: nothing to boot was found\n", stderr);
	}
	kb_table_done(&listing.table);
	kb_connection_done(&c);
	return r < 0 ? kb_fail(&err) : KB_EXIT_OK;
}

const struct kb_command kb_cmd_list = {
	.name = "list",
	.arguments = "[--json]",
	.summary = "what can be booted",
	.run = run,
};
