/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "downloads.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "kboot/base/child.h"
#include "kboot/model/name.h"
#include "work/report.h"

enum { MAX_NOTES = 16, MIN_ELAPSED_MS = 500, REPORT_BYTES = 64 << 10 };

struct kb_download {
	struct kb_download *next;
	struct kb_downloads *owner;
	char *name;
	struct kb_fetch_part *part; /* shared with the worker: what it leaves is gone on with */
	int fd;                     /* of the part, whatever the worker says */
	bool is_wanted;
	uint64_t done_bytes;
	uint64_t total_bytes; /* 0: not known */
	unsigned n_notes;
	struct kb_arena arena; /* of the error */
	const char *error;
	struct kb_fetch_question question; /* with an error: an answer would help */
	struct kb_fetch_job job;
	struct kb_child *child;
	struct kb_source *silence; /* its worker has to speak before that goes off */
};

static int64_t now_ms(const struct kb_downloads *d)
{
	return d->sys->now_ms(d->sys->ctx);
}

/* The nth file of an entry. false: it has no such. */
static bool nth_file(const struct kb_entry *entry, size_t n, const char **ret_name)
{
	if (n >= entry->n_initrd + 2) {
		return false;
	}
	*ret_name = n == 0 ? entry->kernel : n == 1 ? entry->dtb : entry->initrd[n - 2];
	return true;
}

bool kb_downloads_are_needed(const struct kb_entry *entry)
{
	const char *name;
	bool needed = false;

	for (size_t i = 0; !needed && nth_file(entry, i, &name); i++) {
		needed = kb_name_is_url(name);
	}
	return needed;
}

/* --- one */

/* The page is the worker's to write: only what it cannot do harm with is believed. */
static struct kb_fetch_part seen(const struct kb_download *one)
{
	return (struct kb_fetch_part){.fd = one->fd};
}

static bool is_whole(const struct kb_download *one)
{
	const struct kb_fetch_part part = seen(one);

	return kb_fetch_part_is_whole(&part);
}

static uint64_t bytes_of(const struct kb_download *one)
{
	const struct kb_fetch_part part = seen(one);

	return kb_fetch_part_bytes(&part);
}

static void forget_error(struct kb_download *one)
{
	kb_arena_done(&one->arena);
	one->arena = (struct kb_arena){0};
	one->error = NULL;
	one->question = (struct kb_fetch_question){0};
}

static void destroy(struct kb_download *one)
{
	kb_child_cancel(one->child);
	kb_source_remove(one->silence);
	if (one->part) {
		one->fd = kb_close(one->fd);
		(void)munmap(one->part, sizeof(*one->part));
	}
	forget_error(one);
	free(one->name);
	free(one);
}

static void stop(struct kb_download *one)
{
	kb_child_cancel(one->child);
	one->child = NULL;
	kb_timer_stop(one->silence);
}

static void fail(struct kb_download *one, const char *why)
{
	if (one->error != why) {
		one->error = kb_arena_strdup(&one->arena, why);
	}
	one->error = one->error ? one->error : "out of memory";
}

static void fell_silent(void *data)
{
	struct kb_download *one = data;

	stop(one);
	fail(one, "what fetches it hangs; given up");
	one->owner->changed(one->owner->ctx);
}

static struct kb_download *create(struct kb_downloads *d, const char *name)
{
	struct kb_download *one = calloc(1, sizeof(*one));
	struct kb_error quiet;
	void *part;

	if (!one) {
		return NULL;
	}
	one->owner = d;
	one->name = strdup(name);
	part = mmap(NULL, sizeof(*one->part), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		    -1, 0);
	one->part = part == MAP_FAILED ? NULL : part;
	if (!one->name || !one->part ||
	    kb_loop_add_timer(d->loop, fell_silent, one, &one->silence) < 0 ||
	    kb_fetch_part_open(one->part, &quiet) < 0) {
		if (one->part) {
			(void)munmap(part, sizeof(*one->part));
			one->part = NULL;
		}
		destroy(one);
		return NULL;
	}
	one->fd = one->part->fd;
	return one;
}

static bool put(char *at, size_t size, const char *text)
{
	return (size_t)snprintf(at, size, "%s", text ? text : "") < size;
}

