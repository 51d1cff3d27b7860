/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The DHCP clients of BusyBox, one per interface, which stay to renew their leases.
 * For up.c.
 * Must not release a lease: the system that is started next gets the same address.
 */
#ifndef KBOOT_NETWORK_DHCP_H
#define KBOOT_NETWORK_DHCP_H

#include "kboot/base/sys.h"
#include "kboot/network/config.h"

enum { KB_DHCP_TRIES = 6, KB_DHCP_PAUSE_S = 1 };

enum kb_dhcp_kind {
	KB_DHCP_4,
	KB_DHCP_6,       /* for an address, and the rest */
	KB_DHCP_6_OTHER, /* for what a router does not say */
};

/*
 * Asks; the client ends, with 0, when it has a lease, and stays behind in the background. link:
 * what is configured for the interface.
 */
KB_MUST_CHECK int kb_dhcp_start(const struct kb_sys *sys, const char *interface,
				enum kb_dhcp_kind kind, const struct kb_net_config *config,
				const struct kb_net_link *link, pid_t *ret_pid);
/* Ends the interface's clients and forgets their leases. */
void kb_dhcp_stop(const struct kb_sys *sys, const char *interface);

#endif
