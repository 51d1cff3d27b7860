/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pipeline.h"

#include <errno.h>

#include "kboot/boot/load.h"
#include "kboot/model/name.h"
#include "work/report.h"

enum { PROGRESS_MS = 100 };

static void forget(struct kb_pipeline *p)
{
	kb_child_cancel(p->child);
	p->child = NULL;
	kb_timer_stop(p->stall);
	kb_arena_done(&p->arena);
	memset(&p->entry, 0, sizeof(p->entry));
	p->stage = KB_STAGE_NONE;
	p->done_bytes = 0;
	p->total_bytes = 0;
	p->bytes_per_s = 0;
	p->error = NULL;
	p->method = NULL;
	p->question = NULL;
}

static int64_t now_ms(const struct kb_pipeline *p)
{
	return p->sys->now_ms(p->sys->ctx);
}

static void fail(struct kb_pipeline *p, const char *why)
{
	p->stage = KB_STAGE_FAILED;
	if (p->error != why) {
		p->error = kb_arena_strdup(&p->arena, why);
	}
	if (!p->error) {
		p->error = "out of memory";
	}
	kb_journal_add(p->journal, KB_LOG_ERROR, "%s: %s", kb_entry_display(&p->entry), p->error);
}

/* Tells, and lets go of what is still fetched for nothing. */
static void give_up(struct kb_pipeline *p, const char *why)
{
	fail(p, why);
	p->question = NULL;
	kb_downloads_release(&p->downloads);
	p->changed(p->ctx);
}

static void stalled(void *data)
{
	struct kb_pipeline *p = data;

	kb_child_cancel(p->child);
	p->child = NULL;
	give_up(p, p->stage == KB_STAGE_LOADING
			   ? "nothing more could be read for 30 s; given up"
			   : "its files could not be reached within 30 s; given up");
}

/*
 * Every word of progress redraws every menu, which together would cost a good part of what the load
 * itself costs: a few a second are enough for eyes.
 */
static bool worth_showing(struct kb_pipeline *p, bool is_news)
{
	int64_t now = now_ms(p);

	if (!is_news && now - p->shown_ms < PROGRESS_MS) {
		return false;
	}
	p->shown_ms = now;
	return true;
}

static enum kb_stage stage_from_name(const char *name)
{
	for (int stage = 0; name && stage < KB_N_STAGES; stage++) {
		if (strcmp(kb_stage_name(stage), name) == 0) {
			return stage;
		}
	}
	return KB_STAGE_NONE;
}

static void loader_line(void *owner, struct kb_str line)
{
	struct kb_pipeline *p = owner;
	struct kb_report report;
	enum kb_stage stage;

	if (kb_report_decode(&p->arena, line, &report) < 0) {
		return;
	}
	stage = stage_from_name(report.stage);
	kb_timer_set(p->stall, KB_LOAD_STALL_MS);
	if (stage != KB_STAGE_NONE && stage != KB_STAGE_ARMED) {
		p->stage = stage;
	}
	if (report.total_bytes > 0) {
		p->done_bytes = report.done_bytes;
		p->total_bytes = report.total_bytes;
	}
	p->error = report.error ? report.error : p->error;
	if (report.note && p->n_notes++ < KB_LOAD_MAX_NOTES) {
		kb_journal_add(p->journal, KB_LOG_INFO, "%s", report.note);
	}
	p->method = report.method ? report.method : p->method;
	if (worth_showing(p, report.stage != NULL)) {
		p->changed(p->ctx);
	}
}

static void armed(struct kb_pipeline *p)
{
	p->stage = KB_STAGE_ARMED;
	kb_journal_add(p->journal, KB_LOG_INFO, "armed %s in %.2f s (%s)",
		       kb_entry_display(&p->entry), (double)(now_ms(p) - p->started_ms) / 1000,
		       p->method ? p->method : "method unknown");
	/* The kernel has its own copy. */
	kb_downloads_release(&p->downloads);
}

static void loader_ended(void *owner, const struct kb_child_result *result)
{
	struct kb_pipeline *p = owner;

	p->child = NULL;
	kb_timer_stop(p->stall);
	if (result->end == KB_CHILD_EXITED && result->status == 0) {
		armed(p);
		p->changed(p->ctx);
	} else if (p->error) {
		give_up(p, p->error);
	} else if (result->end == KB_CHILD_EXITED) {
		give_up(p, result->stderr_tail[0] ? result->stderr_tail : "the loader failed");
	} else {
		give_up(p, "the loader was ended before it was done");
	}
}

static void downloads_moved(void *ctx);

int kb_pipeline_init(struct kb_pipeline *p)
{
	p->downloads.loop = p->loop;
	p->downloads.sys = p->sys;
	p->downloads.journal = p->journal;
	p->downloads.places = p->places;
	p->downloads.silence_ms = KB_DOWNLOADS_SILENCE_MS;
	p->downloads.ctx = p;
	p->downloads.changed = downloads_moved;
	/* A kernel that an engine before us loaded is none that anybody chose here. */
	p->in_kernel = !p->places->simulated;
	return kb_loop_add_timer(p->loop, stalled, p, &p->stall);
}

