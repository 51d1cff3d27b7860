/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What routers say in their advertisements beside what the kernel acts upon: name servers and
 * domains (RFC 8106), which it only hands on, and whether DHCPv6 is to be asked.
 * For link.c.
 * Must not believe a length: anybody on the link may send one.
 */
#ifndef KBOOT_NETWORK_ROUTER_H
#define KBOOT_NETWORK_ROUTER_H

#include "kboot/network/config.h"

enum { KB_ROUTER_SEARCH = 256, KB_ROUTERS_MAX = 16 };

/* Of all routers of one link. */
struct kb_router {
	unsigned index; /* of the interface */
	struct kb_ip dns[KB_NET_MAX_DNS];
	unsigned n_dns;
	char search[KB_ROUTER_SEARCH]; /* domains, one blank between */
};

struct kb_routers {
	int fd; /* -1: the kernel does not tell */
	struct kb_router at[KB_ROUTERS_MAX];
	unsigned n;
};

/* Listens, from before the interfaces are switched on. */
void kb_routers_open(struct kb_routers *r);
void kb_routers_done(struct kb_routers *r);
/* Takes what has come since. */
void kb_routers_read(struct kb_routers *r);
/* Messages of rtnetlink, as the kernel sends them. Pure. */
void kb_routers_take(struct kb_routers *r, const void *messages, size_t len);
/* NULL: none has said anything of that link. */
const struct kb_router *kb_routers_of(const struct kb_routers *r, const char *interface);

enum {
	KB_ROUTER_SEEN = 1,
	KB_ROUTER_ADDRESSES = 2, /* by DHCPv6 (M) */
	KB_ROUTER_OTHER = 4,     /* the rest by DHCPv6 (O) */
};
/* The flags of the last advertisement; 0: none has come. */
unsigned kb_router_flags(const char *interface);

#endif
