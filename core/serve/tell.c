/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What clients are told of what changes: each gets it as it reads, and one that reads slowly gets
 * the newest only. What it has not been told costs nothing.
 */
#include "serve/serve.h"

/* With a first wait in which nothing is shown, nothing is shown before it either. */
static bool starts_unseen(const struct kb_engine *e)
{
	return kb_settings_ms(&e->settings, KB_VAR_DELAY, 0) > 0 ||
	       kb_settings_ms(&e->settings, KB_VAR_TIMEOUT, -1) == 0;
}

/* Quiet hardware may still have a disk to come: a menu would only flash up before its delay. */
static enum kb_phase phase_of_start(const struct kb_engine *e)
{
	if (!starts_unseen(e)) {
		return e->state == KB_ENGINE_WAITING ? KB_PHASE_WAITING : KB_PHASE_STARTING;
	}
	if (e->state == KB_ENGINE_STARTING ||
	    (!e->options.simulation && kb_engine_now(e) - e->started_ms < KB_UNSEEN_WINDOW_MS)) {
		return KB_PHASE_DELAY;
	}
	return KB_PHASE_WAITING;
}

static enum kb_phase phase_of(const struct kb_engine *e)
{
	static const enum kb_phase phases[KB_N_ENGINE_STATES] = {
		[KB_ENGINE_CHOOSING] = KB_PHASE_WAITING,
		[KB_ENGINE_BOOTING] = KB_PHASE_BOOTING,
		[KB_ENGINE_UNSEEN] = KB_PHASE_DELAY,
		[KB_ENGINE_LEAVING] = KB_PHASE_LEAVING,
	};

	if (e->state == KB_ENGINE_STARTING || e->state == KB_ENGINE_WAITING) {
		return phase_of_start(e);
	}
	return e->state == KB_ENGINE_COUNTING ? e->countdown.phase : phases[e->state];
}

static void fill_state(const struct kb_engine *e, struct kb_state *s)
{
	const struct kb_pipeline *p = &e->pipeline;
	const struct kb_entry *shown = kb_engine_is_unlocking(e)   ? &e->unlocking.entry
				       : p->stage != KB_STAGE_NONE ? &p->entry
								   : NULL;

	*s = (struct kb_state){
		.phase = phase_of(e),
		.remaining_ms = kb_countdown_remaining(&e->countdown, kb_engine_now(e)),
		.total_ms = e->countdown.total_ms,
		.has_timeout = kb_settings_get(&e->settings, KB_VAR_TIMEOUT) != NULL,
		.timeout_ms = kb_settings_ms(&e->settings, KB_VAR_TIMEOUT, 0),
		.default_id = e->chosen.entry ? e->chosen.entry->id : NULL,
		.default_why = e->chosen.why,
		.selected_id = e->selection.id,
		.stage = kb_engine_is_unlocking(e) ? KB_STAGE_UNLOCKING : p->stage,
		.stage_id = shown ? shown->id : NULL,
		.stage_title = shown ? kb_entry_display(shown) : NULL,
		.done_bytes = p->done_bytes,
		.total_bytes = p->total_bytes,
		.bytes_per_s = p->bytes_per_s,
		.scanning = kb_places_pending(&e->places),
		.notice_level = e->notice_level,
		.notice_seq = e->notice_seq,
		.notice = e->notice[0] ? e->notice : NULL,
		.ssh = kb_engine_ssh_words(&e->ssh),
		.network = e->network.text[0] ? e->network.text : NULL,
		.clock = e->network.clock[0] ? e->network.clock : NULL,
		.restricted = e->policy.restricted == KB_RESTRICTED,
		.simulated = e->options.simulation != NULL,
	};
}

void kb_core_send_state(const struct kb_core *k, struct kb_client *c)
{
	struct kb_message m = {.type = KB_MSG_STATE};
	KB_BUF struct kb_buf disks = {0};
	KB_BUF struct kb_buf sessions = {0};

	fill_state(&k->engine, &m.state);
	m.state.restricted = m.state.restricted || c->actor.restricted;
	kb_core_tell_sessions(k, &sessions);
	m.state.sessions = sessions.data;
	kb_engine_tell_disks(&k->engine, &disks);
	m.state.disks = disks.data;
	c->state_seen = k->state_version;
	kb_client_send(c, &m);
}

