/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/fetch/fetch.h"

#include <errno.h>
#include <sys/random.h>

#include "sha256.h"
#include "transfer.h"
#include "zone.h"

enum { PAUSE_SLICE_MS = 100 };

/* One of the places where the file is. */
struct source {
	const struct kb_url *url;
	const char *name; /* as it may be shown */
	bool is_final;    /* not asked again */
	struct kb_error err;
};

struct job {
	const struct kb_fetch_request *request;
	const struct kb_transport *transport;
	struct kb_arena arena;
	struct kb_body body;
	struct source sources[KB_URL_MAX_MIRRORS];
	struct kb_transfer transfer;
	unsigned attempts;
	unsigned in_vain; /* rounds of attempts since a new byte came */
	int64_t started_ms;
	int64_t patience_ms;
	int64_t patient_until_ms; /* if no new byte comes */
	int64_t retry_after_ms;
};

static int64_t now(const struct job *job)
{
	return job->request->sys->now_ms(job->request->sys->ctx);
}

/* Did what is in the body begin there? */
static bool is_from(const struct job *job, const struct source *source)
{
	return job->body.part->source == (size_t)(source - job->sources);
}

/* Where to go on in the body: another server's bytes only where length and digest will tell. */
static uint64_t resume_offset(const struct job *job, const struct source *source)
{
	const struct kb_body *body = &job->body;

	if (body->bytes == 0 || body->bytes == body->part->total_bytes || job->request->post) {
		return 0;
	}
	if (is_from(job, source)) {
		return body->part->validator[0] ? body->bytes : 0;
	}
	return job->request->sha256 && body->part->total_bytes != KB_SIZE_UNKNOWN ? body->bytes : 0;
}

/* RFC 9110, 15.4, without what would give a file or a password away. */
static enum kb_outcome redirect(struct job *job, struct kb_url *url, struct kb_error *err)
{
	struct kb_url to;

	if (kb_url_parse(&job->arena, kb_str_from(job->transfer.location), url, &to, err) < 0) {
		(void)kb_error_prefix(err, err->code, "it is redirected to what is refused");
		return KB_OUTCOME_FINAL;
	}
	if (to.scheme != KB_URL_HTTPS &&
	    (to.scheme != KB_URL_HTTP || url->scheme == KB_URL_HTTPS)) {
		kb_error_fill(err, -EPROTO, "it is redirected from %s to %s, which is refused",
			      kb_url_scheme_name(url->scheme), kb_url_scheme_name(to.scheme));
		return KB_OUTCOME_FINAL;
	}
	if (!kb_url_same_origin(&to, url)) {
		job->transfer.is_elsewhere = true;
	} else if (!to.user) {
		to.user = url->user;
		to.password = url->password;
	}
	*url = to;
	return KB_OUTCOME_DONE;
}

/* Asks one server, and those it sends us to. */
static enum kb_outcome ask(struct job *job, struct source *source, struct kb_error *err)
{
	struct kb_transfer *t = &job->transfer;
	struct kb_url url = *source->url;

	url.host = kb_zone_numbered(&job->arena, url.host);
	if (!url.host) {
		(void)kb_error_no_memory(err);
		return KB_OUTCOME_STOP;
	}
	t->offset = resume_offset(job, source);
	t->is_elsewhere = false;
	t->post = job->request->post;
	t->validator = is_from(job, source) ? job->body.part->validator : "";
	job->body.source = (unsigned)(source - job->sources);
	for (unsigned hops = 0;; hops++) {
		enum kb_outcome outcome;

		t->url = &url;
		t->location[0] = '\0';
		t->retry_after_ms = 0;
		kb_transfer_start(t);
		outcome = job->transport->run(job->transport->ctx, t, err);
		if (outcome != KB_OUTCOME_REDIRECT) {
			return outcome;
		}
		if (hops == KB_FETCH_MAX_REDIRECTS) {
			kb_error_fill(err, -ELOOP, "it is redirected more than %d times",
				      KB_FETCH_MAX_REDIRECTS);
			return KB_OUTCOME_FINAL;
		}
		t->post = NULL; /* RFC 9110, 15.4.4: the answer is there */
		outcome = redirect(job, &url, err);
		if (outcome != KB_OUTCOME_DONE) {
			return outcome;
		}
	}
}

