/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a site wants of every connection that libcurl makes.
 * For curl.c. Must not let a connection be made where what the site wants cannot be read.
 */
#ifndef KBOOT_FETCH_CURL_SITE_H
#define KBOOT_FETCH_CURL_SITE_H

#include "transfer.h"

/* Sets options of a CURL. Errors are of a file of the site's, with a sentence. */
KB_MUST_CHECK int kb_curl_at_site(void *easy, struct kb_arena *arena,
				  const struct kb_transfer *transfer, struct kb_error *err);

#endif
