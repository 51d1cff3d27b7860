/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What clients want of the engine, and what they are told. */
#include <errno.h>
#include <stdlib.h>

#include "engine/engine_private.h"

/* With a first wait in which nothing is shown, nothing is shown before it either. */
static bool starts_unseen(const struct kb_engine *e)
{
	return !e->touched && (kb_settings_ms(&e->settings, KB_VAR_DELAY, 0) > 0 ||
			       kb_settings_ms(&e->settings, KB_VAR_TIMEOUT, -1) == 0);
}

/* Quiet hardware may still have a disk to come: a menu would only flash up before its delay. */
static bool is_phase_known(const struct kb_engine *e)
{
	bool may_come = !e->options.simulation && starts_unseen(e) &&
			kb_engine_now(e) - e->started_ms < KB_UNSEEN_WINDOW_MS;

	return e->decided || (kb_engine_settled(e) && !may_come);
}

static void fill_state(const struct kb_engine *e, struct kb_state *s)
{
	const struct kb_pipeline *p = &e->pipeline;
	bool known = is_phase_known(e);
	enum kb_phase early = starts_unseen(e) ? KB_PHASE_DELAY : KB_PHASE_STARTING;

	*s = (struct kb_state){
		.phase = known ? e->countdown.phase : early,
		.remaining_ms = kb_countdown_remaining(&e->countdown, kb_engine_now(e)),
		.total_ms = e->countdown.total_ms,
		.has_timeout = kb_settings_get(&e->settings, KB_VAR_TIMEOUT) != NULL,
		.timeout_ms = kb_settings_ms(&e->settings, KB_VAR_TIMEOUT, 0),
		.default_id = e->chosen.entry ? e->chosen.entry->id : NULL,
		.default_why = e->chosen.why,
		.selected_id = e->selected_id,
		.stage = p->stage,
		.stage_id = p->stage == KB_STAGE_NONE ? NULL : p->entry.id,
		.done_bytes = p->done_bytes,
		.total_bytes = p->total_bytes,
		.scanning = kb_places_pending(&e->places),
		.notice_level = e->notice_level,
		.notice_seq = e->notice_seq,
		.notice = e->notice[0] ? e->notice : NULL,
		.restricted = kb_settings_bool(&e->settings, KB_VAR_RESTRICTED),
		.simulated = e->options.simulation != NULL,
	};
	if (e->leaving) {
		s->phase = KB_PHASE_LEAVING;
	} else if (e->want_boot) {
		s->phase = e->unseen ? KB_PHASE_DELAY : KB_PHASE_BOOTING;
	}
}

static void send_state(const struct kb_engine *e, struct kb_client *c)
{
	struct kb_message m = {.type = KB_MSG_STATE};

	fill_state(e, &m.state);
	kb_client_send(c, &m);
}

void kb_engine_send_state(void *data)
{
	struct kb_engine *e = data;

	kb_engine_fresh_catalog(e);
	for (struct kb_client *c = e->server.first; c; c = c->next) {
		if (c->watching && e->catalog_dirty) {
			kb_engine_send_catalog(e, c);
		}
		if (c->watching) {
			send_state(e, c);
		}
	}
	e->catalog_dirty = false;
}

void kb_engine_send_catalog(struct kb_engine *e, struct kb_client *c)
{
	struct kb_message m = {.type = KB_MSG_CATALOG, .count = e->catalog.n_entries};

	kb_client_send(c, &m);
	m.type = KB_MSG_ENTRY;
	for (size_t i = 0; i < e->catalog.n_entries; i++) {
		m.entry = e->catalog.entries[i];
		kb_client_send(c, &m);
	}
	m.type = KB_MSG_CATALOG_END;
	kb_client_send(c, &m);
}

static void send_greeting(const struct kb_engine *e, struct kb_client *c)
{
	const struct kb_message m = {.type = KB_MSG_GREETING, .text = e->greeting};

	if (e->greeting) {
		kb_client_send(c, &m);
	}
}

void kb_engine_send_greeting(struct kb_engine *e)
{
	for (struct kb_client *c = e->server.first; c; c = c->next) {
		if (c->watching) {
			send_greeting(e, c);
		}
	}
}

static void send_log(struct kb_engine *e, struct kb_client *c)
{
	const struct kb_log_line *line;

	while (c->wants_log && (line = kb_log_next(&e->journal.log, c->log_seq))) {
		const struct kb_message m = {.type = KB_MSG_LOG, .log = *line};

		c->log_seq = line->seq;
		kb_client_send(c, &m);
	}
}