/* Nobody else has the file while it is fetched: what is checked is what is sealed. */
static enum kb_outcome verify(struct job *job, struct kb_error *err)
{
	unsigned char digest[KB_FETCH_SHA256_BYTES];
	KB_BUF struct kb_buf text = {0};

	if (job->request->sha256 && kb_sha256_of(job->body.part->fd, digest, err) < 0) {
		return KB_OUTCOME_STOP;
	}
	if (!job->request->sha256 || memcmp(digest, job->request->sha256, sizeof(digest)) == 0) {
		return kb_body_seal(&job->body, err) < 0 ? KB_OUTCOME_STOP : KB_OUTCOME_DONE;
	}
	for (size_t i = 0; i < sizeof(digest); i++) {
		kb_buf_printf(&text, "%02x", digest[i]);
	}
	(void)kb_body_forget(&job->body, err);
	kb_error_fill(err, -EBADMSG, "another file than expected: its sha256 is %s",
		      text.data ? text.data : "");
	return KB_OUTCOME_FINAL;
}

/* --- attempts */

static enum kb_outcome attempt(struct job *job, struct source *source)
{
	const struct kb_error old = source->err;
	uint64_t before = job->body.bytes;
	enum kb_outcome outcome;

	kb_error_clear(&source->err);
	outcome = ask(job, source, &source->err);
	if (outcome == KB_OUTCOME_STOP && source->err.code == -ETIMEDOUT && old.text[0] &&
	    job->body.bytes <= before) {
		source->err = old; /* it knew better why */
	}
	if (outcome == KB_OUTCOME_DONE) {
		outcome = verify(job, &source->err);
	}
	job->attempts++;
	if (job->body.bytes > before) {
		job->in_vain = 0;
		job->patient_until_ms = now(job) + job->patience_ms;
	}
	if (job->transfer.retry_after_ms > job->retry_after_ms) {
		job->retry_after_ms = job->transfer.retry_after_ms;
	}
	source->is_final = outcome == KB_OUTCOME_FINAL;
	return outcome;
}

/* AGAIN: some may yet do it. FINAL: none will. STOP: *ret_last says why. */
static enum kb_outcome attempt_all(struct job *job, struct source **ret_last)
{
	enum kb_outcome left = KB_OUTCOME_FINAL;

	for (size_t i = 0; i < job->request->n_urls; i++) {
		enum kb_outcome outcome;

		if (job->sources[i].is_final) {
			continue;
		}
		*ret_last = &job->sources[i];
		outcome = attempt(job, &job->sources[i]);
		if (outcome == KB_OUTCOME_DONE || outcome == KB_OUTCOME_STOP) {
			return outcome;
		}
		left = outcome == KB_OUTCOME_AGAIN ? outcome : left;
	}
	return left;
}

/* False: it would be too late then. A server that names a time is waited for. */
static bool wait_for_next(struct job *job, struct source *last, enum kb_outcome *ret_outcome)
{
	uint32_t random = 0;
	int64_t until_ms;

	(void)!getrandom(&random, sizeof(random), GRND_NONBLOCK);
	until_ms = now(job) + kb_backoff_ms(++job->in_vain, random);
	if (job->retry_after_ms > 0) {
		until_ms = now(job) + job->retry_after_ms;
		job->patient_until_ms = until_ms + job->patience_ms;
		job->retry_after_ms = 0;
	}
	if (until_ms >= job->patient_until_ms ||
	    (job->request->deadline_ms > 0 && until_ms >= job->request->deadline_ms)) {
		return false;
	}
	while (now(job) < until_ms) {
		struct kb_error err;

		kb_transfer_start(&job->transfer);
		if (kb_transfer_watch(&job->transfer, &err) == KB_OUTCOME_STOP) {
			last->err = err;
			*ret_outcome = KB_OUTCOME_STOP;
			return false;
		}
		job->transport->pause(job->transport->ctx,
				      kb_left_ms(job->request->sys, until_ms, PAUSE_SLICE_MS));
	}
	return true;
}

