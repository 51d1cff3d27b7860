/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a DHCP server said: udhcpc's environment, or the file that it was kept in.
 * For network, and for whoever wants to know what is to be booted from there.
 * Must not believe anything: all of it comes from whoever answered first.
 */
#ifndef KBOOT_NETWORK_LEASE_H
#define KBOOT_NETWORK_LEASE_H

#include "kboot/base/arena.h"
#include "kboot/network/address.h"

/* Below it a file per interface. */
#define KB_LEASE_DIR "/run/kboot/dhcp"

enum {
	KB_LEASE_MAX_VARS = 64,
	KB_LEASE_NAME = 32,
	KB_LEASE_VALUE = 4096, /* a longer one is left out */
	KB_LEASE_FILE_MAX = 1 << 20,
	KB_LEASE_MAX_ROUTES = 32,
	KB_LEASE_MAX_DNS = 3, /* as many as a resolver asks */
	KB_LEASE_MAX_NTP = 4,
	KB_LEASE_SEARCH = 256,
};

struct kb_lease_var {
	const char *name;
	const char *value; /* any bytes but NUL */
};

struct kb_lease_route {
	struct kb_ip to;
	struct kb_ip via; /* family 0: on the link itself */
};

/* What was said in a form that is not its own is not there; texts live in the arena. */
struct kb_lease {
	struct kb_lease_var vars[KB_LEASE_MAX_VARS];
	unsigned n_vars;
	char interface[KB_INTERFACE_NAME]; /* "": none that could be one */
	struct kb_ip address;              /* with its prefix; family 0: none */
	struct kb_ip broadcast;
	struct kb_lease_route routes[KB_LEASE_MAX_ROUTES];
	unsigned n_routes;
	struct kb_ip dns[KB_LEASE_MAX_DNS];
	unsigned n_dns;
	struct kb_ip ntp[KB_LEASE_MAX_NTP];
	unsigned n_ntp;
	char search[KB_LEASE_SEARCH]; /* domains, one blank between */
	unsigned mtu;                 /* 0: not said */
};

/* "NAME=VALUE" as execve(2) hands them over; those whose name is no lower-case word are other
 * people's. -ENOMEM. */
KB_MUST_CHECK int kb_lease_from_environment(struct kb_arena *arena, char *const *environment,
					    struct kb_lease *ret_lease);
/* As a file: NAME=VALUE lines; what is no printable ASCII, and the backslash, is \xNN. */
void kb_lease_print(const struct kb_lease *lease, struct kb_buf *to);
/* Reads that. -ENOMEM. */
KB_MUST_CHECK int kb_lease_from_text(struct kb_arena *arena, struct kb_str text,
				     struct kb_lease *ret_lease);
/* Labels of letters, digits, "-" and "_" with dots between. */
bool kb_domain_ok(struct kb_str name);
/* NULL: not said. */
const char *kb_lease_get(const struct kb_lease *lease, const char *name);

#endif
