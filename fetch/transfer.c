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
