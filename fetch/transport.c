/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <time.h>

#include "curl.h"
#include "sftp.h"
#include "tftp.h"

static enum kb_outcome run(void *ctx, struct kb_transfer *transfer, struct kb_error *err)
{
	struct kb_curl **curl = ctx;

	if (transfer->post && transfer->url->scheme != KB_URL_HTTP &&
	    transfer->url->scheme != KB_URL_HTTPS) {
		kb_error_fill(err, -EPROTO, "no form can be sent by %s",
			      kb_url_scheme_name(transfer->url->scheme));
		return KB_OUTCOME_FINAL;
	}
	if (transfer->url->scheme == KB_URL_TFTP) {
		return kb_tftp_run(transfer, err);
	}
	if (kb_url_is_ssh(transfer->url)) {
		return kb_sftp_run(transfer, err);
	}
	*curl = *curl ? *curl : kb_curl_create();
	if (!*curl) {
		(void)kb_error_no_memory(err);
		return KB_OUTCOME_STOP;
	}
	return kb_curl_run(*curl, transfer, err);
}

static void pause_ms(void *ctx, int ms)
{
	struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};

	(void)ctx;
	(void)nanosleep(&time, NULL);
}

void kb_fetch_session_done(struct kb_fetch_session *session)
{
	kb_curl_destroy(session->curl);
	session->curl = NULL;
}

int kb_fetch(const struct kb_fetch_request *request, struct kb_fetch_part *part,
	     struct kb_error *err)
{
	struct kb_fetch_session own = {0};
	struct kb_fetch_session *session = request->session ? request->session : &own;
	const struct kb_transport transport = {.run = run,
					       .pause = pause_ms,
					       .ctx = &session->curl};
	int r = kb_fetch_by(&transport, request, part, err);

	kb_fetch_session_done(&own);
	return r;
}
