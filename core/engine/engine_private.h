/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parts of the engine share.
 * For engine*.c, explain.c and leave.c alone.
 * Must not be included by anything the engine is made of.
 */
#ifndef KBOOT_CORE_ENGINE_PRIVATE_H
#define KBOOT_CORE_ENGINE_PRIVATE_H

#include "catalog/catalog.h"
#include "catalog/choice.h"
#include "catalog/countdown.h"
#include "catalog/session_vars.h"
#include "catalog/settings.h"
#include "kboot/core/engine.h"
#include "pipeline.h"
#include "places/hotplug.h"
#include "places/places.h"
#include "policy.h"
#include "serve/request.h"
#include "serve/server.h"

enum {
	KB_REST_MS = 400, /* a selection that stays this long is armed */
	/* So long after the start a disk that turns up late may still bring the environment, and
	   with it a default. */
	KB_ENVIRONMENT_WINDOW_MS = 30000,
	/* So long after the start the disk of an unseen boot's default may turn up late, and
	   nothing is shown. */
	KB_UNSEEN_WINDOW_MS = 10000,
	/* So long after the selected entry went away Enter was meant for it, and not for the one
	   that took its place. */
	KB_LOST_MS = 3000,
};

struct kb_engine {
	struct kb_engine_options options;
	const struct kb_sys *sys;
	struct kb_loop *loop;
	struct kb_journal journal;
	struct kb_settings settings;
	struct kb_places places;
	struct kb_hotplug hotplug;
	struct kb_server server;
	struct kb_pipeline pipeline;
	struct kb_countdown countdown;
	struct kb_request *requests;
	struct kb_session_vars session;
	struct kb_source *rebuild_timer; /* the places changed: a new catalog is due */
	struct kb_source *publish_timer; /* the state changed */
	struct kb_source *tick_timer;    /* the countdown */
	struct kb_source *unseen_timer;  /* the menu is shown after all */
	struct kb_source *rest_timer;    /* the selection may have come to rest */
	int64_t started_ms;

	struct kb_catalog catalog;
	char environment[64]; /* device name; "" none */
	char environment_why[KB_WHY_BYTES];
	char environment_warning[KB_WHY_BYTES];
	bool environment_final; /* no device that is still being read can change it */
	bool environment_fixed; /* its default has been acted upon: it stays */
	bool had_settled;       /* all hardware was seen once */
	bool rebuild_due;       /* the catalog is empty or older than the places */
	struct kb_default chosen;
	char *missing_default;        /* the default= that a person was told names nothing */
	uint64_t missing_default_seq; /* the notice of it */
	char *selected_id;
	char *greeting;

	bool decided;    /* the countdown was started, or there is none to start */
	bool touched;    /* a person is there */
	int64_t lost_ms; /* when the selected entry went away under a person's hands; 0: it has not
			  */
	bool moved;      /* and has chosen an entry: the selection no longer follows the default */
	bool want_boot;  /* jump as soon as it is armed */
	bool unseen;     /* the delay ended without a key: nothing is shown until then either */
	bool leaving;
	bool restarted;
	bool catalog_dirty; /* watchers have an older one */

	enum kb_notice_level notice_level;
	uint64_t notice_seq;
	char notice[KB_ERROR_TEXT];
};

static inline int64_t kb_engine_now(const struct kb_engine *e)
{
	return e->sys->now_ms(e->sys->ctx);
}

/* engine.c */
void kb_engine_notice(struct kb_engine *e, enum kb_notice_level level, const char *fmt, ...)
	KB_PRINTF(3, 4);
void kb_engine_publish(struct kb_engine *e); /* state to all watchers, soon */
bool kb_engine_settled(const struct kb_engine *e);

/* engine_mark.c */
void kb_engine_mark(const struct kb_engine *e, const char *text);
void kb_engine_mark_restricted(const struct kb_engine *e);
void kb_engine_read_mark(struct kb_engine *e); /* takes up where a crashed engine was */

/* engine_catalog.c */
void kb_engine_rebuild(void *data);
void kb_engine_fresh_catalog(struct kb_engine *e); /* rebuilds now if that is due */
void kb_engine_place_changing(void *ctx);
void kb_engine_place_changed(void *ctx);
void kb_engine_place_removed(void *ctx, const char *name);
void kb_engine_place_troubled(void *ctx, const struct kb_place *place);
void kb_engine_naming(const struct kb_engine *e, struct kb_naming *ret_naming);

/* engine_decide.c */
void kb_engine_decide(struct kb_engine *e);
void kb_engine_tick(void *data);
void kb_engine_rested(void *data);
void kb_engine_touch(struct kb_engine *e, const char *tty);
void kb_engine_select(struct kb_engine *e, const char *id);

