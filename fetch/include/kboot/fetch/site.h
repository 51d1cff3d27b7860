/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a site has decided about fetching, in its image and its configuration.
 * For core, inside a worker, and for app. Must not fail: what is not there decides nothing.
 */
#ifndef KBOOT_FETCH_SITE_H
#define KBOOT_FETCH_SITE_H

#include "kboot/fetch/fetch.h"

/* Where the engine keeps proxy=, as it is in force. */
#define KB_FETCH_PROXY_SETTING "/run/kboot/proxy.setting"

/* Texts of a request; to live as long as it does. */
struct kb_fetch_site {
	char text[KB_URL_MAX_BYTES];
	const char *proxy;
	const char *no_proxy;
};

/* Sets the request's netrc, known_hosts, identity, pins and proxy. */
void kb_fetch_at_site(struct kb_fetch_request *request, struct kb_fetch_site *site);

#endif
