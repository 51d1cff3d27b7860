/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an interface is set to, by BusyBox's ip; and the name servers.
 * For network's own files.
 * Must not decide what: leases and configurations do.
 */
#ifndef KBOOT_NETWORK_APPLY_H
#define KBOOT_NETWORK_APPLY_H

#include "kboot/base/sys.h"
#include "kboot/network/address.h"

#define KB_RESOLV_DIR  "/run"
#define KB_RESOLV_NAME "resolv.conf"
#define KB_NETWORK_DIR "/run/kboot/network"
#define KB_NETWORK_WHY "why" /* there: the sentence of the last time that it did not come up */

enum { KB_METRIC_BOOT = 50, KB_METRIC = 100 };

/* peer, broadcast: NULL or family 0 for none. All answer 0 or -errno. */
int kb_apply_address(const struct kb_sys *sys, const char *interface, const struct kb_ip *address,
		     const struct kb_ip *peer, const struct kb_ip *broadcast);
/* via: family 0: to is on the link itself. A gateway outside of the interface's own network
 * gets a route of its own first. own: family 0: not known. metric: 0: none. */
int kb_apply_route(const struct kb_sys *sys, const char *interface, const struct kb_ip *to,
		   const struct kb_ip *via, const struct kb_ip *own, unsigned metric);
int kb_apply_mtu(const struct kb_sys *sys, const char *interface, unsigned mtu);
/* Behind those of other interfaces with a smaller number. */
unsigned kb_apply_metric(const char *interface);

/* The first n bytes at most of a small file below one of ours, without its last line feed; "": it
 * is not there. */
void kb_note_read(const char *folder, const char *name, char *buf, size_t size);
int kb_note_write(const char *folder, const char *name, struct kb_str text);
void kb_note_remove(const char *folder, const char *name);

#endif
