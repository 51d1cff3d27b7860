/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <unistd.h>

#include "command.h"
#include "kboot/base/escape.h"
#include "kboot/base/json.h"
#include "kboot/terminal/size.h"
#include "kboot/terminal/text.h"
#include "session.h"

enum { NUMBER, TITLE, DEVICE, KERNEL, DEFAULT, PROBLEM, N_COLUMNS };
enum { GAP = 2, MIN_WIDTH = 12, MAX_WIDTH = 200 }; /* of a column; a longer text sticks out */

struct row {
	const struct row *next;
	const char *cells[N_COLUMNS]; /* harmless */
};

struct listing {
	bool json;
	bool any; /* there was an entry, for JSON */
	struct kb_arena arena;
	const struct row *first;
	const struct row **end;
	size_t n;
	int error;
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

static const struct kb_symbols *const symbols = &kb_symbols[KB_CHARSET_UTF8];

static char *cell(struct kb_arena *arena, const char *text)
{
	KB_BUF struct kb_buf buf = {0};

	kb_escape(&buf, kb_str_from(text));
	return kb_buf_error(&buf) < 0 ? NULL : kb_arena_str(arena, kb_buf_view(&buf));
}

static char *problems(struct kb_arena *arena, const struct kb_entry *e)
{
	KB_BUF struct kb_buf buf = {0};

	for (size_t i = 0; i < e->n_problems; i++) {
		kb_buf_printf(&buf, "%s%s", i > 0 ? "; " : "", e->problems[i]);
	}
	return kb_buf_error(&buf) < 0 ? NULL : cell(arena, buf.data);
}

static int add_row(struct listing *l, const struct kb_entry *e)
{
	const char *title = e->title ? e->title : e->label;
	struct row *row = kb_arena_alloc(&l->arena, sizeof(*row));

	if (!row) {
		return -ENOMEM;
	}
	row->cells[NUMBER] = kb_arena_printf(&l->arena, "%zu", ++l->n);
	row->cells[TITLE] = cell(&l->arena, title ? title : "?");
	row->cells[DEVICE] = cell(&l->arena, e->device ? e->device->name : NULL);
	row->cells[KERNEL] = cell(&l->arena, e->kernel ? e->kernel : e->command);
	row->cells[DEFAULT] = e->is_default ? "*" : "";
	row->cells[PROBLEM] = problems(&l->arena, e);
	for (size_t i = 0; i < N_COLUMNS; i++) {
		if (!row->cells[i]) {
			return -ENOMEM;
		}
	}
	*l->end = row;
	l->end = &row->next;
	return 0;
}

static void measure(const struct row *row, int width[N_COLUMNS])
{
	for (; row; row = row->next) {
		for (size_t i = 0; i < N_COLUMNS; i++) {
			int columns = kb_text_columns(kb_str_from(row->cells[i]), symbols);

			columns = columns > MAX_WIDTH ? MAX_WIDTH : columns;
			width[i] = columns > width[i] ? columns : width[i];
		}
	}
}

/* What is long gives way, so that a problem is seen. */
static void squeeze(int width[N_COLUMNS], int columns)
{
	int used = (N_COLUMNS - 1) * GAP;

	for (size_t i = 0; i < N_COLUMNS; i++) {
		used += width[i];
	}
	for (; used > columns; used--) {
		int *longest = width[TITLE] > width[KERNEL] ? &width[TITLE] : &width[KERNEL];

		if (*longest <= MIN_WIDTH) {
			break;
		}
		(*longest)--;
	}
}

/* columns 0: nothing is cut. */
static void put_row(const struct row *row, const int width[N_COLUMNS], int columns,
		    struct kb_buf *line)
{
	int missing = 0;

	kb_buf_reset(line);
	for (size_t i = 0; i < N_COLUMNS; i++) {
		struct kb_str text = kb_str_from(row->cells[i]);

		text = columns > 0 && i != PROBLEM ? kb_text_fit(text, width[i], symbols) : text;
		if (text.len > 0) {
			kb_buf_printf(line, "%*s%.*s", missing, "", KB_STR_ARG(text));
			missing = 0;
		}
		missing += GAP + width[i] - kb_text_columns(text, symbols);
		missing = missing < GAP ? GAP : missing;
	}
	if (kb_buf_error(line) == 0) {
		struct kb_str whole = kb_buf_view(line);

		whole = columns > 0 ? kb_text_fit(whole, columns, symbols) : whole;
		printf("%.*s\n", KB_STR_ARG(whole));
	}
}

static void print_table(const struct row *first)
{
	const struct row heading = {first,
				    {"No", "Title", "Device", "Kernel", "Default", "Problem"}};
	KB_BUF struct kb_buf line = {0};
	struct kb_terminal_size size = {.cols = KB_TERMINAL_COLS};
	bool clip = isatty(STDOUT_FILENO);
	int width[N_COLUMNS] = {0};

	measure(&heading, width);
	if (clip) {
		(void)kb_terminal_size_known(STDOUT_FILENO, &size);
		squeeze(width, size.cols);
	}
	for (const struct row *row = first ? &heading : NULL; row; row = row->next) {
		put_row(row, width, clip ? size.cols : 0, &line);
	}
}

static void take_message(void *ctx, const struct kb_message *m, struct kb_arena *arena)
{
	struct listing *l = ctx;

	(void)arena;
	if (m->type == KB_MSG_STATE && l->json) {
		print_json_head(&m->state);
	} else if (m->type == KB_MSG_ENTRY && !m->entry.hidden && l->error == 0) {
		l->error = add_row(l, &m->entry);
	}
}

static int run(const struct kb_options *options, char **args, int n_args)
{
	const struct kb_intent intent = {.type = KB_DO_LIST};
	struct listing listing = {.json = options->json, .end = &listing.first};
	struct kb_connection c = {.ctx = &listing,
				  .line = take_line,
				  .message = take_message,
				  .fd = -1};
	struct kb_error err = {0};
	int r = kb_session_ask(options, true, -1, &intent, &c, &err);

	(void)args;
	(void)n_args;
	r = r == 0 && listing.error < 0 ? kb_error_set(&err, listing.error, "out of memory") : r;
	if (r == 0) {
		/* What could not be read. */
		kb_print_escaped_lines(stderr, c.reply.text);
	}
	if (r == 0 && options->json) {
		(void)fputs(listing.any ? "\n  ]\n}\n" : "]\n}\n", stdout);
	} else if (r == 0) {
		(void)setlocale(LC_CTYPE, "C.UTF-8");
		print_table(listing.first);
	}
	kb_arena_done(&listing.arena);
	kb_connection_done(&c);
	return r < 0 ? kb_fail(&err) : KB_EXIT_OK;
}

const struct kb_command kb_cmd_list = {
	.name = "list",
	.arguments = "[--json]",
	.summary = "what can be booted",
	.run = run,
};
