/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>

#include "command.h"
#include "kboot/base/escape.h"
#include "session.h"

struct listing {
	bool json;
	bool started;
	bool any;
	int error;
};

/*
 * The entry's object is the last thing in its line, so that a list of ten thousand is handed on
 * without being taken apart and put together again.
 */
static bool print_json_entry(struct listing *l, struct kb_str line)
{
	const struct kb_str head = KB_STR("{\"type\":\"entry\",\"entry\":");

	if (!l->json || !kb_str_starts(line, head) || !kb_str_ends(line, KB_STR("}"))) {
		return false;
	}
	line = kb_str_skip(line, head.len);
	(void)fputs(l->any ? ",\n    " : "\n    ", stdout);
	if (fwrite(line.data, 1, line.len - 1, stdout) != line.len - 1) {
		l->error = -EIO;
	}
	l->any = true;
	return true;
}

static void print_json_head(struct listing *l, const json_t *state)
{
	KB_BUF struct kb_buf id = {0};
	bool has_timeout = kb_json_get_bool(state, "has_timeout", false);
	long long timeout_s = kb_json_get_int(state, "timeout_ms", 0) / 1000;

	(void)fputs("{\n  \"default\": ", stdout);
	if (kb_json_write(json_object_get(state, "default_id"), 0, &id) < 0) {
		kb_buf_puts(&id, "null");
	}
	(void)fputs(id.data ? id.data : "null", stdout);
	if (!has_timeout) {
		(void)fputs(",\n  \"timeout\": null,\n  \"entries\": [", stdout);
	} else {
		printf(",\n  \"timeout\": %lld,\n  \"entries\": [", timeout_s);
	}
	l->started = true;
}

static void print_entry(const json_t *message)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_entry e;

	if (kb_entry_from_json(&arena, json_object_get(message, "entry"), &e) < 0 || e.hidden) {
		return;
	}
	kb_print_escaped(stdout, "%c %s", e.is_default ? '*' : ' ',
			 e.title   ? e.title
			 : e.label ? e.label
				   : "?");
	kb_print_escaped(stdout, "    %s", e.id ? e.id : "?");
	for (size_t i = 0; i < e.n_problems; i++) {
		kb_print_escaped(stdout, "    ! %s", e.problems[i]);
	}
}

static int take_line(void *ctx, struct kb_str line)
{
	KB_JSON json_t *message = NULL;
	struct listing *l = ctx;
	const char *type;

	if (print_json_entry(l, line)) {
		return l->error;
	}
	if (kb_json_parse(line, &message) < 0) {
		return -EPROTO;
	}
	type = kb_json_get_str(message, "type", "");
	if (strcmp(type, "state") == 0 && l->json) {
		print_json_head(l, message);
	} else if (strcmp(type, "entry") == 0) {
		print_entry(message);
	} else if (strcmp(type, "reply") == 0) {
		/* What could not be read. */
		kb_print_escaped_lines(stderr, kb_json_get_str(message, "text", NULL));
		if (l->json) {
			(void)fputs(l->any ? "\n  ]\n}\n" : "]\n}\n", stdout);
		}
		return 1;
	}
	return l->error;
}

static int run(const struct kb_options *options, char **args, int n_args)
{
	const struct kb_intent intent = {.type = KB_DO_LIST};
	struct listing listing = {.json = options->json};
	struct kb_error err = {0};
	int r = kb_session_exchange(options, true, &intent, 1, take_line, &listing, &err);

	(void)args;
	(void)n_args;
	return r < 0 ? kb_fail(&err) : KB_EXIT_OK;
}

const struct kb_command kb_cmd_list = {
	.name = "list",
	.arguments = "[--json]",
	.summary = "what can be booted",
	.run = run,
};
