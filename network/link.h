/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interfaces on their way up, many at once: switched on, a link, an address.
 * For up.c.
 * Must not wait for one while another could go on.
 */
#ifndef KBOOT_NETWORK_LINK_H
#define KBOOT_NETWORK_LINK_H

#include "kboot/network/up.h"
#include "router.h"

enum kb_link_state { KB_LINK_WAITS, KB_LINK_ASKS, KB_LINK_WELL, KB_LINK_FAILED };

struct kb_link_job {
	char interface[KB_INTERFACE_NAME];
	const struct kb_net_link *link;
	enum kb_link_state state;
	pid_t pid;  /* of the DHCP client; 0: none */
	pid_t pid6; /* of the one for IPv6 */
	bool was_asked6;
	int64_t begun_ms;
	int64_t until_ms; /* of the state */
};

struct kb_link_jobs {
	struct kb_link_job at[KB_INTERFACES_MAX];
	unsigned n;
	struct kb_routers routers;
	bool all_wanted; /* else the first that is well is enough */
};

/* 0: one is well, and none that is wanted is still on its way. */
KB_MUST_CHECK int kb_links_up(struct kb_network *n, struct kb_link_jobs *jobs,
			      struct kb_error *err);
/* The address of a STATIC link, in place of those that were there. how: who said so. */
KB_MUST_CHECK int kb_link_set(struct kb_network *n, const char *interface,
			      const struct kb_net_link *link, const char *how,
			      struct kb_error *err);

#endif