/* --- the whole */

static int start(struct job *job, struct kb_fetch_part *part, struct kb_error *err)
{
	const struct kb_fetch_request *request = job->request;
	int64_t stall_ms = request->stall_ms > 0 ? request->stall_ms : KB_FETCH_STALL_MS;

	if (request->n_urls == 0 || request->n_urls > KB_URL_MAX_MIRRORS) {
		return kb_error_set(err, -EINVAL, "there is no URL to fetch");
	}
	for (size_t i = 0; i < request->n_urls; i++) {
		job->sources[i].url = &request->urls[i];
		job->sources[i].name = kb_url_print(&job->arena, &request->urls[i]);
		if (!job->sources[i].name) {
			return kb_error_no_memory(err);
		}
	}
	job->started_ms = now(job);
	job->patience_ms = KB_FETCH_PATIENCE * stall_ms;
	job->patient_until_ms = job->started_ms + job->patience_ms;
	job->transfer = (struct kb_transfer){
		.request = request,
		.body = &job->body,
		.stall_ms = (int)stall_ms,
		.fetch_started_ms = job->started_ms,
	};
	if (request->deadline_ms > 0) { /* soon enough for another attempt */
		job->transfer.stall_ms =
			kb_left_ms(request->sys, request->deadline_ms, 3 * (int)stall_ms) / 3;
	}
	return kb_body_open(&job->body, part, request->max_bytes, err);
}

/* Each server's sentence; of one that was asked repeatedly, for how long. */
static int tell_failure(struct job *job, enum kb_outcome outcome, const struct source *last,
			struct kb_error *err)
{
	KB_BUF struct kb_buf text = {0};

	for (size_t i = 0; i < job->request->n_urls; i++) {
		const struct source *source = &job->sources[i];

		if (source->err.text[0] && (outcome != KB_OUTCOME_STOP || source == last)) {
			kb_buf_printf(&text, "%s%s: %s", text.len > 0 ? "; " : "", source->name,
				      source->err.text);
		}
	}
	if (last->err.code != -ECANCELED && job->attempts > job->request->n_urls) {
		kb_buf_printf(&text, "; given up after %lld s",
			      (long long)((now(job) - job->started_ms + 500) / 1000));
	}
	return text.data ? kb_error_set(err, last->err.code, "%s", text.data)
			 : kb_error_no_memory(err);
}

static int fetch(struct job *job, struct kb_fetch_part *part, struct kb_error *err)
{
	struct source *last = &job->sources[0];
	enum kb_outcome outcome;
	int r = start(job, part, err);

	if (r < 0) {
		return r;
	}
	do {
		outcome = attempt_all(job, &last);
	} while (outcome == KB_OUTCOME_AGAIN && wait_for_next(job, last, &outcome));
	return outcome == KB_OUTCOME_DONE ? 0 : tell_failure(job, outcome, last, err);
}

int kb_fetch_by(const struct kb_transport *transport, const struct kb_fetch_request *request,
		struct kb_fetch_part *part, struct kb_error *err)
{
	struct job *job;
	int r;

	if (kb_fetch_part_is_whole(part)) {
		return 0;
	}
	job = calloc(1, sizeof(*job));
	if (!job) {
		return kb_error_no_memory(err);
	}
	job->request = request;
	job->transport = transport;
	if (request->ret_question) {
		request->ret_question->want = KB_FETCH_WANTS_NOTHING;
	}
	r = fetch(job, part, err);
	kb_arena_done(&job->arena);
	free(job);
	return r;
}
