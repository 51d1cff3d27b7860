/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine: one state, what was found, what is in force, what is being booted.
 * For the rooms engine and serve.
 * Must not know of clients: whoever serves them watches.
 */
#ifndef KBOOT_CORE_ENGINE_ENGINE_H
#define KBOOT_CORE_ENGINE_ENGINE_H

#include "catalog/catalog.h"
#include "catalog/choice.h"
#include "catalog/countdown.h"
#include "catalog/order.h"
#include "catalog/session_vars.h"
#include "catalog/settings.h"
#include "engine/net_watch.h"
#include "engine/pipeline.h"
#include "engine/policy.h"
#include "engine/remembering.h"
#include "engine/ssh_watch.h"
#include "engine/unlocking.h"
#include "kboot/core/core.h"
#include "kboot/proto/message.h"
#include "places/assembly.h"
#include "places/hotplug.h"
#include "places/scanner.h"
#include "work/write_job.h"

enum {
	KB_REST_MS = 400, /* a selection that stays this long is armed */
	/* So long after the start the disk of an unseen boot's default may turn up late, and
	   nothing is shown. */
	KB_UNSEEN_WINDOW_MS = 10000,
	/* So long after the selected entry went away Enter was meant for it, and not for the one
	   that took its place. */
	KB_LOST_MS = 3000,
};

/* What is not an event changes no state: the table is in state.c and in docs/ARCHITECTURE.md. */
enum kb_engine_state {
	KB_ENGINE_STARTING, /* devices are being read, no default is known */
	KB_ENGINE_WAITING,  /* all were read and none boots by itself: one may still turn up */
	KB_ENGINE_COUNTING, /* the delay or the timeout runs */
	KB_ENGINE_CHOOSING, /* a person is there: nothing boots by itself any more */
	KB_ENGINE_BOOTING,  /* as soon as it is loaded we jump */
	KB_ENGINE_UNSEEN,   /* the same after a delay in which nothing was shown */
	KB_ENGINE_LEAVING,  /* teardown, then the jump */
	KB_N_ENGINE_STATES
};

enum kb_event {
	KB_EVENT_READING,   /* a device is to be read */
	KB_EVENT_SETTLED,   /* every device has been read */
	KB_EVENT_DEFAULT,   /* the default is certain, and can be loaded */
	KB_EVENT_UNCERTAIN, /* another environment than the one whose default is counted */
	KB_EVENT_NO_BOOT,   /* the default is nothing that boots by itself */
	KB_EVENT_OPENED,    /* a key in the delay: the menu, which has a countdown of its own */
	KB_EVENT_KEY,       /* a key: a person is there */
	KB_EVENT_CHOSEN,    /* somebody wants an entry to be booted */
	KB_EVENT_TIME,      /* the countdown is over */
	KB_EVENT_TIME_UNSEEN,
	KB_EVENT_ARMED,     /* the wanted entry is loaded */
	KB_EVENT_SIMULATED, /* the same, where nothing is jumped to */
	KB_EVENT_FAILED,    /* it cannot be loaded, its disk has gone, … */
	KB_EVENT_CANCEL,
	KB_EVENT_UNLOCKED, /* what was chosen is a volume, and it is open */
	KB_EVENT_POWER,    /* restart, power off */
	KB_EVENT_REFUSED,  /* the machine has not let us go */
	KB_EVENT_RESUMED,  /* who was logged in has gone, and nobody else is there */
	KB_N_EVENTS
};

/* What the next turn of the loop does; each bit is asked for with kb_engine_ask(). */
enum kb_engine_work {
	KB_WORK_REBUILD = 1 << 0,  /* the places changed: a new catalog */
	KB_WORK_PIPELINE = 1 << 1, /* the loader has said something */
	KB_WORK_TICK = 1 << 2,     /* the countdown */
	KB_WORK_REST = 1 << 3,     /* the selection has come to rest */
	KB_WORK_LEAVE = 1 << 4,    /* the next step of the teardown */
	KB_WORK_COUNT = 1 << 5,    /* the countdown begins */
	KB_WORK_SSH = 1 << 7,      /* who may log in has changed, or the server has ended */
	KB_WORK_UNLOCK = 1 << 8,   /* a volume was unlocked, or not */
	KB_WORK_NETWORK = 1 << 6,  /* the network, or who wants it, has changed */
};

