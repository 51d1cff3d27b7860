/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a client asked for and a worker finds out: the plan of a boot, where a name leads, …; the
 * answer goes to the client, if it is still there.
 * For the engine.
 * Must not wait.
 */
#ifndef KBOOT_CORE_REQUEST_H
#define KBOOT_CORE_REQUEST_H

#include "server.h"
#include "work/load_job.h"
#include "work/prompt_job.h"

struct kb_engine;

struct kb_request {
	struct kb_request *next;
	struct kb_engine *engine;
	struct kb_client *client; /* NULL: it has left, or nobody asked */
	enum kb_intent_type type;
	uint64_t number; /* that its reply carries */
	struct kb_arena arena;
	struct kb_child *child;
	/* What the worker was given, */
	struct kb_entry entry;
	struct kb_load_job load;
	struct kb_prompt_job prompt;
	const char
		*line; /* RUN, PLAN: what was typed, settings at its head moved behind the rest */
	bool leads_with_settings;
	const char *from;
	/* and what it has said so far. */
	struct kb_buf notes;
	struct kb_reported seen; /* the files that they are about */
	bool quiet;              /* nobody reads them: a completion */
	const char *error;
	bool is_missing; /* a device is; it may still be read: */
	bool waits;      /* then the worker is started once more */
	bool was_early;  /* it was started before the devices had settled */
	const char *plan;
	struct kb_prompt_report found;
};

/* Replies to the client by itself when it cannot be made: NULL. */
struct kb_request *kb_request_create(struct kb_engine *e, struct kb_client *client,
				     enum kb_intent_type type);
/* Starts the worker that tells the plan of entry (copied). Takes the request. */
void kb_request_plan(struct kb_request *q, const struct kb_entry *entry);
/* Starts the worker of a task of the prompt for the intent (copied). Takes the request. */
void kb_request_prompt(struct kb_request *q, enum kb_prompt_task task,
		       const struct kb_intent *intent);
/* Answers and ends the request. how and text may be NULL. */
void kb_request_reply(struct kb_request *q, bool ok, const char *how, const char *text);
/* Clients have left: what they asked for is told to nobody, and their chroots end. */
void kb_requests_left(struct kb_engine *e);
/* A device is gone: a worker takes away what the prompt had mounted from it. */
void kb_request_detach(struct kb_engine *e, const char *device);
/* The devices have settled: what was missing one is tried again. */
void kb_requests_retry(struct kb_engine *e);
/* The chroots of a client end; NULL: everything of everybody. */
void kb_requests_forget(struct kb_engine *e, const struct kb_client *client);

#endif
