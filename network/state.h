/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The addresses that interfaces have now, as the kernel tells.
 * For network's own files.
 * Must not wait.
 */
#ifndef KBOOT_NETWORK_STATE_H
#define KBOOT_NETWORK_STATE_H

#include "kboot/network/address.h"

/* Those that reach further than the cable, as ADDRESS/PREFIX with a blank between; how many. */
unsigned kb_addresses(const char *interface, struct kb_buf *to);
bool kb_has_address(const char *interface);
/* An IPv6 address that nobody else has: of the link alone, or one that reaches further. */
bool kb_has_ipv6(const char *interface, bool of_link);
/* "gateway ADDRESS (INTERFACE)" lines. */
void kb_gateways(struct kb_buf *to);

#endif
