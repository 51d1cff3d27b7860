/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The answers of several DHCP servers, and which of them says what is booted.
 * For probe.c. Must not do I/O.
 */
#ifndef KBOOT_NETWORK_OFFERS_H
#define KBOOT_NETWORK_OFFERS_H

#include "dhcp_packet.h"
#include "kboot/network/probe.h"

/* Servers, and the items of their menus; and how many of either. */
enum { KB_OFFERS_MAX = 48, KB_OFFERS_MAX_SERVERS = 16, KB_OFFERS_MAX_ITEMS = KB_BOOT_INFOS_MAX };

/* Of a menu each item is one: what is said when the server is asked for it. */
struct kb_offer {
	struct kb_dhcp_packet packet; /* the offer, or what was said more when asked again */
	struct kb_ip server;          /* as it calls itself, else where it is */
	bool is_proxy;                /* of boot information alone: it offers no address */
	struct kb_ip ask;             /* to be asked again there; family 0: not, or it has said */
	unsigned item;                /* of its menu, then; 0: it has none */
	unsigned menu; /* 0: of no menu; else the number of the first of its items, from 1 */
	int wait_s;    /* before the menu's first item is taken; -1: a person has to choose */
	char title[KB_BOOT_TITLE_BYTES]; /* of the item */
};

struct kb_offers {
	struct kb_offer at[KB_OFFERS_MAX];
	unsigned n;
};

/* question 0: an OFFER; a server's first one counts. Else the ACK of a server that was asked again,
 * for the offer of that number, from 1. */
void kb_offers_take(struct kb_offers *offers, const struct kb_dhcp_packet *packet,
		    unsigned question, const struct kb_ip *from);
/* There is one, and nobody is to be asked again. */
bool kb_offers_are_settled(const struct kb_offers *offers);
/* One names a file and says that no proxyDHCP server is to be waited for. */
bool kb_offers_are_final(const struct kb_offers *offers);
/* The best, and why: a sentence without its server. NULL: there is none. lease: who gave the
 * lease, or family 0. */
const struct kb_offer *kb_offers_choose(const struct kb_offers *offers, const struct kb_ip *lease,
					const char **ret_why);
/* Of the best, and with it the other items of its menu that name a file, in the menu's order.
 * -ENOMEM. */
KB_MUST_CHECK int kb_offers_infos(const struct kb_offers *offers, const struct kb_offer *best,
				  const char *why, struct kb_arena *arena,
				  struct kb_boot_infos *ret_infos);
/* Does it name a file? */
bool kb_offer_has_file(const struct kb_offer *offer);

#endif
