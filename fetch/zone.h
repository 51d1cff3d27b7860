/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interface behind an IPv6 address of a link: "fe80::1%eth0".
 * For this module. Must not open a socket, which musl does to find the interface's number, and a
 * confined worker may not.
 */
#ifndef KBOOT_FETCH_ZONE_H
#define KBOOT_FETCH_ZONE_H

#include "kboot/base/arena.h"

/* The host with the interface's number; as it is, where it has none or there is no such. NULL when
 * out of memory. */
const char *kb_zone_numbered(struct kb_arena *arena, const char *host);

#endif
