/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The answers of several DHCP servers, and which of them says what is booted.
 * For probe.c. Must not do I/O.
 */
#ifndef KBOOT_NETWORK_OFFERS_H
#define KBOOT_NETWORK_OFFERS_H

#include "dhcp_packet.h"
#include "kboot/network/probe.h"

enum { KB_OFFERS_MAX = 16 };

struct kb_offer {
	struct kb_dhcp_packet packet; /* the offer, or what was said more when asked again */
	struct kb_ip server;          /* as it calls itself, else where it is */
	bool is_proxy;                /* of boot information alone: it offers no address */
	struct kb_ip ask;             /* to be asked again there; family 0: not, or it has said */
	unsigned item;                /* of its menu, then; 0: it has none */
};

struct kb_offers {
	struct kb_offer at[KB_OFFERS_MAX];
	unsigned n;
};

/* An OFFER, or the ACK of a proxyDHCP server that was asked again. A server's first one counts. */
void kb_offers_take(struct kb_offers *offers, const struct kb_dhcp_packet *packet,
		    const struct kb_ip *from);
/* There is one, and nobody is to be asked again. */
bool kb_offers_are_settled(const struct kb_offers *offers);
/* One names a file and says that no proxyDHCP server is to be waited for. */
bool kb_offers_are_final(const struct kb_offers *offers);
/* The best, and why: a sentence without its server. NULL: there is none. lease: who gave the
 * lease, or family 0. */
const struct kb_offer *kb_offers_choose(const struct kb_offers *offers, const struct kb_ip *lease,
					const char **ret_why);
/* -ENOMEM. */
KB_MUST_CHECK int kb_offer_info(const struct kb_offer *offer, const char *why,
				struct kb_arena *arena, struct kb_boot_info *ret_info);

#endif
