/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine and those whom it serves.
 * For the room serve.
 * Must not be known to the engine: it has a watcher.
 */
#ifndef KBOOT_CORE_SERVE_SERVE_H
#define KBOOT_CORE_SERVE_SERVE_H

#include "engine/engine.h"
#include "serve/server.h"

struct kb_request;

struct kb_core {
	struct kb_engine engine;
	struct kb_server server;
	struct kb_request *requests;
	struct kb_source *turn;
	bool turn_is_due;
	unsigned n_holding; /* sessions for which the countdown waits */
	uint64_t asker;     /* the client that wanted the last boot: a question of it is for that */
	uint64_t state_version;       /* another one when the state is */
	char farewell[KB_ERROR_TEXT]; /* to be told to every client; "": none */
};

static inline void kb_core_ask_turn(struct kb_core *k)
{
	/* There is none before the first turn and after the last. */
	if (!k->turn_is_due) {
		k->turn_is_due = k->turn != NULL;
		kb_timer_set(k->turn, 0);
	}
}

/* tell.c: what clients are told of what changes. */
void kb_core_send_state(const struct kb_core *k, struct kb_client *c);
/* Makes ready what the client has not been told, as much as it has room for. */
void kb_core_tell(struct kb_core *k, struct kb_client *c);
/* Who is asked may have left. */
void kb_core_look_for_asker(struct kb_core *k);

/* intents.c */
/* Has its time come? */
bool kb_core_may_serve(const struct kb_core *k, const struct kb_actor *actor,
		       const struct kb_intent *i);
void kb_core_serve_questions(struct kb_core *k, struct kb_client *c);

/* when.c: when an intent can be served. */
enum kb_when {
	KB_WHEN_NOW,     /* nothing on a disk that is still being read could forbid it */
	KB_WHEN_CERTAIN, /* which environment counts has to be known: it may be restricted */
	KB_WHEN_KNOWN,   /* and every device, unless what is asked for is found and cannot change */
	KB_WHEN_SETTLED, /* no device is being read */
};
bool kb_core_is_time(const struct kb_core *k, enum kb_when when, const struct kb_intent *i);

/* do_ssh.c: who is logged in, in words; who has left is told. */
void kb_core_tell_sessions(const struct kb_core *k, struct kb_buf *text);
void kb_core_look_at_sessions(struct kb_core *k);

static inline enum kb_answer kb_core_may(const struct kb_core *k, const struct kb_actor *actor,
					 enum kb_action action, const struct kb_entry *entry)
{
	return kb_engine_may_for(&k->engine, actor, action, entry);
}

/* The families of intents. */
typedef void kb_intent_fn(struct kb_core *k, struct kb_client *c, const struct kb_intent *i);
kb_intent_fn kb_do_watch, kb_do_select, kb_do_boot, kb_do_cancel, kb_do_answer, kb_do_rescan,
	kb_do_log, kb_do_permit, kb_do_power, kb_do_firmware, kb_do_status, kb_do_list,
	kb_do_explain, kb_do_plan;
kb_intent_fn kb_do_task, kb_do_run, kb_do_set, kb_do_unset, kb_do_variables, kb_do_save, kb_do_root,
	kb_do_mounts, kb_do_devices, kb_do_labels, kb_do_chroot, kb_do_chroot_end, kb_do_systems;
kb_intent_fn kb_do_session, kb_do_sessions, kb_do_end;
kb_intent_fn kb_do_unlock, kb_do_lock;

#endif
