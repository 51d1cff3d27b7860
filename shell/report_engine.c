/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the engine knows. */
#include <errno.h>
#include <stdio.h>

#include "ask.h"
#include "kboot/base/json.h"
#include "report_text.h"
#include "tables.h"

enum {
	LOG_IDLE_MS = 250, /* so long after its last line the log is told */
	LOG_ROUNDS = 200,
};

const struct kb_message *kb_report_ask(struct kb_report_text *r, const struct kb_intent *intent,
				       struct kb_error *err)
{
	const struct kb_message *reply = NULL;

	if (kb_shell_engine_ask(&r->shell->engine, intent, -1, &reply, err) < 0) {
		return NULL;
	}
	if (!reply->ok) {
		(void)kb_error_set(err, -EPERM, "%s", reply->text ? reply->text : "refused");
		return NULL;
	}
	return reply;
}

static void put_answer(struct kb_report_text *r, const char *title, enum kb_intent_type type,
		       enum kb_secrets_kind kind)
{
	struct kb_error err = {0};
	const struct kb_message *reply = kb_report_ask(r, &(struct kb_intent){.type = type}, &err);
	KB_BUF struct kb_buf text = {0};

	if (!reply) {
		kb_report_why_not(r, title, err.text);
		return;
	}
	kb_shell_put_reply(&text, type, reply);
	kb_report_put(r, title, kb_buf_view(&text), kind, false);
}

static void put_line(struct kb_buf *text, const char *name, const char *value)
{
	if (value && value[0]) {
		kb_buf_printf(text, "%s: %s\n", name, value);
	}
}

static void put_status(struct kb_report_text *r)
{
	const struct kb_state *s = &r->shell->engine.state;
	KB_BUF struct kb_buf text = {0};

	if (!r->shell->engine.has_state) {
		kb_report_why_not(r, "status", "the boot engine has said nothing");
		return;
	}
	put_line(&text, "phase", kb_phase_name(s->phase));
	put_line(&text, "default", s->default_id);
	put_line(&text, "because it is", s->default_why);
	put_line(&text, "selected", s->selected_id);
	put_line(&text, "load", kb_stage_name(s->stage));
	put_line(&text, "network", s->network);
	put_line(&text, "clock", s->clock);
	put_line(&text, "notice", s->notice);
	put_line(&text, "disks", s->disks);
	kb_report_put(r, "status", kb_buf_view(&text), KB_SECRETS_PROSE, false);
}

/* --- the entries, as `kboot list --json` has them */

static void put_text(struct kb_buf *to, const char *key, const char *text)
{
	KB_BUF struct kb_buf hidden = {0};
	bool is_line = key && (strcmp(key, "args") == 0 || strcmp(key, "command") == 0);

	kb_secrets_hide(&hidden, kb_str_from(text), is_line ? KB_SECRETS_CONFIG : KB_SECRETS_PROSE);
	/* Without the line feed that ends it. */
	kb_json_put_str(to, key,
			kb_buf_error(&hidden) < 0 ? KB_STR(KB_SECRETS_HIDDEN)
						  : kb_str_head(kb_buf_view(&hidden),
								hidden.len ? hidden.len - 1 : 0));
}

static void put_value(struct kb_buf *to, const struct kb_json *value, const char *key);

static void put_parts(struct kb_buf *to, const struct kb_json *value, const char *key)
{
	char bracket = value->type == KB_JSON_ARRAY ? '[' : '{';

	kb_json_open(to, key, bracket);
	for (const struct kb_json *part = value->parts; part; part = part->next) {
		put_value(to, part, part->key);
	}
	kb_json_close(to, value->type == KB_JSON_ARRAY ? ']' : '}');
}

/* A text is hidden before it is written: behind JSON's own signs nobody could tell quotes apart. */
static void put_value(struct kb_buf *to, const struct kb_json *value, const char *key)
{
	switch (value->type) {
	case KB_JSON_TEXT:
		put_text(to, key, value->text);
		break;
	case KB_JSON_INT:
		kb_json_put_int(to, key, value->integer);
		break;
	case KB_JSON_BOOL:
		kb_json_put_bool(to, key, value->is_true);
		break;
	case KB_JSON_ARRAY:
	case KB_JSON_OBJECT:
		put_parts(to, value, key);
		break;
	default:
		kb_json_put_null(to, key);
		break;
	}
}