/* What does not fit is none. */
static void take_question(struct kb_download *one, const struct kb_report *report)
{
	struct kb_fetch_question q = {0};

	for (enum kb_fetch_want want = 1; report->wants && want < KB_FETCH_N_WANTS; want++) {
		if (strcmp(kb_fetch_want_name(want), report->wants) == 0) {
			q.want = want;
		}
	}
	if (put(q.server, sizeof(q.server), report->server) &&
	    put(q.user, sizeof(q.user), report->user) &&
	    put(q.host_key, sizeof(q.host_key), report->host_key)) {
		one->question = q;
	}
}

static void fetcher_line(void *owner, struct kb_str line)
{
	struct kb_download *one = owner;
	struct kb_report report;

	kb_timer_set(one->silence, one->owner->silence_ms);
	one->arena.max_bytes = REPORT_BYTES;
	if (kb_report_decode(&one->arena, line, &report) < 0) {
		return;
	}
	if (report.note && one->n_notes++ < MAX_NOTES) {
		kb_journal_add(one->owner->journal, KB_LOG_INFO, "%s", report.note);
	}
	one->error = report.error;
	take_question(one, &report);
	if (!report.note && !report.error) {
		one->done_bytes = report.done_bytes;
		one->total_bytes = report.total_bytes;
	}
	one->owner->changed(one->owner->ctx);
}

static void fetcher_ended(void *owner, const struct kb_child_result *result)
{
	struct kb_download *one = owner;

	one->child = NULL;
	kb_timer_stop(one->silence);
	if (is_whole(one)) { /* sealed, however it ended */
		one->done_bytes = one->total_bytes = bytes_of(one);
		kb_journal_add(one->owner->journal, KB_LOG_INFO, "%s was fetched: %llu bytes",
			       one->name, (unsigned long long)one->done_bytes);
	} else {
		fail(one, one->error                         ? one->error
			  : result->end == KB_CHILD_DEADLINE ? "it took too long to be fetched"
							     : "what fetches it was ended");
	}
	one->owner->changed(one->owner->ctx);
}

static int start(struct kb_download *one, const char *root)
{
	struct kb_downloads *d = one->owner;
	const int keep[] = {one->fd};
	const struct kb_child_spec spec = {
		.name = "fetcher",
		.run = kb_fetch_job_run,
		.data = &one->job,
		.keep_fds = keep,
		.n_keep_fds = 1,
		.deadline_ms = KB_FETCH_DEADLINE_MS + 60000,
		.owner = one,
		.on_line = fetcher_line,
		.on_exit = fetcher_ended,
	};

	if (one->child) {
		return 0;
	}
	forget_error(one);
	if (is_whole(one)) {
		return 0;
	}
	one->part->fd = one->fd;
	one->part->validator[sizeof(one->part->validator) - 1] = '\0';
	one->n_notes = 0;
	one->job = (struct kb_fetch_job){
		.sys = d->sys,
		.places = d->places,
		.root = root,
		.urls = one->name,
		.part = one->part,
		.answers = d->answers.all,
		.n_answers = d->answers.n,
	};
	kb_timer_set(one->silence, d->silence_ms);
	return kb_child_start(d->loop, d->sys, &spec, &one->child);
}

/* --- all */

static struct kb_download **find(struct kb_downloads *d, const char *name)
{
	struct kb_download **at = &d->first;

	while (*at && strcmp((*at)->name, name) != 0) {
		at = &(*at)->next;
	}
	return at;
}

/* To the front. NULL: no memory. */
static struct kb_download *get(struct kb_downloads *d, const char *name)
{
	struct kb_download **at = find(d, name);
	struct kb_download *one = *at;

	if (one) {
		*at = one->next;
	} else {
		one = create(d, name);
	}
	if (one) {
		one->next = d->first;
		d->first = one;
	}
	return one;
}

/* What was wanted last stays longest. */
static void trim(struct kb_downloads *d)
{
	struct kb_download **at = &d->first;
	uint64_t kept = 0;

	while (*at) {
		struct kb_download *one = *at;
		uint64_t bytes = bytes_of(one);

		if (!one->is_wanted && (bytes == 0 || bytes > d->max_kept_bytes - kept)) {
			*at = one->next;
			destroy(one);
			continue;
		}
		kept += one->is_wanted ? 0 : bytes;
		at = &one->next;
	}
}

void kb_downloads_forget_kept(struct kb_downloads *d)
{
	struct kb_download **at = &d->first;

	while (*at) {
		struct kb_download *one = *at;

		if (one->is_wanted) {
			at = &one->next;
		} else {
			*at = one->next;
			destroy(one);
		}
	}
}