/*
 * Who serves the clients. Every member only notes what happened and asks the loop for a turn of its
 * own.
 */
struct kb_engine_watcher {
	void *ctx;
	/* The state, the catalog, the greeting; devices have told more: what waited for it may be
	 * answered. */
	void (*changed)(void *ctx);
	void (*logged)(void *ctx);
	void (*device_gone)(void *ctx, const char *name);
	void (*leaving)(void *ctx, const char *farewell); /* the clients are to go */
	void (*stop)(void *ctx);                          /* its workers end */
	bool (*has_menu)(void *ctx);
};

/* A process that restarts the machine should the engine die, or hang, while init is paused and
 * nobody else is left to do it. */
enum { KB_GUARD_MS = 60000 }; /* a teardown that takes longer hangs */

struct kb_guard {
	pid_t pid; /* 0: none */
	int fd;    /* the guard sees it close */
};

/* How far the teardown is: in the state LEAVING. */
enum {
	KB_FAREWELL_MS = 200,  /* for the menus to give their terminals back */
	KB_UNMOUNT_MS = 10000, /* for what is mounted to be unmounted */
};

enum kb_leave { KB_LEAVE_KEXEC, KB_LEAVE_REBOOT, KB_LEAVE_POWEROFF };

enum kb_leave_step {
	KB_LEAVE_FAREWELL, /* clients are told, */
	KB_LEAVE_CLIENTS,  /* and are given a moment to go */
	KB_LEAVE_STOP,     /* init is paused, every other process ends */
	KB_LEAVE_UNMOUNT,  /* a child unmounts what is left */
	KB_LEAVE_WRITE,    /* a child writes what goes with the entry */
	KB_LEAVE_JUMP,
};

struct kb_leaving {
	enum kb_leave how;
	enum kb_leave_step step;
	struct kb_source *timer; /* CLIENTS: they had their moment */
	struct kb_child *child;  /* UNMOUNT, WRITE */
	struct kb_write_job write;
	struct kb_guard guard;
};

struct kb_selection {
	char *id;
	bool by_person;    /* it no longer follows the default */
	bool is_predicted; /* no disk has given it yet */
	char behind[64];   /* the volume that was just unlocked: what it holds is wanted; "" */
	int64_t lost_ms;   /* when it went away under a person's hands; 0: it has not */
	const char *lost;  /* in words, without the full stop */
};

enum { KB_ENGINE_N_KEPT = 3 }; /* network=, ntp=, proxy= */

struct kb_engine {
	struct kb_core_options options;
	const struct kb_sys *sys;
	struct kb_loop *loop;
	struct kb_engine_watcher watcher;
	struct kb_journal journal;
	struct kb_settings settings;
	struct kb_session_vars session;
	struct kb_policy policy;
	struct kb_places places;
	struct kb_scanner scanner; /* of them */
	struct kb_hotplug hotplug;
	struct kb_assembly_watch assembly;
	struct kb_pipeline pipeline;
	struct kb_unlocking unlocking;
	struct kb_keys keys; /* of what is open, while handover= says so */
	struct kb_countdown countdown;
	struct kb_engine_network network;
	struct kb_engine_ssh ssh;
	struct kb_leaving leaving;
	struct kb_remembering remembering;
	/* Its place is looked up by its id: the pointer is NULL. */
	struct kb_environment environment;
	char environment_name[64]; /* what the kernel called its device; "" none */
	struct kb_selection selection;
	struct kb_source *turn;
	struct kb_source *tick;
	struct kb_source *rest;
	struct kb_source *unseen_window;
	enum kb_engine_state state;
	unsigned due; /* of enum kb_engine_work */
	bool restarted;
	int64_t started_ms;
	uint64_t settled_last_id; /* the newest place then */
	int64_t settled_ms;       /* when all hardware was seen for the first time; 0: not yet */