static void take_entry(void *owner, struct kb_str line)
{
	struct kb_buf *entries = owner;
	KB_ARENA struct kb_arena arena = {.max_bytes = (size_t)4 << 20};
	const struct kb_json *message = NULL;

	if (kb_str_starts(line, KB_STR("{\"type\":\"catalog\","))) {
		kb_buf_reset(entries); /* the list begins anew */
	}
	if (!kb_str_starts(line, KB_STR("{\"type\":\"entry\"")) ||
	    entries->len > KB_REPORT_SECTION_BYTES || kb_json_parse(&arena, line, &message) < 0) {
		return;
	}
	message = kb_json_get(message, "entry");
	if (message) {
		put_value(entries, message, NULL);
		kb_buf_putc(entries, '\n');
	}
}

static void put_entries(struct kb_report_text *r)
{
	struct kb_shell_engine *e = &r->shell->engine;
	KB_BUF struct kb_buf entries = {0};
	struct kb_error err = {0};
	bool is_told;

	e->heard = take_entry;
	e->heard_by = &entries;
	is_told = kb_report_ask(r, &(struct kb_intent){.type = KB_DO_LIST}, &err) != NULL;
	e->heard = NULL;
	if (is_told) {
		kb_report_put(r, "entries", kb_buf_view(&entries), KB_SECRETS_PROSE, false);
	} else {
		kb_report_why_not(r, "entries", err.text);
	}
}

/* --- its log */

static void take_log_line(void *owner, struct kb_str line)
{
	static const char *const levels[] = {"debug", "", "warning", "error"};
	struct kb_buf *log = owner;
	KB_ARENA struct kb_arena arena = {0};
	struct kb_message m;

	if (log->len > KB_REPORT_SECTION_BYTES ||
	    !kb_str_starts(line, KB_STR("{\"type\":\"log\"")) ||
	    kb_message_decode(&arena, line, &m) < 0) {
		return;
	}
	kb_buf_printf(log, "%7.2f %-7s %s\n", (double)m.log.time_ms / 1000,
		      (size_t)m.log.level < KB_ARRAY_LEN(levels) ? levels[m.log.level] : "",
		      m.log.text);
}

/* It has no end: what comes later is a line like any other. */
static void put_log(struct kb_report_text *r)
{
	struct kb_shell *s = r->shell;
	KB_BUF struct kb_buf log = {0};
	struct kb_error err = {0};

	if (kb_shell_is_simulated(s)) {
		/* Its times would be those of this run. */
		kb_report_why_not(r, "log", "a simulation has none that matters");
		return;
	}
	s->engine.heard = take_log_line;
	s->engine.heard_by = &log;
	kb_shell_engine_tell(&s->engine, &(struct kb_intent){.type = KB_DO_LOG});
	(void)!kb_report_ask(r, &(struct kb_intent){.type = KB_DO_MOUNTS}, &err);
	for (int i = 0; i < LOG_ROUNDS && kb_shell_engine_is_there(&s->engine); i++) {
		unsigned events =
			kb_events_wait(&s->events, s->engine.connection.fd, -1, LOG_IDLE_MS);

		if (!(events & KB_EVENT_ENGINE)) {
			break;
		}
		kb_shell_engine_read(&s->engine);
	}
	s->engine.heard = NULL;
	kb_report_put(r, "log", kb_buf_view(&log), KB_SECRETS_PROSE, true);
}

void kb_report_engine(struct kb_report_text *r)
{
	put_answer(r, "settings", KB_DO_VARIABLES, KB_SECRETS_CONFIG);
	put_answer(r, "devices", KB_DO_DEVICES, KB_SECRETS_PROSE);
	put_answer(r, "mounts", KB_DO_MOUNTS, KB_SECRETS_PROSE);
	put_answer(r, "why this is the default", KB_DO_EXPLAIN, KB_SECRETS_PROSE);
	put_entries(r);
	/* As it is when all devices were read, which the entries waited for. */
	put_status(r);
	put_log(r);
}
