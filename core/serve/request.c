/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "request.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "engine/engine_private.h"

static void destroy(struct kb_request *q)
{
	kb_child_cancel(q->child);
	kb_buf_done(&q->notes);
	kb_arena_done(&q->arena);
	free(q);
}

static void unlink_and_destroy(struct kb_request *q)
{
	struct kb_request **at = &q->engine->requests;

	while (*at != q) {
		at = &(*at)->next;
	}
	*at = q->next;
	destroy(q);
}

static struct kb_client *still_there(const struct kb_request *q)
{
	return q->client && !q->client->closed ? q->client : NULL;
}

static void fail(struct kb_request *q, const char *text)
{
	kb_request_reply(q, false, NULL, text);
}

/* Replies come in the order of the questions: who asks again no longer waits for the first answer.
 */
static void give_up_earlier(struct kb_engine *e, const struct kb_client *client,
			    enum kb_intent_type type)
{
	struct kb_request *next;

	for (struct kb_request *q = e->requests; q; q = next) {
		next = q->next;
		if (q->client == client && q->type == type && type != KB_DO_CHROOT) {
			fail(q, "given up: something else was asked");
		}
	}
}

struct kb_request *kb_request_create(struct kb_engine *e, struct kb_client *client,
				     enum kb_intent_type type)
{
	struct kb_request *q = calloc(1, sizeof(*q));

	give_up_earlier(e, client, type);
	if (!q) {
		if (client) {
			kb_client_reply(client, type, false, "out of memory");
		}
		return NULL;
	}
	q->engine = e;
	q->client = client;
	q->type = type;
	q->number = client ? client->request : 0;
	q->next = e->requests;
	e->requests = q;
	return q;
}

static void start(struct kb_request *q, struct kb_child_spec *spec)
{
	int r;

	spec->name = kb_intent_name(q->type);
	spec->owner = q;
	r = kb_child_start(q->engine->loop, q->engine->sys, spec, &q->child);
	if (r < 0) {
		fail(q, strerror(-r));
	}
}

/* --- plans */

static void plan_line(void *owner, struct kb_str line)
{
	struct kb_request *q = owner;
	struct kb_load_report report;

	if (kb_load_report_decode(&q->arena, line, &report) < 0) {
		return;
	}
	q->error = report.error ? report.error : q->error;
	q->plan = report.plan ? report.plan : q->plan;
}

static void plan_ended(void *owner, const struct kb_child_result *result)
{
	struct kb_request *q = owner;

	q->child = NULL;
	if (result->end != KB_CHILD_EXITED || result->status != 0 || !q->plan) {
		fail(q, q->error ? q->error : "the loader ended without a word");
		return;
	}
	kb_request_reply(q, true, NULL, q->plan);
}

void kb_request_plan(struct kb_request *q, const struct kb_entry *entry)
{
	struct kb_engine *e = q->engine;
	struct kb_child_spec spec = {
		.run = kb_load_job_run,
		.data = &q->load,
		.deadline_ms = KB_LOAD_STALL_MS,
		.on_line = plan_line,
		.on_exit = plan_ended,
	};

	if (kb_entry_copy(&q->arena, entry, &q->entry) < 0) {
		fail(q, "out of memory");
		return;
	}
	q->load = (struct kb_load_job){.sys = e->sys,
				       .places = &e->places,
				       .root = kb_engine_root(e),
				       .entry = &q->entry,
				       .read_write = e->places.read_write,
				       .plan_only = true};
	start(q, &spec);
}

/* --- the prompt */

static void reply_found(struct kb_request *q, struct kb_client *client)
{
	char pid[16];
	struct kb_message m = {.type = KB_MSG_REPLY,
			       .to = kb_intent_name(q->type),
			       .request = q->number,
			       .ok = true,
			       .text = q->notes.data,
			       .place = q->found.place,
			       .path = q->found.path,
			       .how = q->found.how};

	if (!q->quiet) {
		kb_reported_add_all(&client->reported, &q->seen);
	}
	if (q->type == KB_DO_CHROOT) {
		(void)snprintf(pid, sizeof(pid), "%d", (int)kb_child_pid(q->child));
		m.pid_text = pid;
	}
	kb_client_send(client, &m);
}

/* Every visit is another worker, which reads the fstab anew: what is wrong with it is told once. */
static void take_note(struct kb_request *q, const struct kb_prompt_report *report)
{
	struct kb_journal *journal = &q->engine->journal;
	const struct kb_client *client = still_there(q);

	kb_reported_add(&q->seen, report->of);
	if (!kb_reported_has(&journal->reported, report->of)) {
		kb_journal_add(journal, KB_LOG_INFO, "%s", report->note);
	}
	if (client && !q->quiet && !kb_reported_has(&client->reported, report->of)) {
		kb_buf_printf(&q->notes, "%s%s", q->notes.len > 0 ? "\n" : "", report->note);
	}
}

static void logged(struct kb_request *q)
{
	kb_reported_add_all(&q->engine->journal.reported, &q->seen);
}

static void prompt_line(void *owner, struct kb_str line)
{
	struct kb_request *q = owner;
	struct kb_prompt_report report;

	if (kb_prompt_report_decode(&q->arena, line, &report) < 0) {
		return;
	}
	if (report.note) {
		take_note(q, &report);
		return;
	}
	if (report.error) {
		q->error = report.error;
		q->is_missing = report.is_missing;
		return;
	}
	q->found = report;
	/* The worker of a chroot stays: that it is ready is its answer. */
	if (q->type == KB_DO_CHROOT && still_there(q)) {
		logged(q);
		reply_found(q, still_there(q));
	}
}