	struct kb_catalog catalog;
	struct kb_order order; /* of what is shown */
	struct kb_order before_rescan;
	bool rescans;     /* a person looks again, and has not been told what that brought */
	bool keeps_order; /* a person may have looked at it: all disks were read, or a key came */
	uint64_t catalog_version;               /* another one when the list is */
	uint64_t catalog_print;                 /* the fingerprint of that version */
	uint64_t kept_prints[KB_ENGINE_N_KEPT]; /* of the settings that are kept, as they were */
	struct kb_default chosen;
	char *greeting;
	uint64_t greeting_version;

	enum kb_notice_level notice_level;
	uint64_t notice_seq;
	char notice[KB_ERROR_TEXT];
	uint64_t missing_default; /* fingerprint of the default= that was told to name nothing */
	uint64_t missing_default_seq; /* the notice of it */
	bool disk_went;               /* since the catalog was made */
	uint64_t removed_seq;         /* the notice that what is loaded lost its disk */
	bool is_chosen;               /* what is being booted, by a person, who can be asked */
	uint64_t failed_load;         /* the load of the pipeline whose failure was told */
};

static inline int64_t kb_engine_now(const struct kb_engine *e)
{
	return e->sys->now_ms(e->sys->ctx);
}

/* As soon as it is loaded we jump. */
static inline bool kb_engine_wants_boot(const struct kb_engine *e)
{
	return e->state == KB_ENGINE_BOOTING || e->state == KB_ENGINE_UNSEEN;
}

/* state.c: the lowest file of the room. */
void kb_engine_ask(struct kb_engine *e, enum kb_engine_work work);
void kb_engine_notice(struct kb_engine *e, enum kb_notice_level level, const char *fmt, ...)
	KB_PRINTF(3, 4);
void kb_engine_changed(struct kb_engine *e); /* somebody may want to see it */
/* The hardware is quiet, and every device that is there has been read. */
bool kb_engine_settled(const struct kb_engine *e);
/* No more devices are waited for: the hardware has been quiet once, or had its time. */
bool kb_engine_has_seen_all(const struct kb_engine *e);
void kb_engine_take_read_write(struct kb_engine *e);
/* What the policy says of an entry of the catalog; NULL: of none. */
enum kb_answer kb_engine_may(const struct kb_engine *e, enum kb_action action,
			     const struct kb_entry *entry);
/* The same for somebody in particular. */
enum kb_answer kb_engine_may_for(const struct kb_engine *e, const struct kb_actor *actor,
				 enum kb_action action, const struct kb_entry *entry);

/* Where the event leads to. Pure. */
enum kb_engine_state kb_engine_next_state(enum kb_engine_state state, enum kb_event event);
/* Takes the engine there. An event changes the state and asks the loop for a turn, no more. */
void kb_engine_event(struct kb_engine *e, enum kb_event event);
/* What the next engine finds should this one crash. */
void kb_engine_keep_state(const struct kb_engine *e);
void kb_engine_keep_restricted(const struct kb_engine *e);
void kb_engine_keep_settings(struct kb_engine *e);
void kb_engine_read_state(struct kb_engine *e);

/* engine.c */
KB_MUST_CHECK int kb_engine_init(struct kb_engine *e, const struct kb_core_options *options,
				 const struct kb_engine_watcher *watcher, struct kb_error *err);
/* Reads the configuration and starts to look at the machine; after the socket is there. */
KB_MUST_CHECK int kb_engine_start(struct kb_engine *e, struct kb_error *err);
void kb_engine_done(struct kb_engine *e);
/* Everything that is due, now: for a turn of the loop. */
void kb_engine_catch_up(struct kb_engine *e);
/* Only the catalog, when it is due: for who is in the middle of something. */
void kb_engine_fresh_catalog(struct kb_engine *e);

