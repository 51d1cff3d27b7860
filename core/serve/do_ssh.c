/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is logged in by SSH, and how one of them is shown out. */
#include <inttypes.h>
#include <stdlib.h>

#include "kboot/base/escape.h"
#include "serve/serve.h"

enum { SESSIONS_TEXT = 512 };

/* Of somebody else's making: a name that a key has in its comment. */
static void take_text(char *to, size_t size, const char *from)
{
	KB_BUF struct kb_buf text = {0};

	kb_escape(&text, kb_str_head(kb_str_from(from ? from : ""), size));
	(void)snprintf(to, size, "%s", text.data ? text.data : "");
}

static bool does_hold(const char *kind)
{
	return strcmp(kind, "menu") == 0 || strcmp(kind, "shell") == 0 ||
	       strcmp(kind, "files") == 0;
}

void kb_do_session(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	struct kb_logged_in *l = c->logged_in ? NULL : calloc(1, sizeof(*l));

	if (!c->actor.is_remote || !l) {
		free(l);
		kb_client_reply(c, i, false,
				c->actor.is_remote ? "it is one already"
						   : "only who is logged in by SSH is a session");
		return;
	}
	take_text(l->who, sizeof(l->who), i->user && i->user[0] ? i->user : "somebody");
	take_text(l->from, sizeof(l->from), i->from);
	take_text(l->kind, sizeof(l->kind), i->want);
	l->since_ms = kb_engine_now(&k->engine);
	l->holds = does_hold(l->kind);
	c->logged_in = l;
	kb_journal_add(&k->engine.journal, KB_LOG_INFO, "ssh: %s from %s is logged in%s: %s",
		       l->who, l->from, c->actor.restricted ? ", restricted to labels" : "",
		       l->kind);
	if (l->holds) {
		kb_engine_notice(&k->engine, KB_NOTICE_INFO, "%s is logged in from %s.", l->who,
				 l->from);
	}
	kb_engine_changed(&k->engine);
	kb_client_answer(c, kb_asked_by(c, i),
			 (struct kb_message){.ok = true,
					     .how = c->actor.restricted ? "restricted" : NULL});
}

void kb_do_sessions(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	KB_TABLE struct kb_table t = {0};
	const char *state = kb_engine_ssh_words(&k->engine.ssh);
	KB_BUF struct kb_buf text = {0};

	for (const struct kb_client *s = k->server.first; s; s = s->next) {
		const struct kb_logged_in *l = s->dropped ? NULL : s->logged_in;

		if (l) {
			int64_t minutes = (kb_engine_now(&k->engine) - l->since_ms) / 60000;

			kb_table_add(&t, (struct kb_table_row){
						 {kb_table_printf(&t, "%" PRIu64, s->id), l->who,
						  l->from, l->kind,
						  kb_table_printf(&t, "%" PRId64, minutes),
						  s->actor.restricted ? "labels only" : NULL}});
		}
	}
	kb_buf_printf(&text, "SSH is %s%s\n", state ? "on: " : "off", state ? state : "");
	kb_client_reply_table(c, i, &t, text.data);
}

void kb_do_end(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	const struct kb_message bye = {.type = KB_MSG_BYE,
				       .text = "This session was ended by somebody else."};
	uint64_t id = 0;
	struct kb_client *s = kb_str_to_u64(kb_str_from(i->name), &id) < 0
				      ? NULL
				      : kb_server_find(&k->server, id);

	if (!s || !s->logged_in) {
		kb_client_reply(c, i, false, "there is no such session (see `sessions`)");
		return;
	}
	kb_journal_add(&k->engine.journal, KB_LOG_INFO, "ssh: the session of %s from %s is ended",
		       s->logged_in->who, s->logged_in->from);
	kb_client_reply(c, i, true, NULL);
	kb_client_send(s, &bye);
	kb_client_push(s);
}

void kb_core_tell_sessions(const struct kb_core *k, struct kb_buf *text)
{
	for (const struct kb_client *s = k->server.first; s && text->len < SESSIONS_TEXT;
	     s = s->next) {
		const struct kb_logged_in *l = s->dropped ? NULL : s->logged_in;

		if (l && l->holds) {
			kb_buf_printf(text, "%s%s from %s (%s)", text->len > 0 ? ", " : "", l->who,
				      l->from, l->kind);
		}
	}
}

void kb_core_look_at_sessions(struct kb_core *k)
{
	unsigned n = 0;

	for (struct kb_client *c = k->server.first; c; c = c->next) {
		if (!c->logged_in) {
			continue;
		}
		if (c->dropped) {
			kb_journal_add(&k->engine.journal, KB_LOG_INFO, "ssh: %s from %s has left",
				       c->logged_in->who, c->logged_in->from);
			free(c->logged_in);
			c->logged_in = NULL;
			kb_engine_changed(&k->engine);
		} else {
			n += c->logged_in->holds;
		}
	}
	if (n != k->n_holding) {
		k->n_holding = n;
		kb_engine_sessions(&k->engine, n);
	}
}
