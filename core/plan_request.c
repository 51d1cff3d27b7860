/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan for a client: what booting would do, told by a worker that changes nothing. */
#include <errno.h>
#include <stdlib.h>

#include "engine_private.h"

struct kb_plan_request {
	struct kb_plan_request *next;
	struct kb_engine *engine;
	struct kb_client *client;
	struct kb_arena arena;
	struct kb_entry entry;
	struct kb_load_job job;
	struct kb_child *child;
	const char *error;
	const char *plan;
};

static void destroy(struct kb_plan_request *q)
{
	kb_child_cancel(q->child);
	kb_arena_done(&q->arena);
	free(q);
}

static void plan_line(void *owner, struct kb_str line)
{
	struct kb_plan_request *q = owner;
	struct kb_load_report report;

	if (kb_load_report_decode(&q->arena, line, &report) < 0) {
		return;
	}
	q->error = report.error ? report.error : q->error;
	q->plan = report.plan ? report.plan : q->plan;
}

/* The client may have left meanwhile. */
static struct kb_client *still_there(const struct kb_plan_request *q)
{
	for (struct kb_client *c = q->engine->server.first; c; c = c->next) {
		if (c == q->client && !c->closed) {
			return c;
		}
	}
	return NULL;
}

static void plan_ended(void *owner, const struct kb_child_result *result)
{
	struct kb_plan_request *q = owner;
	struct kb_plan_request **at = &q->engine->plans;
	struct kb_client *client = still_there(q);
	bool ok = result->end == KB_CHILD_EXITED && result->status == 0 && q->plan;

	q->child = NULL;
	if (client && ok) {
		kb_client_reply(client, KB_DO_PLAN, true, q->plan);
	} else if (client) {
		kb_client_reply(client, KB_DO_PLAN, false,
				q->error ? q->error : "the loader ended without a word");
	}
	while (*at != q) {
		at = &(*at)->next;
	}
	*at = q->next;
	destroy(q);
}

int kb_engine_plan(struct kb_engine *e, struct kb_client *client, const struct kb_entry *entry)
{
	struct kb_plan_request *q = calloc(1, sizeof(*q));
	struct kb_child_spec spec = {
		.name = "plan",
		.run = kb_load_job_run,
		.deadline_ms = KB_LOAD_STALL_MS,
		.owner = q,
		.on_line = plan_line,
		.on_exit = plan_ended,
	};
	int r = q ? kb_entry_copy(&q->arena, entry, &q->entry) : -ENOMEM;

	if (r == 0) {
		q->engine = e;
		q->client = client;
		q->job = (struct kb_load_job){.sys = e->sys,
					      .places = &e->places,
					      .entry = &q->entry,
					      .read_write = e->places.read_write,
					      .plan_only = true};
		spec.data = &q->job;
		r = kb_child_start(e->loop, e->sys, &spec, &q->child);
	}
	if (r < 0) {
		if (q) {
			destroy(q);
		}
		return r;
	}
	q->next = e->plans;
	e->plans = q;
	return 0;
}

void kb_engine_forget_plans(struct kb_engine *e)
{
	struct kb_plan_request *next;

	for (struct kb_plan_request *q = e->plans; q; q = next) {
		next = q->next;
		destroy(q);
	}
	e->plans = NULL;
}