void kb_engine_send_log(void *ctx)
{
	struct kb_engine *e = ctx;

	for (struct kb_client *c = e->server.first; c; c = c->next) {
		send_log(e, c);
	}
}

void kb_engine_client_left(void *ctx)
{
	struct kb_engine *e = ctx;

	kb_requests_left(e);
	if (e->options.leave_when_alone && !e->server.first) {
		kb_loop_quit(e->loop, 0);
	}
}

/* Restricted: an entry that is there, as it is. */
static bool may_use(const struct kb_engine *e, const char *id, const char *args)
{
	const struct kb_entry *found = kb_catalog_find(&e->catalog, id);

	if (!kb_settings_bool(&e->settings, KB_VAR_RESTRICTED)) {
		return true;
	}
	return found && !args && kb_engine_allows(e, found);
}

enum { UNREAD_TOLD_BYTES = 64 << 10 };

static void do_list(struct kb_engine *e, struct kb_client *c, const struct kb_intent *i)
{
	KB_BUF struct kb_buf failed = {0};

	(void)i;
	send_state(e, c);
	kb_engine_send_catalog(e, c);
	for (const struct kb_place *p = e->places.first; p && failed.len < UNREAD_TOLD_BYTES;
	     p = p->next) {
		if (p->status == KB_PLACE_FAILED) {
			kb_buf_printf(&failed, "%s: %s\n", kb_place_name(p), p->found.error.text);
		}
		kb_engine_tell_losses(p, "", &failed);
	}
	kb_client_reply(c, KB_DO_LIST, true, failed.data);
}

static void do_explain(struct kb_engine *e, struct kb_client *c, const struct kb_intent *i)
{
	KB_BUF struct kb_buf text = {0};
	int r = kb_engine_explain(e, i->id, &text);

	if (r == 0) {
		r = kb_buf_error(&text);
	}
	if (r == -ENOENT) {
		kb_client_reply(c, KB_DO_EXPLAIN, false, "there is no such entry");
	} else {
		kb_client_reply(c, KB_DO_EXPLAIN, r == 0, r == 0 ? text.data : "out of memory");
	}
}

void kb_engine_reply_no_default(const struct kb_engine *e, struct kb_client *c,
				enum kb_intent_type to)
{
	char text[KB_ERROR_TEXT];

	(void)snprintf(text, sizeof(text), "there is no default to boot: %s (see `labels`)",
		       e->chosen.why);
	kb_client_reply(c, to, false, text);
}

/* By id, as a menu knows it; or by name and from, as a prompt types it. */
static void do_plan(struct kb_engine *e, struct kb_client *c, const struct kb_intent *i)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_entry entry;
	struct kb_error err = {0};
	struct kb_request *q;

	if (i->name) {
		kb_engine_do_run(e, c, i);
		return;
	}
	if (!i->id && !e->chosen.entry) {
		kb_engine_reply_no_default(e, c, KB_DO_PLAN);
		return;
	}
	if (i->id && !may_use(e, i->id, i->args)) {
		kb_client_reply(c, KB_DO_PLAN, false, KB_RESTRICTED_TEXT);
		return;
	}
	if (kb_engine_entry(e, &arena, i->id ? i->id : e->chosen.entry->id, i->args, &entry, &err) <
	    0) {
		kb_client_reply(c, KB_DO_PLAN, false, err.text);
		return;
	}
	q = kb_request_create(e, c, KB_DO_PLAN);
	if (q) {
		kb_request_plan(q, &entry);
	}
}

/* --- intents, one function each
 * ----------------------------------------------------------------------------------- */

static void do_watch(struct kb_engine *e, struct kb_client *c, const struct kb_intent *i)
{
	const struct kb_message hello = {
		.type = KB_MSG_HELLO,
		.version = KB_PROTO_VERSION,
		.restarted = e->restarted,
		.text = "kboot " KBOOT_VERSION,
	};

	(void)snprintf(c->tty, sizeof(c->tty), "%s", i->tty ? i->tty : "");
	c->watching = true;
	kb_engine_fresh_catalog(e);
	kb_client_send(c, &hello);
	send_greeting(e, c);
	kb_engine_send_catalog(e, c);
	send_state(e, c);
}