void kb_pipeline_done(struct kb_pipeline *p)
{
	forget(p);
	kb_downloads_done(&p->downloads);
	kb_source_remove(p->stall);
	p->stall = NULL;
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

bool kb_pipeline_holds(const struct kb_pipeline *p, const struct kb_entry *entry)
{
	return p->stage != KB_STAGE_NONE && same(p->entry.id, entry->id) &&
	       same(p->entry.args, entry->args) && same(p->entry.dtb, entry->dtb) &&
	       kb_entry_same_files(&p->entry, entry);
}

static int start_worker(struct kb_pipeline *p)
{
	int keep[KB_DOWNLOADS_MAX];
	struct kb_child_spec spec = {
		.name = "loader",
		.run = kb_load_job_run,
		.data = &p->job,
		.keep_fds = keep,
		.deadline_ms = KB_LOAD_DEADLINE_MS,
		.owner = p,
		.on_line = loader_line,
		.on_exit = loader_ended,
	};
	int r;

	p->job.n_fetched = kb_downloads_files(&p->downloads, p->fetched);
	p->job.fetched = p->fetched;
	for (; spec.n_keep_fds < p->job.n_fetched; spec.n_keep_fds++) {
		keep[spec.n_keep_fds] = p->fetched[spec.n_keep_fds].fd;
	}
	p->stage = KB_STAGE_RESOLVING;
	p->done_bytes = p->total_bytes = 0;
	r = kb_child_start(p->loop, p->sys, &spec, &p->child);
	if (r < 0) {
		fail(p, "no loader could be started");
		kb_downloads_release(&p->downloads);
		return r;
	}
	kb_timer_set(p->stall, KB_LOAD_STALL_MS);
	return 0;
}

static void downloads_moved(void *ctx)
{
	struct kb_pipeline *p = ctx;
	struct kb_downloads_state now;

	if (p->stage != KB_STAGE_FETCHING) {
		return;
	}
	kb_downloads_look(&p->downloads, &now);
	p->done_bytes = now.done_bytes;
	p->total_bytes = now.total_bytes;
	p->bytes_per_s = now.bytes_per_s;
	if (now.has_failed) {
		give_up(p, now.error);
	} else if (now.question) {
		p->question_number += !p->question;
		p->question = now.question;
		p->changed(p->ctx);
	} else if (now.is_whole) {
		(void)start_worker(p);
		p->changed(p->ctx);
	} else if (worth_showing(p, false)) {
		p->changed(p->ctx);
	}
}

/* What is named by URL is there before anything else is looked for. */
static int start(struct kb_pipeline *p)
{
	int r;

	if (p->places->simulated || !kb_downloads_are_needed(&p->entry)) {
		kb_downloads_release(&p->downloads);
		return start_worker(p);
	}
	p->stage = KB_STAGE_FETCHING;
	r = kb_downloads_want(&p->downloads, &p->entry, p->job.root);
	if (r < 0) {
		fail(p, "nothing could be started that fetches its files");
		kb_downloads_release(&p->downloads);
		return r;
	}
	downloads_moved(p);
	return 0;
}

int kb_pipeline_start(struct kb_pipeline *p, const struct kb_entry *entry, const char *root)
{
	struct kb_arena arena = {0};
	struct kb_entry copy;
	/* Copied before anything is forgotten: entry may be the one we hold. */
	int r = kb_entry_copy(&arena, entry, &copy);

	/* What is fetched first may take a while: its device may have gone then. */
	root = kb_arena_strdup(&arena, root);
	r = r == 0 && !root ? -ENOMEM : r;
	if (r < 0) {
		kb_arena_done(&arena);
		return r;
	}
	if (p->in_kernel && p->stage == KB_STAGE_ARMED && kb_boot_unload(p->sys) < 0) {
		kb_journal_add(p->journal, KB_LOG_WARNING, "the loaded kernel could not be freed");
	}
	forget(p);
	p->arena = arena;
	p->arena.max_bytes = KB_LOAD_REPORT_BYTES;
	p->n_notes = 0;
	p->entry = copy;
	p->job = (struct kb_load_job){
		.sys = p->sys,
		.places = p->places,
		.root = root,
		.entry = &p->entry,
		.keys = p->keys,
		.read_write = p->places->read_write,
		.plan_only = p->places->simulated,
	};
	p->load++;
	p->started_ms = now_ms(p);
	p->in_kernel = !p->places->simulated;
	r = start(p);
	p->changed(p->ctx);
	return r;
}

void kb_pipeline_answer(struct kb_pipeline *p, const struct kb_fetch_answer *answer)
{
	struct kb_downloads_state now;

	if (!p->question) {
		return;
	}
	kb_downloads_look(&p->downloads, &now);
	p->question = NULL;
	if (!answer) {
		give_up(p, now.error);
	} else if (kb_downloads_answer(&p->downloads, answer, p->job.root) < 0) {
		give_up(p, "the answer could not be passed on: out of memory");
	} else {
		downloads_moved(p);
	}
}

void kb_pipeline_clear(struct kb_pipeline *p)
{
	forget(p);
	kb_downloads_release(&p->downloads);
	if (p->in_kernel) {
		int r = kb_boot_unload(p->sys);

		/* A loader that is just being killed still holds the kernel's lock; the next load
		 * replaces its work. */
		if (r != -EBUSY) {
			p->in_kernel = false;
		}
	}
	p->changed(p->ctx);
}

bool kb_pipeline_uses(const struct kb_pipeline *p, const char *device)
{
	bool uses = kb_name_is_on(p->entry.kernel, device) || kb_name_is_on(p->entry.dtb, device);

	for (size_t i = 0; !uses && i < p->entry.n_initrd; i++) {
		uses = kb_name_is_on(p->entry.initrd[i], device);
	}
	return p->stage != KB_STAGE_NONE && uses;
}