static void want_none(struct kb_downloads *d)
{
	for (struct kb_download *one = d->first; one; one = one->next) {
		one->is_wanted = false;
	}
}

static void stop_unwanted(struct kb_downloads *d)
{
	for (struct kb_download *one = d->first; one; one = one->next) {
		if (!one->is_wanted) {
			stop(one);
		}
	}
	trim(d);
}

void kb_downloads_release(struct kb_downloads *d)
{
	want_none(d);
	stop_unwanted(d);
	kb_answers_forget(&d->answers);
}

static int want(struct kb_downloads *d, const struct kb_entry *entry)
{
	const char *name;

	for (size_t i = 0; nth_file(entry, i, &name); i++) {
		struct kb_download *one = kb_name_is_url(name) ? get(d, name) : NULL;

		if (one) {
			one->is_wanted = true;
		} else if (kb_name_is_url(name)) {
			return -ENOMEM;
		}
	}
	return 0;
}

int kb_downloads_want(struct kb_downloads *d, const struct kb_entry *entry, const char *root)
{
	int r;

	want_none(d);
	kb_answers_forget(&d->answers);
	r = want(d, entry);
	stop_unwanted(d);
	d->started_ms = now_ms(d);
	d->started_bytes = 0;
	for (struct kb_download *one = d->first; one && r == 0; one = one->next) {
		if (one->is_wanted) {
			one->done_bytes = bytes_of(one);
			d->started_bytes += one->done_bytes;
			r = start(one, root);
		}
	}
	return r;
}

static bool is_answered_by(const struct kb_download *one, const struct kb_fetch_answer *answer)
{
	return one->is_wanted && !one->child && one->error &&
	       one->question.want != KB_FETCH_WANTS_NOTHING &&
	       strcmp(one->question.server, answer->server) == 0;
}

int kb_downloads_answer(struct kb_downloads *d, const struct kb_fetch_answer *answer,
			const char *root)
{
	int r = kb_answers_add(&d->answers, answer);

	for (struct kb_download *one = d->first; one && r == 0; one = one->next) {
		r = is_answered_by(one, answer) ? start(one, root) : 0;
	}
	return r;
}

void kb_downloads_done(struct kb_downloads *d)
{
	struct kb_download *next;

	kb_answers_forget(&d->answers);

	for (struct kb_download *one = d->first; one; one = next) {
		next = one->next;
		destroy(one);
	}
	d->first = NULL;
}

/* The first that has failed counts; a question only where none has. */
static void add_failure(const struct kb_download *one, struct kb_downloads_state *s)
{
	bool asks = one->question.want != KB_FETCH_WANTS_NOTHING;

	if (s->has_failed || (asks && s->question)) {
		return;
	}
	s->has_failed = !asks;
	s->question = asks ? &one->question : NULL;
	s->error = one->error;
}

void kb_downloads_look(const struct kb_downloads *d, struct kb_downloads_state *ret_state)
{
	struct kb_downloads_state s = {.is_whole = true};
	int64_t elapsed_ms = now_ms(d) - d->started_ms;
	bool knows_total = true;

	for (const struct kb_download *one = d->first; one; one = one->next) {
		if (!one->is_wanted) {
			continue;
		}
		s.done_bytes += one->done_bytes;
		s.total_bytes += one->total_bytes;
		knows_total = knows_total && one->total_bytes > 0;
		s.is_whole = s.is_whole && !one->child && is_whole(one);
		if (!one->child && one->error) {
			add_failure(one, &s);
		}
	}
	s.total_bytes = knows_total ? s.total_bytes : 0;
	if (elapsed_ms >= MIN_ELAPSED_MS && s.done_bytes > d->started_bytes) {
		s.bytes_per_s = (s.done_bytes - d->started_bytes) * 1000 / (uint64_t)elapsed_ms;
	}
	*ret_state = s;
}

size_t kb_downloads_files(const struct kb_downloads *d,
			  struct kb_fetched ret_files[static KB_DOWNLOADS_MAX])
{
	size_t n = 0;

	for (const struct kb_download *one = d->first; one; one = one->next) {
		if (one->is_wanted && n < KB_DOWNLOADS_MAX) {
			ret_files[n++] = (struct kb_fetched){one->name, one->fd};
		}
	}
	return n;
}