/* rebuild.c */
void kb_engine_rebuild(struct kb_engine *e);
void kb_engine_place_changing(void *ctx);
void kb_engine_place_changed(void *ctx);
void kb_engine_place_removed(void *ctx, const char *name);
void kb_engine_place_orphaned(void *ctx, const char *name);
void kb_engine_place_troubled(void *ctx, const struct kb_place *place);
void kb_engine_resolve_context(const struct kb_engine *e, struct kb_resolve_context *ret_context);
/* A person has named another root, or takes that back. */
void kb_engine_root_changed(struct kb_engine *e);
/* What place (NULL: none) sets, with that rank, in place of what had it before. -ENOMEM; what else
 * is refused is in the log. */
KB_MUST_CHECK int kb_engine_take_settings(struct kb_engine *e, const struct kb_place *place,
					  enum kb_source_rank rank);
/* For the clients; NULL: the one before stays. */
void kb_engine_take_greeting(struct kb_engine *e, const char *text);
/* The variables of the session as settings and labels. */
KB_MUST_CHECK int kb_engine_take_session(struct kb_engine *e);

/* remember.c: the list of the last time, and for the next time. */
/* What remember= says: once, at the start. */
void kb_engine_init_memory(struct kb_engine *e);
void kb_engine_done_memory(struct kb_engine *e);
/* Starts to read it, where it can be; forgets it when all is known. */
void kb_engine_look_at_memory(struct kb_engine *e);
/* The text as it was kept. */
void kb_engine_take_memory(struct kb_engine *e, struct kb_str text);
/* Adds what is expected to the new catalog. */
void kb_engine_predict(struct kb_engine *e);
/* What was the default the last time, predicted or there; NULL. */
const struct kb_entry *kb_engine_expected(const struct kb_engine *e);
void kb_engine_load_early(struct kb_engine *e);
/* What there is now becomes what is to be written. */
void kb_engine_gather_memory(struct kb_engine *e);
/* False: nothing is to be written. */
bool kb_engine_has_memory_to_keep(const struct kb_engine *e, struct kb_remember_job *ret_job);

/* rescan.c */
KB_MUST_CHECK int kb_engine_rescan(struct kb_engine *e, struct kb_error *err);
/* Says what it brought, should it have ended. */
void kb_engine_rescan_ended(struct kb_engine *e);

/* root.c */
struct kb_engine_root {
	const char *name; /* a device, "host:/path"; "" for the folder of a simulation, or none */
	const char *why;  /* NULL: there is none */
};

#define KB_SIMULATED_TEXT "the simulated environment"
#define KB_SIMULATED_WHY  "--root names it"
/* The device of the booted environment while it is there; NULL. Borrowed. */
const struct kb_device *kb_engine_environment_device(const struct kb_engine *e);
/* The booted environment as the prompt sees it. Borrowed. */
struct kb_engine_root kb_engine_find_root(const struct kb_engine *e);
const char *kb_engine_root(const struct kb_engine *e);

/* decide.c */
void kb_engine_decide(struct kb_engine *e);
void kb_engine_tick(struct kb_engine *e);
void kb_engine_rested(struct kb_engine *e);
void kb_engine_start_countdown(struct kb_engine *e);
void kb_engine_touch(struct kb_engine *e, const char *tty);
void kb_engine_select(struct kb_engine *e, const char *id);

/* boot.c */
/* Loads it, or has it loaded already, and jumps. why: CHOSEN, TIME or TIME_UNSEEN. */
void kb_engine_boot(struct kb_engine *e, const struct kb_entry *entry, enum kb_event why);
void kb_engine_cancel_boot(struct kb_engine *e);
void kb_engine_pipeline_moved(struct kb_engine *e);
/* into: what the firmware was told to start then; NULL: as usual. */
void kb_engine_power(struct kb_engine *e, enum kb_leave how, const char *into);
/* The entry of a typed line, seen from where a prompt is (NULL: nowhere). */
KB_MUST_CHECK int kb_engine_entry_from_line(struct kb_engine *e, struct kb_arena *arena,
					    const char *line, const char *from,
					    struct kb_entry *ret_entry, struct kb_error *err);
/* A label that is a command is for the prompt of who chose it. NULL is not. */
bool kb_engine_is_for_prompt(const struct kb_entry *entry);
/* Of an entry without one, for a sentence. */
const char *kb_engine_why_no_kernel(const struct kb_entry *entry);
/* The entry of that id, label or title, with other arguments unless args is NULL, or as line says
 * unless that is; it lives in the arena and the catalog. */
