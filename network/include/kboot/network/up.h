/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine's interfaces, brought up and down, and shown.
 * For app, in a process that may wait and that only one at a time is (kb_network_lock).
 * Must not change an interface that nobody asked for.
 */
#ifndef KBOOT_NETWORK_UP_H
#define KBOOT_NETWORK_UP_H

#include "kboot/base/error.h"
#include "kboot/base/sys.h"
#include "kboot/network/config.h"
#include "kboot/network/interfaces.h"

struct kb_network {
	const struct kb_sys *sys;
	const struct kb_net_config *config;
	struct kb_diag_sink diags; /* what is not done, where the rest is */
	int sysfs_fd;
	int lock_fd;
	struct kb_interface interfaces[KB_INTERFACES_MAX];
	unsigned n_interfaces;
};

/* Together they are less than KB_NETWORK_UP_MS of mount. */
enum {
	KB_NETWORK_CARD_MS = 3000, /* for a driver to find its card */
	KB_NETWORK_LINK_MS = 4000, /* for a card to find the other end of its cable */
	KB_NETWORK_ASK_MS = 6000,  /* for an answer */
	KB_NETWORK_IPV6_MS = 2000, /* in which IPv6 alone is not enough */
};

/* Makes the folders below /run/kboot and opens /sys. */
KB_MUST_CHECK int kb_network_init(struct kb_network *n, const struct kb_sys *sys,
				  const struct kb_net_config *config, struct kb_error *err);
void kb_network_done(struct kb_network *n);
/* Waits until nobody else changes anything; until kb_network_done. */
KB_MUST_CHECK int kb_network_lock(struct kb_network *n, struct kb_error *err);

/* By any of its names. */
bool kb_network_has(const struct kb_network *n, const char *name);
/* As the configuration says, else by DHCP on all cards: 0 when it is as wanted, or was before. */
KB_MUST_CHECK int kb_network_start(struct kb_network *n, struct kb_error *err);
/* One interface, by any of its names: as the configuration says of it, else by DHCP. */
KB_MUST_CHECK int kb_network_start_one(struct kb_network *n, const char *name,
				       struct kb_error *err);
/* One, or with NULL all of them; interfaces that are made of others are removed. */
KB_MUST_CHECK int kb_network_stop(struct kb_network *n, const char *name, struct kb_error *err);
/* By hand. gateway, dns: family 0: none. */
KB_MUST_CHECK int kb_network_set(struct kb_network *n, const char *name,
				 const struct kb_ip *address, const struct kb_ip *gateway,
				 const struct kb_ip *dns, struct kb_error *err);
/* What there is, for a person. */
KB_MUST_CHECK int kb_network_show(struct kb_network *n, struct kb_buf *to);

#endif