static void send_greeting(const struct kb_engine *e, struct kb_client *c)
{
	const struct kb_message m = {.type = KB_MSG_GREETING, .text = e->greeting};

	c->greeting_seen = e->greeting_version;
	kb_client_send(c, &m);
}

static bool is_listing(const struct kb_client *c)
{
	return c->list.type != KB_N_INTENTS;
}

static void begin_catalog(const struct kb_engine *e, struct kb_client *c)
{
	const struct kb_message m = {.type = KB_MSG_CATALOG,
				     .count = kb_catalog_listed(&e->catalog)};

	c->is_streaming = true;
	c->streamed_version = e->catalog_version;
	c->next_entry = 0;
	kb_client_send(c, &m);
}

static void end_catalog(struct kb_client *c)
{
	const struct kb_message end = {.type = KB_MSG_CATALOG_END};

	kb_client_send(c, &end);
	c->is_streaming = false;
	c->catalog_seen = c->streamed_version;
	if (is_listing(c)) {
		kb_client_answer(c, c->list,
				 (struct kb_message){.ok = true, .text = c->list_text.data});
		c->list.type = KB_N_INTENTS;
		kb_buf_done(&c->list_text);
	}
}

static void send_entry(const struct kb_engine *e, struct kb_client *c)
{
	struct kb_message m = {.type = KB_MSG_ENTRY};

	if (c->next_entry < kb_catalog_listed(&e->catalog)) {
		m.entry = *kb_catalog_shown(&e->catalog, c->next_entry++);
		kb_client_send(c, &m);
	} else {
		end_catalog(c);
	}
}

/* Has it been told what it is asked, or that it is asked no more? */
static bool send_inquiry(const struct kb_core *k, struct kb_client *c)
{
	KB_BUF struct kb_buf text = {0};
	struct kb_message m = {.type = KB_MSG_QUESTION};
	bool asks = c->id == k->asker && kb_engine_inquiry(&k->engine, &text, &m.inquiry);
	uint64_t number = asks ? m.inquiry.number : 0;

	if (number == c->inquiry_seen) {
		return false;
	}
	if (!asks) {
		m.inquiry = (struct kb_inquiry){.number = c->inquiry_seen};
	}
	c->inquiry_seen = number;
	kb_client_send(c, &m);
	return true;
}

void kb_core_look_for_asker(struct kb_core *k)
{
	KB_BUF struct kb_buf text = {0};
	struct kb_inquiry inquiry;

	if (!kb_server_find(&k->server, k->asker) &&
	    kb_engine_inquiry(&k->engine, &text, &inquiry)) {
		kb_engine_answer_nothing(&k->engine);
	}
}

static bool send_log_line(struct kb_engine *e, struct kb_client *c)
{
	const struct kb_log_line *line =
		c->wants_log ? kb_log_next(&e->journal.log, c->log_seq) : NULL;
	struct kb_message m = {.type = KB_MSG_LOG};

	if (!line) {
		return false;
	}
	m.log = *line;
	c->log_seq = line->seq;
	kb_client_send(c, &m);
	return true;
}

/* The next thing it has not been told; false: it knows all. A list is followed by its state. */
static bool tell_next(struct kb_core *k, struct kb_client *c)
{
	struct kb_engine *e = &k->engine;

	if (c->is_streaming && c->streamed_version == e->catalog_version) {
		send_entry(e, c);
	} else if (c->watching && c->greeting_seen != e->greeting_version) {
		send_greeting(e, c);
	} else if (c->is_streaming || is_listing(c) ||
		   (c->watching && c->catalog_seen != e->catalog_version)) {
		begin_catalog(e, c);
	} else if (c->watching && c->state_seen != k->state_version) {
		kb_core_send_state(k, c);
	} else {
		return send_inquiry(k, c) || send_log_line(e, c);
	}
	return true;
}

void kb_core_tell(struct kb_core *k, struct kb_client *c)
{
	/* The catalog is empty until it is made anew, in a turn that has been asked for. */
	bool is_whole = !(k->engine.due & KB_WORK_REBUILD);
	bool more = is_whole;

	while (more && kb_client_has_room(c)) {
		more = tell_next(k, c);
		if (!kb_client_has_room(c)) {
			kb_client_push(c);
		}
	}
	kb_client_push(c);
}
