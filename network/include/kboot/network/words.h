/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the network is, in one line for a person: address and lease, or why there is none.
 * For core, which shows it.
 * Must not wait, nor change anything.
 */
#ifndef KBOOT_NETWORK_WORDS_H
#define KBOOT_NETWORK_WORDS_H

#include "kboot/network/interfaces.h"

enum kb_network_state {
	KB_NETWORK_NO_CARD,
	KB_NETWORK_OFF, /* nothing has been switched on */
	KB_NETWORK_NO_LINK,
	KB_NETWORK_LINK, /* and no address */
	KB_NETWORK_ONLINE,
};

/* One interface. */
struct kb_network_one {
	const struct kb_interface *interface;
	const char *addresses; /* with blanks between; "": none */
	const char *how;       /* it has them: " (DHCP from 10.0.2.2)", or "" */
};

struct kb_network_seen {
	const struct kb_network_one *at; /* cards, and what is made of them */
	unsigned n;
	bool is_busy;    /* somebody is bringing it up */
	const char *why; /* why that failed the last time; "": it has not */
};

/* Pure. */
enum kb_network_state kb_network_say(const struct kb_network_seen *seen, struct kb_buf *to);
/* Of this machine. sysfs_fd: /sys. */
enum kb_network_state kb_network_look_and_say(int sysfs_fd, struct kb_buf *to);

#endif
