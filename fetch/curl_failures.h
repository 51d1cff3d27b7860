/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libcurl's own errors that say more in other words.
 * For curl.c. Must not know of a transfer.
 */
#ifndef KBOOT_FETCH_CURL_FAILURES_H
#define KBOOT_FETCH_CURL_FAILURES_H

#include <curl/curl.h>
#include <stdbool.h>

struct kb_curl_failure {
	CURLcode code;
	int error;
	bool is_final;
	const char *words;
};

/* NULL: its own words do. */
const struct kb_curl_failure *kb_curl_failure(CURLcode code);

#endif
