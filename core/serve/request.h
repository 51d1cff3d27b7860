/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a client asked for and a worker finds out: the plan of a boot, where a name leads, …; the
 * answer goes to the client, if it is still there.
 * For the room serve.
 * Must not wait.
 */
#ifndef KBOOT_CORE_SERVE_REQUEST_H
#define KBOOT_CORE_SERVE_REQUEST_H

#include "kboot/base/child.h"
#include "serve/server.h"
#include "work/load_job.h"
#include "work/prompt_job.h"
#include "work/report.h"

/* Of what its worker says: as hostile as the disk that it reads. */
enum { KB_REQUEST_MAX_BYTES = 1 << 20 };

struct kb_core;

enum kb_request_state {
	KB_REQUEST_NEW,     /* its worker starts in the next turn */
	KB_REQUEST_RUNNING, /* a worker is at it, or an answer is being made */
	KB_REQUEST_ENDED,   /* the worker is back: what it said is looked at in the next turn */
	KB_REQUEST_WAITING, /* a device was missing that may still be read */
};

struct kb_request {
	struct kb_request *next;
	struct kb_core *core;
	struct kb_asked asked; /* by client 0: nobody */
	enum kb_request_state state;
	struct kb_arena arena;
	struct kb_child *child;
	/* What the worker was given, */
	bool is_plan;
	struct kb_entry entry;
	struct kb_load_job load;
	struct kb_prompt_job prompt;
	const char *system; /* CHROOT: the device whose system is held; NULL: the environment's */
	const char
		*line; /* RUN, PLAN: what was typed, settings at its head moved behind the rest */
	bool leads_with_settings;
	const char *from;
	void (*judged)(struct kb_request *q); /* takes what was found; NULL: the asker gets it */
	/* and what it has said so far. */
	struct kb_buf notes;
	struct kb_reported seen; /* the files that they are about */
	bool quiet;              /* nobody reads them: a completion */
	bool was_early;          /* it was started before the devices had settled */
	struct kb_report found;
	struct kb_table rows; /* those before it */
	struct kb_child_result result;
};

/* For a client's intent. A later one of a kind ends the one before, but for chroots. Replies by
 * itself when it cannot be made: NULL. */
struct kb_request *kb_request_create(struct kb_core *k, struct kb_client *client,
				     const struct kb_intent *intent);
/* A worker tells the plan of entry (copied). Takes the request. */
void kb_request_plan(struct kb_request *q, const struct kb_entry *entry);
/* A worker does a task of the prompt for the intent (copied). Takes the request. */
void kb_request_prompt(struct kb_request *q, enum kb_prompt_task task,
		       const struct kb_intent *intent);
/* Both answer and end the request. how and text may be NULL. */
void kb_request_fail(struct kb_request *q, const char *text);
void kb_request_reply(struct kb_request *q, bool ok, const char *how, const char *text);
/* A device is gone: a worker takes away what the prompt had mounted from it. */
void kb_request_detach(struct kb_core *k, const char *device);
/* A turn: starts what is new, looks at what has ended, ends the chroots of who has left. */
void kb_requests_turn(struct kb_core *k);
/* The chroots of a client end; the one of that worker, where pid is not 0. */
void kb_requests_end_chroots(struct kb_core *k, uint64_t client, uint64_t pid);
void kb_requests_forget(struct kb_core *k);

#endif
