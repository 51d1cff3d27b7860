/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "serve/request.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "serve/serve.h"

static void destroy(struct kb_request *q)
{
	struct kb_request **at = &q->core->requests;

	while (*at != q) {
		at = &(*at)->next;
	}
	*at = q->next;
	kb_child_cancel(q->child);
	kb_buf_done(&q->notes);
	kb_table_done(&q->rows);
	kb_arena_done(&q->arena);
	free(q);
}

/* NULL: it has left, or nobody asked. */
static struct kb_client *client_of(const struct kb_request *q)
{
	return q->asked.client > 0 ? kb_server_find(&q->core->server, q->asked.client) : NULL;
}

static void send_reply(const struct kb_request *q, struct kb_message m)
{
	struct kb_client *client = client_of(q);

	if (client) {
		kb_client_answer(client, q->asked, m);
	}
}

void kb_request_reply(struct kb_request *q, bool ok, const char *how, const char *text)
{
	const char *path = how && strcmp(how, "command") == 0 ? q->found.path : NULL;

	send_reply(q, (struct kb_message){.ok = ok, .text = text, .how = how, .path = path});
	destroy(q);
}

void kb_request_fail(struct kb_request *q, const char *text)
{
	kb_request_reply(q, false, NULL, text);
}

/* A person waits for one answer of a kind at a time. What nobody asked for is nobody's to end. */
static void give_up_earlier(struct kb_core *k, const struct kb_asked *asked)
{
	struct kb_request *next;

	for (struct kb_request *q = k->requests; q; q = next) {
		next = q->next;
		if (asked->client > 0 && q->asked.client == asked->client &&
		    q->asked.type == asked->type && asked->type != KB_DO_CHROOT) {
			kb_request_fail(q, "given up: something else was asked");
		}
	}
}

static struct kb_request *add(struct kb_core *k, const struct kb_asked *asked)
{
	struct kb_request *q = calloc(1, sizeof(*q));

	if (q) {
		q->core = k;
		q->asked = *asked;
		q->arena.max_bytes = KB_REQUEST_MAX_BYTES;
		q->notes.max_bytes = KB_REQUEST_MAX_BYTES / 4;
		q->state = KB_REQUEST_RUNNING;
		q->next = k->requests;
		k->requests = q;
	}
	return q;
}

struct kb_request *kb_request_create(struct kb_core *k, struct kb_client *client,
				     const struct kb_intent *intent)
{
	const struct kb_asked asked = kb_asked_by(client, intent);
	struct kb_request *q;

	give_up_earlier(k, &asked);
	q = add(k, &asked);
	if (!q) {
		kb_client_reply(client, intent, false, "out of memory");
	}
	return q;
}

/* In the next turn. */
static void ask_worker(struct kb_request *q)
{
	q->state = KB_REQUEST_NEW;
	kb_core_ask_turn(q->core);
}

static void worker_ended(void *owner, const struct kb_child_result *result)
{
	struct kb_request *q = owner;

	q->child = NULL;
	q->result = *result;
	q->state = KB_REQUEST_ENDED;
	kb_core_ask_turn(q->core);
}

/* --- what a worker says */

static void reply_found(struct kb_request *q)
{
	struct kb_client *client = client_of(q);
	char pid[16];
	struct kb_message m = {.ok = true,
			       .text = q->notes.data,
			       .place = q->found.place,
			       .path = q->found.path,
			       .how = q->found.how,
			       .rows = q->rows.rows,
			       .n_rows = q->rows.n};

	if (client && !q->quiet) {
		kb_reported_add_all(&client->reported, &q->seen);
	}
	if (q->asked.type == KB_DO_CHROOT && q->child) {
		(void)snprintf(pid, sizeof(pid), "%d", (int)kb_child_pid(q->child));
		m.pid_text = pid;
	}
	send_reply(q, m);
}