static void do_activity(struct kb_engine *e, struct kb_client *c, const struct kb_intent *i)
{
	(void)i;
	kb_engine_touch(e, c->tty[0] ? c->tty : "a console");
}

static void do_select(struct kb_engine *e, struct kb_client *c, const struct kb_intent *i)
{
	kb_engine_touch(e, c->tty[0] ? c->tty : "a console");
	kb_engine_fresh_catalog(e);
	if (i->id) {
		kb_engine_select(e, i->id);
	}
}

static void send_to_prompt(struct kb_client *c)
{
	const struct kb_message m = {.type = KB_MSG_REPLY,
				     .to = kb_intent_name(KB_DO_BOOT),
				     .request = c->request,
				     .ok = true,
				     .how = "command"};

	kb_client_send(c, &m);
}

static void do_boot(struct kb_engine *e, struct kb_client *c, const struct kb_intent *i)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_entry entry;
	struct kb_error err = {0};
	const char *id = i->id;
	int r;

	kb_engine_person_chose(e);
	kb_engine_fresh_catalog(e);
	if (!id && e->chosen.entry) {
		id = e->chosen.entry->id;
	}
	if (!id) {
		kb_engine_reply_no_default(e, c, KB_DO_BOOT);
		return;
	}
	if (e->lost_ms > 0 && kb_engine_now(e) - e->lost_ms < KB_LOST_MS) {
		e->lost_ms = 0;
		r = kb_error_set(&err, -ENODEV,
				 "The selected entry is gone, its disk was removed: choose again");
	} else if (!may_use(e, id, i->args)) {
		r = kb_error_set(&err, -EPERM, KB_RESTRICTED_TEXT);
	} else if (!i->args && kb_engine_is_for_prompt(kb_catalog_find(&e->catalog, i->id))) {
		send_to_prompt(c);
		return;
	} else {
		r = kb_engine_entry(e, &arena, id, i->args, &entry, &err);
	}
	if (r < 0) {
		kb_engine_notice(e, KB_NOTICE_ERROR, "%s.", err.text);
		kb_client_reply(c, KB_DO_BOOT, false, err.text);
		return;
	}
	kb_engine_boot(e, &entry);
	kb_client_reply(c, KB_DO_BOOT, true, NULL);
}

static void do_cancel(struct kb_engine *e, struct kb_client *c, const struct kb_intent *i)
{
	(void)c;
	(void)i;
	kb_engine_cancel_boot(e);
}

static void do_rescan(struct kb_engine *e, struct kb_client *c, const struct kb_intent *i)
{
	struct kb_error err = {0};
	int r = 0;

	(void)i;
	if (e->options.simulation) {
		kb_places_read_again(&e->places);
	} else {
		r = kb_places_enumerate(&e->places, true, &err);
	}
	kb_client_reply(c, KB_DO_RESCAN, r == 0, r < 0 ? err.text : NULL);
}

static void do_log(struct kb_engine *e, struct kb_client *c, const struct kb_intent *i)
{
	(void)i;
	c->wants_log = true;
	send_log(e, c);
}

/* Of a restricted kboot too: its prompt starts labels and nothing else. */
static void do_shell(struct kb_engine *e, struct kb_client *c, const struct kb_intent *i)
{
	(void)e;
	(void)i;
	kb_client_reply(c, KB_DO_SHELL, true, NULL);
}

static void do_power(struct kb_engine *e, struct kb_client *c, const struct kb_intent *i)
{
	kb_client_reply(c, i->type, true, NULL);
	if (e->options.simulation) {
		kb_engine_notice(e, KB_NOTICE_INFO, "Simulation: the machine would %s now.",
				 i->type == KB_DO_REBOOT ? "restart" : "power off");
		return;
	}
	kb_engine_leave(e, i->type == KB_DO_REBOOT ? KB_LEAVE_REBOOT : KB_LEAVE_POWEROFF);
}

static void do_status(struct kb_engine *e, struct kb_client *c, const struct kb_intent *i)
{
	(void)i;
	kb_engine_fresh_catalog(e);
	send_state(e, c);
	kb_client_reply(c, KB_DO_STATUS, true, NULL);
}