/* engine_boot.c */
void kb_engine_boot(struct kb_engine *e, const struct kb_entry *entry);
void kb_engine_cancel_boot(struct kb_engine *e);
void kb_engine_pipeline_changed(void *ctx);
/* A person has chosen something: the countdown is over. */
void kb_engine_person_chose(struct kb_engine *e);
/* The entry of a typed line, seen from a place of the prompt (NULL: none). */
KB_MUST_CHECK int kb_engine_entry_from_line(struct kb_engine *e, struct kb_arena *arena,
					    const char *line, const char *from,
					    struct kb_entry *ret_entry, struct kb_error *err);
/* A label that is a command is for the prompt of who chose it. NULL is not. */
static inline bool kb_engine_is_for_prompt(const struct kb_entry *entry)
{
	return entry && !entry->kernel && entry->command && entry->n_problems == 0;
}

/* Of an entry without one, for a sentence. */
const char *kb_engine_why_no_kernel(const struct kb_entry *entry);
/*
 * May the entry be used as it is? A restricted kboot offers what is kboot's own and the booted
 * environment's: a disk that somebody plugs in brings labels of his own.
 */
bool kb_engine_allows(const struct kb_engine *e, const struct kb_entry *entry);
/* Finds or makes the entry that text and args mean; it lives in the arena or the catalog. */
KB_MUST_CHECK int kb_engine_entry(struct kb_engine *e, struct kb_arena *arena, const char *text,
				  const char *args, struct kb_entry *ret_entry,
				  struct kb_error *err);

/* engine_clients.c */
void kb_engine_intent(void *ctx, struct kb_client *client, const struct kb_intent *intent);
void kb_engine_client_left(void *ctx);
void kb_engine_send_catalog(struct kb_engine *e, struct kb_client *client);
void kb_engine_send_state(void *data);
void kb_engine_send_log(void *ctx);
void kb_engine_serve(struct kb_engine *e, struct kb_client *c, const struct kb_intent *i);
bool kb_engine_may_serve(const struct kb_engine *e, const struct kb_intent *i);
void kb_engine_send_greeting(struct kb_engine *e);

/* engine_wait.c */
enum kb_when {
	KB_WHEN_NOW,     /* nothing on a disk that is still being read could forbid it */
	KB_WHEN_CERTAIN, /* which environment counts has to be known: it may be restricted */
	KB_WHEN_KNOWN,   /* and every device, unless what is asked for is found and cannot change */
	KB_WHEN_SETTLED, /* no device is being read */
};
bool kb_engine_is_time(const struct kb_engine *e, enum kb_when when, const struct kb_intent *i);
/* It is served when it is time; what the client was owed before is given up. */
void kb_engine_owe(struct kb_client *c, const struct kb_intent *i);
void kb_engine_pay_owed(struct kb_engine *e);

/* engine_prompt.c, engine_session.c, engine_words.c */
void kb_engine_reply_text(struct kb_client *c, enum kb_intent_type to, const struct kb_buf *text);
/* r 0: ok, without a text. */
void kb_engine_reply_error(struct kb_client *c, enum kb_intent_type to, int r,
			   const struct kb_error *err);
/* What a simulation's --root stands for, and why that is the booted environment. */
#define KB_SIMULATED_TEXT "the simulated environment"
#define KB_SIMULATED_WHY  "--root names it"
/* To somebody who wants the default, where there is none. */
void kb_engine_reply_no_default(const struct kb_engine *e, struct kb_client *c,
				enum kb_intent_type to);
/* The booted environment as the prompt sees it: a device, "host:/path", "" for none. Borrowed. */
const char *kb_engine_root(const struct kb_engine *e);
/* A worker has found out what the first word of a line is. Takes the request. */
void kb_engine_word_judged(struct kb_request *q);
typedef void kb_intent_fn(struct kb_engine *e, struct kb_client *c, const struct kb_intent *i);
kb_intent_fn kb_engine_do_visit, kb_engine_do_run, kb_engine_do_set, kb_engine_do_unset,
	kb_engine_do_variables, kb_engine_do_save, kb_engine_do_root, kb_engine_do_mounts,
	kb_engine_do_umount, kb_engine_do_remount, kb_engine_do_devices, kb_engine_do_labels,
	kb_engine_do_chroot, kb_engine_do_chroot_end;

/* explain.c */
KB_MUST_CHECK int kb_engine_explain(const struct kb_engine *e, const char *id, struct kb_buf *text);

/* What could not be read of a place, a line each. */
void kb_engine_tell_losses(const struct kb_place *p, const char *indent, struct kb_buf *text);

/* leave.c */
enum kb_leave { KB_LEAVE_KEXEC, KB_LEAVE_REBOOT, KB_LEAVE_POWEROFF };
void kb_engine_leave(struct kb_engine *e, enum kb_leave how);

#endif
