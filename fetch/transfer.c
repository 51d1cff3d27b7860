/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transfer.h"

#include <errno.h>

#include "kboot/terminal/text.h"

enum { TELL_EVERY_MS = 100 };

void kb_transfer_start(struct kb_transfer *t)
{
	t->seen_ms = t->request->sys->now_ms(t->request->sys->ctx);
	t->seen_bytes = t->body->bytes;
}

static bool tell(struct kb_transfer *t, int64_t now_ms)
{
	struct kb_fetch_progress progress = {.bytes = t->body->bytes};
	int64_t elapsed_ms = now_ms - t->fetch_started_ms;

	if (!t->request->progress || now_ms - t->told_ms < TELL_EVERY_MS) {
		return true;
	}
	t->told_ms = now_ms;
	if (elapsed_ms > 0) {
		progress.bytes_per_s = progress.bytes * 1000 / (uint64_t)elapsed_ms;
	}
	if (t->body->part->total_bytes != KB_SIZE_UNKNOWN) {
		progress.total_bytes = t->body->part->total_bytes;
	}
	return t->request->progress(t->request->ctx, &progress);
}

enum kb_outcome kb_transfer_watch(struct kb_transfer *t, struct kb_error *err)
{
	const struct kb_sys *sys = t->request->sys;
	int64_t now_ms = sys->now_ms(sys->ctx);
	char size[32];

	if (t->body->bytes != t->seen_bytes) {
		t->seen_bytes = t->body->bytes;
		t->seen_ms = now_ms;
	}
	if (!tell(t, now_ms)) {
		kb_error_fill(err, -ECANCELED, "cancelled");
		return KB_OUTCOME_STOP;
	}
	if (t->request->deadline_ms > 0 && now_ms >= t->request->deadline_ms) {
		kb_format_bytes(t->body->bytes, size, sizeof(size));
		kb_error_fill(err, -ETIMEDOUT, "not complete when its time was over; %s had come",
			      size);
		return KB_OUTCOME_STOP;
	}
	if (now_ms - t->seen_ms >= t->stall_ms) {
		kb_error_fill(err, -ETIMEDOUT, "the server sends nothing for %.1f s",
			      t->stall_ms / 1000.0);
		return KB_OUTCOME_AGAIN;
	}
	return KB_OUTCOME_DONE;
}

bool kb_transfer_address(const struct kb_transfer *t, char ret_address[static INET6_ADDRSTRLEN])
{
	const struct kb_fetch_request *request = t->request;

	return request->address && request->address(request->ctx, t->url->host, ret_address);
}

const char *kb_fetch_want_name(enum kb_fetch_want want)
{
	static const char *const names[KB_FETCH_N_WANTS] = {
		[KB_FETCH_WANTS_NOTHING] = "nothing",
		[KB_FETCH_WANTS_LOGIN] = "login",
		[KB_FETCH_WANTS_HOST_KEY] = "host-key",
	};

	return (size_t)want < KB_FETCH_N_WANTS ? names[want] : "nothing";
}

const struct kb_fetch_answer *kb_transfer_answer(const struct kb_transfer *t)
{
	const struct kb_fetch_request *request = t->request;
	KB_ARENA struct kb_arena arena = {0};
	const char *server = request->n_answers > 0 ? kb_url_origin(&arena, t->url) : NULL;

	for (size_t i = 0; server && i < request->n_answers; i++) {
		if (strcmp(request->answers[i].server, server) == 0) {
			return &request->answers[i];
		}
	}
	return NULL;
}

void kb_transfer_ask(const struct kb_transfer *t, enum kb_fetch_want want, const char *host_key)
{
	struct kb_fetch_question *q = t->request->ret_question;
	KB_ARENA struct kb_arena arena = {0};
	const char *server = q ? kb_url_origin(&arena, t->url) : NULL;
	const char *user = t->url->user ? t->url->user : "";
	const char *key = host_key ? host_key : "";

	/* What does not fit would be another server, user or key. */
	if (!server || strlen(server) >= sizeof(q->server) || strlen(user) >= sizeof(q->user) ||
	    strlen(key) >= sizeof(q->host_key)) {
		return;
	}
	q->want = want;
	(void)snprintf(q->server, sizeof(q->server), "%s", server);
	(void)snprintf(q->user, sizeof(q->user), "%s", user);
	(void)snprintf(q->host_key, sizeof(q->host_key), "%s", key);
}

enum kb_outcome kb_outcome_of(int r)
{
	return r == 0                                        ? KB_OUTCOME_DONE
	       : r == -EFBIG                                 ? KB_OUTCOME_FINAL
	       : r == -EPIPE || r == -ESTALE || r == -EPROTO ? KB_OUTCOME_AGAIN
							     : KB_OUTCOME_STOP;
}