static const struct intent {
	kb_intent_fn *fn;
	enum kb_when when;
	bool also_restricted;
} intents[KB_N_INTENTS] = {
	[KB_DO_WATCH] = {do_watch, KB_WHEN_NOW, true},
	[KB_DO_ACTIVITY] = {do_activity, KB_WHEN_NOW, true},
	[KB_DO_SELECT] = {do_select, KB_WHEN_NOW, true},
	[KB_DO_BOOT] = {do_boot, KB_WHEN_NOW, true},
	[KB_DO_CANCEL] = {do_cancel, KB_WHEN_NOW, true},
	[KB_DO_RESCAN] = {do_rescan, KB_WHEN_NOW, true},
	[KB_DO_LOG] = {do_log, KB_WHEN_NOW, true},
	[KB_DO_SHELL] = {do_shell, KB_WHEN_NOW, true},
	[KB_DO_REBOOT] = {do_power, KB_WHEN_NOW, true},
	[KB_DO_POWEROFF] = {do_power, KB_WHEN_NOW, true},
	[KB_DO_LIST] = {do_list, KB_WHEN_SETTLED, true},
	[KB_DO_EXPLAIN] = {do_explain, KB_WHEN_SETTLED, true},
	[KB_DO_PLAN] = {do_plan, KB_WHEN_SETTLED, true},
	[KB_DO_STATUS] = {do_status, KB_WHEN_NOW, true},
	[KB_DO_VISIT] = {kb_engine_do_visit, KB_WHEN_KNOWN, false},
	[KB_DO_RUN] = {kb_engine_do_run, KB_WHEN_KNOWN, true},
	[KB_DO_SET] = {kb_engine_do_set, KB_WHEN_KNOWN, false},
	[KB_DO_UNSET] = {kb_engine_do_unset, KB_WHEN_CERTAIN, false},
	[KB_DO_VARIABLES] = {kb_engine_do_variables, KB_WHEN_CERTAIN, false},
	[KB_DO_SAVE] = {kb_engine_do_save, KB_WHEN_CERTAIN, false},
	[KB_DO_ROOT] = {kb_engine_do_root, KB_WHEN_KNOWN, false},
	[KB_DO_MOUNTS] = {kb_engine_do_mounts, KB_WHEN_CERTAIN, false},
	[KB_DO_UMOUNT] = {kb_engine_do_umount, KB_WHEN_KNOWN, false},
	[KB_DO_REMOUNT] = {kb_engine_do_remount, KB_WHEN_KNOWN, false},
	[KB_DO_DEVICES] = {kb_engine_do_devices, KB_WHEN_KNOWN, false},
	[KB_DO_LABELS] = {kb_engine_do_labels, KB_WHEN_KNOWN, true},
	[KB_DO_CHROOT] = {kb_engine_do_chroot, KB_WHEN_KNOWN, false},
	[KB_DO_CHROOT_END] = {kb_engine_do_chroot_end, KB_WHEN_NOW, true},
};

/* A line that was edited or typed waits until it is known whether it may, and what it means; an
 * entry as it is does not. */
static enum kb_when when_to_serve(const struct kb_engine *e, const struct kb_intent *i)
{
	bool is_own_line = i->type == KB_DO_BOOT &&
			   (!i->id || i->args || !kb_catalog_find(&e->catalog, i->id));

	return is_own_line ? KB_WHEN_KNOWN : intents[i->type].when;
}

bool kb_engine_may_serve(const struct kb_engine *e, const struct kb_intent *i)
{
	return kb_engine_is_time(e, when_to_serve(e, i), i);
}

void kb_engine_serve(struct kb_engine *e, struct kb_client *c, const struct kb_intent *i)
{
	const struct intent *what = &intents[i->type];

	c->request = i->request;
	if (!what->also_restricted && kb_settings_bool(&e->settings, KB_VAR_RESTRICTED)) {
		kb_client_reply(c, i->type, false, KB_RESTRICTED_TEXT);
		return;
	}
	what->fn(e, c, i);
}

void kb_engine_intent(void *ctx, struct kb_client *client, const struct kb_intent *intent)
{
	struct kb_engine *e = ctx;

	if (e->leaving) {
		return;
	}
	client->request = intent->request;
	if (client->uid != 0 && client->uid != geteuid()) {
		kb_client_reply(client, intent->type, false,
				"only root may talk to the boot engine");
		return;
	}
	kb_engine_fresh_catalog(e);
	if (kb_engine_may_serve(e, intent)) {
		kb_engine_serve(e, client, intent);
	} else {
		kb_engine_owe(client, intent);
	}
}