/* Every visit is another worker, which reads the fstab anew: what is wrong with it is told once. */
static void take_note(struct kb_request *q, const struct kb_report *report)
{
	struct kb_journal *journal = &q->core->engine.journal;
	const struct kb_client *client = client_of(q);

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
	kb_reported_add_all(&q->core->engine.journal.reported, &q->seen);
}

static void plan_line(void *owner, struct kb_str line)
{
	struct kb_request *q = owner;
	struct kb_report report;

	if (kb_report_decode(&q->arena, line, &report) == 0 && (report.error || report.plan)) {
		q->found = report;
	}
}

static void prompt_line(void *owner, struct kb_str line)
{
	struct kb_request *q = owner;
	struct kb_report report;

	if (kb_report_decode(&q->arena, line, &report) < 0) {
		return;
	}
	if (report.note) {
		take_note(q, &report);
		return;
	}
	if (report.how && strcmp(report.how, KB_REPORT_ROW) == 0) {
		kb_table_add(&q->rows, (struct kb_table_row){{report.path, report.place}});
		return;
	}
	q->found = report;
	/* The worker of a chroot stays: that it is ready is its answer. */
	if (q->asked.type == KB_DO_CHROOT && !report.error) {
		logged(q);
		reply_found(q);
	}
}

static const char *why_it_ended(const struct kb_request *q)
{
	enum kb_child_end end = q->result.end;
	/* SIGALRM: the deadline that the worker of a chroot sets itself. */
	bool own_deadline = end == KB_CHILD_SIGNALED && q->result.status == SIGALRM;

	if (q->found.error) {
		return q->found.error;
	}
	if (q->is_plan) {
		return "the loader ended without a word";
	}
	return own_deadline || end == KB_CHILD_DEADLINE || end == KB_CHILD_ABANDONED
		       ? "no answer within 20 s; given up"
		       : "its worker ended without a word";
}

/* What was missing may have come since the worker was started, or may still come. */
static bool look_again(struct kb_request *q)
{
	if (!q->found.is_missing || !q->was_early) {
		return false;
	}
	if (kb_engine_settled(&q->core->engine)) {
		ask_worker(q);
	} else {
		q->state = KB_REQUEST_WAITING;
	}
	return true;
}

static void look_at_result(struct kb_request *q)
{
	bool ok = q->result.end == KB_CHILD_EXITED && q->result.status == 0 &&
		  (q->found.plan || q->found.path || q->found.how);

	logged(q);
	if (!ok && look_again(q)) {
		return;
	}
	/* A chroot that was ready has had its answer. */
	if (!client_of(q) || (q->asked.type == KB_DO_CHROOT && q->found.path)) {
		destroy(q);
	} else if (!ok) {
		kb_request_fail(q, why_it_ended(q));
	} else if (q->is_plan) {
		kb_request_reply(q, true, NULL, q->found.plan);
	} else if (q->judged) {
		q->judged(q);
	} else {
		reply_found(q);
		destroy(q);
	}
}

/* --- what it is to do */

void kb_request_plan(struct kb_request *q, const struct kb_entry *entry)
{
	if (kb_entry_copy(&q->arena, entry, &q->entry) < 0) {
		kb_request_fail(q, "out of memory");
		return;
	}
	q->is_plan = true;
	ask_worker(q);
}

static bool wants(const struct kb_intent *intent, const char *what)
{
	return intent->want && strcmp(intent->want, what) == 0;
}

void kb_request_prompt(struct kb_request *q, enum kb_prompt_task task,
		       const struct kb_intent *intent)
{
	const struct kb_places *places = &q->core->engine.places;
	const char *begin = intent->value ? intent->value : "";
	bool is_list = wants(intent, "list");
	bool is_said = task == KB_TASK_REMOUNT || (task == KB_TASK_CHROOT && intent->want);

	q->prompt = (struct kb_prompt_job){
		.sys = q->core->engine.sys,
		.places = places,
		/* What is said for this alone counts, and has to be had. */
		.read_write = is_said ? wants(intent, "rw") : places->read_write,
		.insist = is_said && wants(intent, "rw"),
		.task = task,
		.name = task == KB_TASK_VISIT && intent->id
				? kb_engine_name_in(&q->core->engine, &q->arena, intent->id,
						    intent->name)
				: kb_arena_strdup(&q->arena, intent->name),
		.from = kb_arena_strdup(&q->arena, intent->from),
		.want_dir = wants(intent, "dir") || wants(intent, "look") || is_list,
		.list = is_list ? kb_arena_strdup(&q->arena, begin) : NULL,
		.text = q->line,
	};
	q->quiet = is_list || wants(intent, "look");
	if ((intent->name && !q->prompt.name) || (intent->from && !q->prompt.from) ||
	    (is_list && !q->prompt.list)) {
		kb_request_fail(q, "out of memory");
		return;
	}
	ask_worker(q);
}

