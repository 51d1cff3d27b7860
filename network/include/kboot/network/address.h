/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses of machines, networks and cards, from text and to it.
 * For network, and for whoever shows what it found.
 * Must not ask anybody: a name is no address.
 */
#ifndef KBOOT_NETWORK_ADDRESS_H
#define KBOOT_NETWORK_ADDRESS_H

#include <stdbool.h>

#include "kboot/base/str.h"

enum { KB_IP_TEXT = 64, KB_MAC_BYTES = 6, KB_MAC_TEXT = 18, KB_INTERFACE_NAME = 16 };

/* family: AF_INET, AF_INET6; 0: there is none. prefix: how many bits are the network's. */
struct kb_ip {
	int family;
	unsigned prefix;
	unsigned char bytes[16];
};

struct kb_mac {
	bool is_set;
	unsigned char bytes[KB_MAC_BYTES];
};

/* "192.168.1.5" or "2001:db8::5", with or without "/24"; without, the prefix is all of its bits.
 * -EINVAL. */
KB_MUST_CHECK int kb_ip_parse(struct kb_str text, struct kb_ip *ret_ip);
/* "24", and for AF_INET "255.255.255.0". -EINVAL. */
KB_MUST_CHECK int kb_ip_parse_mask(struct kb_str text, int family, unsigned *ret_prefix);
unsigned kb_ip_bits(const struct kb_ip *ip); /* 32 or 128 */
/* Is the address in the network? */
bool kb_ip_contains(const struct kb_ip *network, const struct kb_ip *address);
bool kb_ip_is_any(const struct kb_ip *ip); /* 0.0.0.0 or :: */
/* Without the prefix; with it. buf has KB_IP_TEXT bytes. They answer buf. */
const char *kb_ip_print(const struct kb_ip *ip, char *buf);
const char *kb_ip_print_prefix(const struct kb_ip *ip, char *buf);

/* Six bytes in hexadecimal with ":" or "-" between them. -EINVAL. */
KB_MUST_CHECK int kb_mac_parse(struct kb_str text, struct kb_mac *ret_mac);
bool kb_mac_eq(const struct kb_mac *a, const struct kb_mac *b); /* false where one is not set */
const char *kb_mac_print(const struct kb_mac *mac, char *buf);

/* Can an interface be called so? Never what a program takes for an option, or a path for a folder.
 */
bool kb_interface_name_ok(struct kb_str name);

#endif
