/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interfaces by any of their names: the kernel's, a computed one, one that ifname= gives.
 * For network's own files.
 * Must not look at the machine but in kb_network_look.
 */
#ifndef KBOOT_NETWORK_FIND_H
#define KBOOT_NETWORK_FIND_H

#include "kboot/network/up.h"

/* Reads anew which there are. */
int kb_network_look(struct kb_network *n);
/* NULL: there is none. */
const struct kb_interface *kb_network_find(const struct kb_network *n, const char *name);
const struct kb_interface *kb_network_find_mac(const struct kb_network *n,
					       const struct kb_mac *mac);

#endif