KB_MUST_CHECK int kb_engine_entry(struct kb_engine *e, struct kb_arena *arena, const char *text,
				  const char *args, const char *line, struct kb_entry *ret_entry,
				  struct kb_error *err);
/* What a file's name in the entry of that id means, as the catalog has names. NULL: no memory. */
const char *kb_engine_name_in(const struct kb_engine *e, struct kb_arena *arena, const char *id,
			      const char *name);

/* inquiry.c: what the boot waits for from the person who wants it. */
/* false: nothing. Texts live in buf. */
bool kb_engine_inquiry(const struct kb_engine *e, struct kb_buf *buf,
		       struct kb_inquiry *ret_inquiry);
/* -ENOENT: that is not what is asked. user NULL: whom the question names. */
KB_MUST_CHECK int kb_engine_answer(struct kb_engine *e, uint64_t number, const char *user,
				   const char *secret);
/* Nobody is there who answers. */
void kb_engine_answer_nothing(struct kb_engine *e);
/* The pipeline asks: is there anybody who may answer? */
void kb_engine_asked(struct kb_engine *e);

/* unlock.c */
/* A person has chosen the line of a locked volume: its passphrase is asked for. */
void kb_engine_unlock(struct kb_engine *e, const struct kb_entry *entry);
/* A person is being asked for one, or it is being tried. */
bool kb_engine_is_unlocking(const struct kb_engine *e);
/* Of what is locked, has a key file, and was not tried yet. */
void kb_engine_try_keys(struct kb_engine *e);
/* Of volumes that are gone, and all where handover= does not say so any more. */
void kb_engine_forget_keys(struct kb_engine *e);
void kb_engine_look_at_unlocking(struct kb_engine *e);
void kb_engine_answer_passphrase(struct kb_engine *e, const char *secret);
/* May the same passphrase be tried on it? */
bool kb_engine_may_open(const struct kb_engine *e, const struct kb_place *place);
void kb_engine_unlock_gone(struct kb_engine *e, const char *name);
/* Closes it, and what stands on it. With a sentence. */
KB_MUST_CHECK int kb_engine_lock(struct kb_engine *e, const char *name, struct kb_error *err);

/* network.c */
KB_MUST_CHECK int kb_engine_listen_to_network(struct kb_engine *e);
void kb_engine_look_at_network(struct kb_engine *e);
void kb_engine_network_done(struct kb_engine *e);

/* explain.c */
KB_MUST_CHECK int kb_engine_explain(const struct kb_engine *e, const char *id, struct kb_buf *text);
/* Why nothing boots from a place, as a line, where that is worth so much. */
void kb_engine_tell_place(const struct kb_engine *e, const struct kb_place *p,
			  enum kb_log_level least, struct kb_buf *t);
/* Where nothing is there to be booted when all disks were read: why, a line each. */
void kb_engine_tell_disks(const struct kb_engine *e, struct kb_buf *t);
/* What could not be read of a place, a line each. */
void kb_engine_tell_losses(const struct kb_place *p, const char *indent, struct kb_buf *text);

/* ssh.c */
KB_MUST_CHECK int kb_engine_ssh_init(struct kb_engine *e);
void kb_engine_ssh_done(struct kb_engine *e);
/* Starts, stops, or makes anew what the settings say. */
void kb_engine_look_at_ssh(struct kb_engine *e);
/* For so many sessions the countdown has to wait. */
void kb_engine_sessions(struct kb_engine *e, unsigned n_holding);
/* A key came: of a session, or of who stands at the machine. Before the event of it. */
void kb_engine_touched(struct kb_engine *e, bool by_session);

/* leave.c */
void kb_engine_leave_step(struct kb_engine *e);
/* The last client has gone. */
void kb_engine_clients_gone(struct kb_engine *e);
KB_MUST_CHECK int kb_guard_start(struct kb_guard *g, const struct kb_sys *sys);
/* It is not needed any more. */
void kb_guard_stop(struct kb_guard *g);

#endif
