/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interfaces that are made of others: VLANs, bonds, bridges.
 * For up.c.
 * Must not make one whose ports are not there.
 */
#ifndef KBOOT_NETWORK_VIRTUAL_H
#define KBOOT_NETWORK_VIRTUAL_H

#include "kboot/network/up.h"

/* Those of the configuration whose ports are there, in the order that they need. is_last: those
 * that are still not made are said. */
void kb_virtual_make(struct kb_network *n, bool is_last);
/* Is the interface a port of a bond or bridge of the configuration? */
bool kb_virtual_is_port(const struct kb_network *n, const char *name);

#endif