void kb_request_detach(struct kb_core *k, const char *device)
{
	const struct kb_asked nobody = {.type = KB_DO_UMOUNT};
	const struct kb_intent about = {.type = KB_DO_UMOUNT, .name = device};
	struct kb_request *q = add(k, &nobody);

	if (q) {
		kb_request_prompt(q, KB_TASK_DETACH, &about);
	}
}

/* --- turns */

static void start(struct kb_request *q)
{
	const struct kb_engine *e = &q->core->engine;
	struct kb_child_spec spec = {
		.name = kb_intent_name(q->asked.type),
		.run = q->is_plan ? kb_load_job_run : kb_prompt_job_run,
		.data = q->is_plan ? (void *)&q->load : &q->prompt,
		.deadline_ms = q->is_plan                         ? KB_LOAD_STALL_MS
			       : q->prompt.task == KB_TASK_CHROOT ? 0
								  : KB_PROMPT_DEADLINE_MS,
		.owner = q,
		.on_line = q->is_plan ? plan_line : prompt_line,
		.on_exit = worker_ended,
	};
	int r;

	q->load = (struct kb_load_job){.sys = e->sys,
				       .places = &e->places,
				       .root = kb_engine_root(e),
				       .entry = &q->entry,
				       .read_write = e->places.read_write,
				       .plan_only = true};
	q->prompt.root = q->system ? q->system : q->load.root;
	kb_buf_reset(&q->notes);
	q->seen = (struct kb_reported){0};
	q->found = (struct kb_report){0};
	q->was_early = !kb_engine_settled(e);
	q->state = KB_REQUEST_RUNNING;
	r = kb_child_start(e->loop, e->sys, &spec, &q->child);
	if (r < 0) {
		kb_request_fail(q, strerror(-r));
	}
}

static void take_turn(struct kb_request *q)
{
	bool is_left = q->asked.client > 0 && !client_of(q);

	if (is_left && q->asked.type == KB_DO_CHROOT) {
		destroy(q);
	} else if (q->state == KB_REQUEST_ENDED) {
		look_at_result(q);
	} else if (q->state == KB_REQUEST_NEW ||
		   (q->state == KB_REQUEST_WAITING && kb_engine_settled(&q->core->engine))) {
		start(q);
	}
}

void kb_requests_turn(struct kb_core *k)
{
	struct kb_request *next;

	if (k->engine.state == KB_ENGINE_LEAVING) {
		return;
	}
	for (struct kb_request *q = k->requests; q; q = next) {
		next = q->next;
		take_turn(q);
	}
}

static bool is_worker(const struct kb_request *q, uint64_t pid)
{
	return pid == 0 || (q->child && (uint64_t)kb_child_pid(q->child) == pid);
}

void kb_requests_end_chroots(struct kb_core *k, uint64_t client, uint64_t pid)
{
	struct kb_request *next;

	for (struct kb_request *q = k->requests; q; q = next) {
		next = q->next;
		if (q->asked.client == client && q->asked.type == KB_DO_CHROOT &&
		    is_worker(q, pid)) {
			destroy(q);
		}
	}
}

void kb_requests_forget(struct kb_core *k)
{
	struct kb_request *next;

	for (struct kb_request *q = k->requests; q; q = next) {
		next = q->next;
		destroy(q);
	}
}
