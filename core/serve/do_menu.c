/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What menus and commands ask for. */
#include "serve/request.h"
#include "serve/serve.h"

#include <errno.h>

/* An entry that is there, as it is; or what a person makes of it. */
static int find_bootable(struct kb_core *k, const struct kb_client *c, struct kb_arena *arena,
			 const struct kb_intent *i, struct kb_entry *ret_entry,
			 struct kb_error *err)
{
	struct kb_engine *e = &k->engine;
	const char *id = i->id || !e->chosen.entry ? i->id : e->chosen.entry->id;
	const struct kb_entry *found = kb_catalog_find(&e->catalog, id);
	enum kb_action action = !found || i->args || i->name ? KB_MAY_EDIT
				: found->unlock              ? KB_MAY_UNLOCK
							     : KB_MAY_BOOT;

	if (!id) {
		return kb_error_set(err, -ENODATA, "there is no default to boot: %s (see `labels`)",
				    e->chosen.why);
	}
	return kb_core_may(k, &c->actor, action, found) == KB_ANSWER_NO
		       ? kb_error_set(err, -EPERM, KB_RESTRICTED_TEXT)
		       : kb_engine_entry(e, arena, id, i->args, i->name, ret_entry, err);
}

enum { UNREAD_TOLD_BYTES = 64 << 10 };

/* The catalog follows as the client reads, and the reply behind it. */
void kb_do_list(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	const struct kb_places *places = &k->engine.places;
	struct kb_buf *failed = &c->list_text;

	kb_buf_reset(failed);
	for (const struct kb_place *p = places->first; p && failed->len < UNREAD_TOLD_BYTES;
	     p = p->next) {
		if (p->status == KB_PLACE_FAILED) {
			kb_engine_tell_place(&k->engine, p, KB_LOG_WARNING, failed);
		}
		kb_engine_tell_losses(p, "", failed);
	}
	kb_core_send_state(k, c);
	c->list = kb_asked_by(c, i);
}

void kb_do_explain(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	KB_BUF struct kb_buf text = {0};
	int r = kb_engine_explain(&k->engine, i->id, &text);

	if (r < 0 || kb_buf_error(&text) < 0) {
		kb_client_reply(c, i, false,
				r == -ENOENT ? "there is no such entry" : "out of memory");
	} else {
		kb_client_reply(c, i, true, text.data);
	}
}

/* By id, as a menu knows it; or by name and from, as a prompt types it. */
void kb_do_plan(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_entry entry;
	struct kb_error err = {0};
	struct kb_request *q;

	if (i->name) {
		kb_do_run(k, c, i);
		return;
	}
	if (find_bootable(k, c, &arena, i, &entry, &err) < 0) {
		kb_client_reply(c, i, false, err.text);
		return;
	}
	q = kb_request_create(k, c, i);
	if (q) {
		kb_request_plan(q, &entry);
	}
}

void kb_do_watch(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	const struct kb_message hello = {
		.type = KB_MSG_HELLO,
		.version = KB_PROTO_VERSION,
		.restarted = k->engine.restarted,
		.text = "kboot " KBOOT_VERSION,
	};

	(void)snprintf(c->tty, sizeof(c->tty), "%s", i->tty ? i->tty : "");
	c->watching = true;
	c->catalog_seen = 0;
	c->greeting_seen = 0;
	c->state_seen = 0;
	kb_client_send(c, &hello);
}

static const char *console_of(const struct kb_client *c)
{
	return c->tty[0] ? c->tty : "a console";
}

static void touch(struct kb_core *k, const struct kb_client *c)
{
	kb_engine_touched(&k->engine, c->actor.is_remote);
	kb_engine_touch(&k->engine, console_of(c));
}

/* A key, with or without an entry that is selected from now on. */
void kb_do_select(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	touch(k, c);
	if (i->id) {
		kb_engine_select(&k->engine, i->id);
	}
}

/* Enter was meant for an entry that is no longer there. */
static bool was_lost(struct kb_engine *e)
{
	int64_t lost_ms = e->selection.lost_ms;

	if (lost_ms == 0 || kb_engine_now(e) - lost_ms >= KB_LOST_MS) {
		return false;
	}
	e->selection.lost_ms = 0;
	return true;
}

void kb_do_boot(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	struct kb_engine *e = &k->engine;
	const struct kb_entry *found = kb_catalog_find(&e->catalog, i->id);
	KB_ARENA struct kb_arena arena = {0};
	struct kb_entry entry;
	struct kb_error err = {0};

	touch(k, c);
	if (!i->args && !i->name && kb_engine_is_for_prompt(found) &&
	    kb_core_may(k, &c->actor, KB_MAY_BOOT, found) == KB_ANSWER_YES) {
		kb_client_answer(c, kb_asked_by(c, i),
				 (struct kb_message){.ok = true, .how = "command"});
		return;
	}
	if (was_lost(e)) {
		(void)kb_error_set(&err, -ENODEV, "%s: choose again", e->selection.lost);
	}
	if (err.code || find_bootable(k, c, &arena, i, &entry, &err) < 0) {
		/* That there is no default concerns only who asked for it. */
		if (err.code != -ENODATA) {
			kb_engine_notice(e, KB_NOTICE_ERROR, "%s.", err.text);
		}
		kb_client_reply(c, i, false, err.text);
		return;
	}
	k->asker = c->id;
	kb_engine_boot(e, &entry, KB_EVENT_CHOSEN);
	kb_client_reply(c, i, true, NULL);
}

void kb_do_cancel(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	(void)c;
	(void)i;
	kb_engine_cancel_boot(&k->engine);
}

void kb_do_answer(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	/* Whom a key lets in for a label believes no server's. */
	bool is_asked = c->id == k->asker && (i->secret || !c->actor.restricted) &&
			kb_engine_answer(&k->engine, i->question, i->user, i->secret) == 0;

	kb_client_reply(c, i, is_asked, is_asked ? NULL : "that is not asked any more");
}

void kb_do_rescan(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	struct kb_error err = {0};
	int r = kb_engine_rescan(&k->engine, &err);

	if (r < 0) {
		kb_client_reply_error(c, i, r, &err);
	} else {
		kb_client_reply(c, i, true, "Looking at all disks again.");
	}
}

void kb_do_log(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	(void)k;
	(void)i;
	c->wants_log = true;
}

/* The policy has been asked. A prompt may be opened on a restricted kboot, too: it starts labels
 * and nothing else. */
void kb_do_permit(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	(void)k;
	kb_client_reply(c, i, true, NULL);
}

void kb_do_power(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	kb_client_reply(c, i, true, NULL);
	kb_engine_power(&k->engine, i->type == KB_DO_REBOOT ? KB_LEAVE_REBOOT : KB_LEAVE_POWEROFF,
			NULL);
}

/* Its variable is written. */
static void restart_into(struct kb_request *q)
{
	kb_engine_power(&q->core->engine, KB_LEAVE_REBOOT, q->found.place);
	kb_request_reply(q, true, NULL, NULL);
}

void kb_do_firmware(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	struct kb_request *q = kb_request_create(k, c, i);

	if (q) {
		q->judged = i->name ? restart_into : NULL;
		kb_request_prompt(q, KB_TASK_FIRMWARE, i);
	}
}

void kb_do_status(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	kb_core_send_state(k, c);
	kb_client_reply(c, i, true, NULL);
}
