/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The name servers: each interface has those that it was configured with, that DHCP named, and
 * that routers named; resolv.conf has the first of all of them.
 * For network's own files.
 * Must not ask any.
 */
#ifndef KBOOT_NETWORK_RESOLVER_H
#define KBOOT_NETWORK_RESOLVER_H

#include "kboot/network/config.h"

/* Who says so, in the order in which they count. */
enum kb_resolver_source {
	KB_RESOLVER_CONFIGURED,
	KB_RESOLVER_DHCP,
	KB_RESOLVER_DHCP6,
	KB_RESOLVER_ROUTER,
	KB_N_RESOLVER_SOURCES
};

/* In place of what it said before; nothing: as it was. 0 or -errno. */
int kb_resolver_say(const char *interface, enum kb_resolver_source source, const struct kb_ip *dns,
		    unsigned n, const char *search);
/* What is said of an interface no longer counts. */
void kb_resolver_forget(const char *interface);

#endif
