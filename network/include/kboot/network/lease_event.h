/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program that udhcpc and udhcpc6 run when something happens to a lease.
 * For app, as `kboot-lease EVENT`.
 * Must not print: nobody reads it.
 */
#ifndef KBOOT_NETWORK_LEASE_EVENT_H
#define KBOOT_NETWORK_LEASE_EVENT_H

#include "kboot/base/sys.h"

/* event: deconfig, bound, renew, or one that changes nothing. environment: as udhcpc hands it over,
 * with what kb_dhcp_start put there. 0 or -errno. */
KB_MUST_CHECK int kb_lease_event(const struct kb_sys *sys, const char *event,
				 char *const *environment);

#endif
