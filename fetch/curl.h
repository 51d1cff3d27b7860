/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One transfer by HTTP or FTP, by libcurl: curl.c alone includes it.
 * For this module. Must not follow a redirect or try again: that is decided in fetch.c.
 */
#ifndef KBOOT_FETCH_CURL_H
#define KBOOT_FETCH_CURL_H

#include "transfer.h"

struct kb_curl;

/* NULL when out of memory. Connections stay open until it is destroyed. */
struct kb_curl *kb_curl_create(void);
void kb_curl_destroy(struct kb_curl *curl);
enum kb_outcome kb_curl_run(struct kb_curl *curl, struct kb_transfer *transfer,
			    struct kb_error *err);

#endif
