/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In place of curl.c, sha256.c and what needs that (SFTP), where kboot is built without libcurl:
 * TFTP is left. */
#include <errno.h>

#include "curl.h"
#include "sftp.h"
#include "sha256.h"

struct kb_curl {
	char nothing;
};

struct kb_curl *kb_curl_create(void)
{
	return calloc(1, sizeof(struct kb_curl));
}

void kb_curl_destroy(struct kb_curl *curl)
{
	free(curl);
}

enum kb_outcome kb_curl_run(struct kb_curl *curl, struct kb_transfer *transfer,
			    struct kb_error *err)
{
	(void)curl;
	kb_error_fill(err, -EPROTONOSUPPORT, "this kboot is built without %s",
		      kb_url_scheme_name(transfer->url->scheme));
	return KB_OUTCOME_FINAL;
}

int kb_sha256_of(int fd, unsigned char ret_digest[static KB_FETCH_SHA256_BYTES],
		 struct kb_error *err)
{
	(void)fd;
	(void)ret_digest;
	return kb_error_set(err, -EOPNOTSUPP, "this kboot is built without sha256");
}

enum kb_outcome kb_sftp_run(struct kb_transfer *transfer, struct kb_error *err)
{
	kb_error_fill(err, -EPROTONOSUPPORT, "this kboot is built without %s",
		      kb_url_scheme_name(transfer->url->scheme));
	return KB_OUTCOME_FINAL;
}
