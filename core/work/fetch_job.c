/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fetch_job.h"

#include <errno.h>
#include <fcntl.h>

#include "credentials.h"
#include "kboot/base/budget.h"
#include "kboot/fetch/site.h"
#include "kboot/mount/network.h"
#include "kboot/network/time.h"
#include "kboot/terminal/text.h"
#include "remote.h"
#include "report.h"
#include "resolver.h"

enum {
	MEMORY_BYTES = 64 << 20, /* of the libraries, beside the file */
	LOOK_MS = 500,           /* between two looks at the memory */
	COPIES = 2,              /* the file, and what the kernel makes of it */
	SIZE_TEXT = 32,
};

struct work {
	const struct kb_fetch_job *job;
	int out_fd;
	int procfs_fd;
	struct kb_resolver resolver;
	struct kb_fetch_resource resource;
	struct kb_fetch_question question;
	int64_t begun_ms;
	int64_t looked_ms;
	bool no_memory;
};

static void tell_note(void *ctx, const char *sentence, uint64_t of)
{
	const struct work *w = ctx;

	kb_report_tell(w->out_fd, &(struct kb_report){.note = sentence, .of = of});
}

/* For a file of which so much has come: that takes its share of the copies already. */
static uint64_t room(const struct work *w)
{
	struct kb_memory now = {0};
	uint64_t have = kb_fetch_part_bytes(w->job->part) / COPIES;
	uint64_t left;

	if (kb_memory_read(w->procfs_fd, &now) < 0) {
		now = (struct kb_memory){0};
	}
	left = kb_memory_for_loading(&now, COPIES);
	return left > UINT64_MAX - have ? left : left + have;
}

/* Others take from the same memory meanwhile: what is still to come has to fit. */
static bool still_fits(struct work *w, const struct kb_fetch_progress *p)
{
	const struct kb_sys *sys = w->job->sys;
	int64_t now_ms = sys->now_ms(sys->ctx);

	if (now_ms - w->looked_ms < LOOK_MS) {
		return true;
	}
	w->looked_ms = now_ms;
	w->no_memory = room(w) < (p->total_bytes > 0 ? p->total_bytes : p->bytes);
	return !w->no_memory;
}

static bool progress(void *ctx, const struct kb_fetch_progress *p)
{
	struct work *w = ctx;

	kb_report_tell(w->out_fd,
		       &(struct kb_report){.done_bytes = p->bytes, .total_bytes = p->total_bytes});
	return still_fits(w, p);
}

static bool address(void *ctx, const char *host, char ret_address[static INET6_ADDRSTRLEN])
{
	struct work *w = ctx;

	return kb_resolver_address(&w->resolver, host, ret_address);
}

/* Where certificates may be judged: HTTP may lead to HTTPS. */
static bool judges_time(const struct work *w)
{
	for (size_t i = 0; i < w->resource.n_urls; i++) {
		enum kb_url_scheme scheme = w->resource.urls[i].scheme;

		if (scheme == KB_URL_HTTP || scheme == KB_URL_HTTPS || scheme == KB_URL_FTPS) {
			return true;
		}
	}
	return false;
}

/* While disks can still be mounted. */
static int prepare(struct work *w, struct kb_error *err)
{
	const struct kb_sys *sys = w->job->sys;
	const struct kb_resolver_spec spec = {
		.sys = sys,
		.places = w->job->places,
		.root = w->job->root,
		.deadline_ms = sys->now_ms(sys->ctx) + KB_NETWORK_UP_MS,
		.ctx = w,
		.note = tell_note,
	};
	char unused[INET6_ADDRSTRLEN];
	int r = sys->confine(sys->ctx, KB_CONFINE_LOAD, 0);

	r = r < 0 ? r : kb_resolver_init(&w->resolver, &spec, err);
	if (r == 0) {
		(void)address(w, w->resource.urls[0].host, unused);
		r = kb_network_up(sys, sys->now_ms(sys->ctx) + KB_NETWORK_UP_MS, err);
		r = r < 0 ? kb_error_prefix(err, r, "%s", w->resource.urls[0].host) : 0;
	}
	if (r == 0 && judges_time(w)) {
		kb_time_wait(sys, w->begun_ms - KB_TIME_AGAIN_MS);
	}
	return r;
}

/* The end, with what a person could be asked. */
static void tell_failure(const struct work *w, const struct kb_error *err)
{
	const struct kb_fetch_question *q = &w->question;
	bool asks = q->want != KB_FETCH_WANTS_NOTHING;

	kb_report_tell(w->out_fd, &(struct kb_report){
					  .error = err->text,
					  .wants = asks ? kb_fetch_want_name(q->want) : NULL,
					  .server = asks ? q->server : NULL,
					  .user = asks ? q->user : NULL,
					  .host_key = asks ? q->host_key : NULL,
				  });
}

/* dbclient can only be started by who may start programs. It is confined like its parent. */
static enum kb_confinement kind(const struct work *w)
{
	for (size_t i = 0; i < w->resource.n_urls; i++) {
		if (kb_url_is_ssh(&w->resource.urls[i])) {
			return KB_CONFINE_SSH;
		}
	}
	return KB_CONFINE_FETCH;
}

static int fetch(struct work *w, struct kb_error *err)
{
	const struct kb_sys *sys = w->job->sys;
	struct kb_fetch_site site;
	struct kb_fetch_request request = {
		.sys = sys,
		.urls = w->resource.urls,
		.n_urls = w->resource.n_urls,
		.max_bytes = room(w),
		.deadline_ms = sys->now_ms(sys->ctx) + KB_FETCH_DEADLINE_MS,
		.answers = w->job->answers,
		.n_answers = w->job->n_answers,
		.ret_question = &w->question,
		.sha256 = w->resource.has_sha256 ? w->resource.sha256 : NULL,
		.address = address,
		.progress = progress,
		.ctx = w,
	};
	char size[SIZE_TEXT];
	int r;

	kb_fetch_at_site(&request, &site);
	r = sys->confine(sys->ctx, kind(w), MEMORY_BYTES);
	r = r < 0 ? r : kb_fetch(&request, w->job->part, err);
	if (r < 0 && w->no_memory) {
		kb_format_bytes(kb_fetch_part_bytes(w->job->part), size, sizeof(size));
		kb_error_fill(err, -EFBIG, "%s: there is no memory for more than the %s that came",
			      w->resource.urls[0].host, size);
	}
	return r;
}

int kb_fetch_job_run(void *data, int out_fd)
{
	const struct kb_fetch_job *job = data;
	KB_ARENA struct kb_arena arena = {0};
	struct work *w = calloc(1, sizeof(*w));
	struct kb_error err = {0};
	int r = -ENOMEM;

	if (!w) {
		kb_report_error(out_fd, r, &err);
		return r;
	}
	w->job = job;
	w->begun_ms = job->sys->now_ms(job->sys->ctx);
	w->out_fd = out_fd;
	w->procfs_fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	r = kb_fetch_resource_parse(&arena, kb_str_from(job->urls), &w->resource, &err);
	r = r < 0 ? kb_error_prefix(&err, r, "%s", job->urls) : 0;
	r = r < 0 ? r : prepare(w, &err);
	r = r < 0 ? r : fetch(w, &err);
	if (r < 0) {
		tell_failure(w, &err);
	}
	kb_automount_done(&w->resolver.automount);
	(void)kb_close(w->procfs_fd);
	free(w);
	return r;
}