static const char *why_it_ended(const struct kb_request *q, const struct kb_child_result *result)
{
	/* SIGALRM: the deadline that the worker of a chroot sets itself. */
	bool own_deadline = result->end == KB_CHILD_SIGNALED && result->status == SIGALRM;

	if (own_deadline || result->end == KB_CHILD_DEADLINE || result->end == KB_CHILD_ABANDONED) {
		return "no answer within 20 s; given up";
	}
	return q->error ? q->error : "its worker ended without a word";
}

static void start_prompt(struct kb_request *q);

static void prompt_ended(void *owner, const struct kb_child_result *result)
{
	struct kb_request *q = owner;
	struct kb_client *client = still_there(q);
	bool ok = result->end == KB_CHILD_EXITED && result->status == 0 &&
		  (q->found.path || q->found.how);

	logged(q);
	/* A chroot that was ready has had its answer. */
	if (q->type == KB_DO_CHROOT && q->found.path) {
		q->child = NULL;
		unlink_and_destroy(q);
		return;
	}
	q->child = NULL;
	if (!ok && q->is_missing && q->was_early) {
		/* What it missed may have come since it was started. */
		if (kb_engine_settled(q->engine)) {
			start_prompt(q);
		} else {
			q->waits = true;
		}
		return;
	}
	if (!ok) {
		fail(q, why_it_ended(q, result));
		return;
	}
	if (client && (q->type == KB_DO_RUN || q->type == KB_DO_PLAN)) {
		kb_engine_word_judged(q);
		return;
	}
	if (client) {
		reply_found(q, client);
	}
	unlink_and_destroy(q);
}

static bool wants(const struct kb_intent *intent, const char *what)
{
	return intent->want && strcmp(intent->want, what) == 0;
}

static void start_prompt(struct kb_request *q)
{
	struct kb_child_spec spec = {
		.run = kb_prompt_job_run,
		.data = &q->prompt,
		.deadline_ms = q->prompt.task == KB_TASK_CHROOT ? 0 : KB_PROMPT_DEADLINE_MS,
		.on_line = prompt_line,
		.on_exit = prompt_ended,
	};

	q->prompt.root = kb_engine_root(q->engine);
	kb_buf_reset(&q->notes);
	q->seen = (struct kb_reported){0};
	q->error = NULL;
	q->is_missing = false;
	q->waits = false;
	q->was_early = !kb_engine_settled(q->engine);
	start(q, &spec);
}

void kb_requests_retry(struct kb_engine *e)
{
	struct kb_request *next;

	for (struct kb_request *q = e->requests; q; q = next) {
		next = q->next;
		if (q->waits) {
			start_prompt(q);
		}
	}
}

void kb_request_prompt(struct kb_request *q, enum kb_prompt_task task,
		       const struct kb_intent *intent)
{
	struct kb_engine *e = q->engine;

	q->prompt = (struct kb_prompt_job){
		.sys = e->sys,
		.places = &e->places,
		.read_write = task == KB_TASK_REMOUNT ? wants(intent, "rw") : e->places.read_write,
		.task = task,
		.name = kb_arena_strdup(&q->arena, intent->name),
		.from = kb_arena_strdup(&q->arena, intent->from),
		.want_dir = wants(intent, "dir") || wants(intent, "look"),
		.text = q->line,
	};
	q->quiet = wants(intent, "look");
	if ((intent->name && !q->prompt.name) || (intent->from && !q->prompt.from)) {
		fail(q, "out of memory");
		return;
	}
	start_prompt(q);
}

void kb_request_reply(struct kb_request *q, bool ok, const char *how, const char *text)
{
	struct kb_client *client = still_there(q);
	struct kb_message m = {.type = KB_MSG_REPLY,
			       .to = kb_intent_name(q->type),
			       .request = q->number,
			       .ok = ok,
			       .text = text,
			       .how = how,
			       .path = how && strcmp(how, "command") == 0 ? q->found.path : NULL};

	if (client) {
		kb_client_send(client, &m);
	}
	unlink_and_destroy(q);
}

static bool is_client(const struct kb_engine *e, const struct kb_client *client)
{
	for (const struct kb_client *c = e->server.first; c; c = c->next) {
		if (c == client) {
			return true;
		}
	}
	return false;
}

void kb_requests_left(struct kb_engine *e)
{
	struct kb_request *next;

	for (struct kb_request *q = e->requests; q; q = next) {
		next = q->next;
		if (q->client && !is_client(e, q->client)) {
			/* Another client may come to be at the same address. */
			q->client = NULL;
			if (q->type == KB_DO_CHROOT) {
				unlink_and_destroy(q);
			}
		}
	}
}

void kb_request_detach(struct kb_engine *e, const char *device)
{
	const struct kb_intent about = {.type = KB_DO_UMOUNT, .name = device};
	struct kb_request *q = kb_request_create(e, NULL, KB_DO_UMOUNT);

	if (q) {
		kb_request_prompt(q, KB_TASK_DETACH, &about);
	}
}

void kb_requests_forget(struct kb_engine *e, const struct kb_client *client)
{
	struct kb_request *next;

	for (struct kb_request *q = e->requests; q; q = next) {
		next = q->next;
		if (!client || (q->client == client && q->type == KB_DO_CHROOT)) {
			unlink_and_destroy(q);
		}
	}
}
