/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The exchange with the servers that are asked what to boot, in a process of its own that takes
 * apart what they answer.
 * For probe.c, between fork and the end of the child. Must not have anything but the open socket
 * and the pipe: it is confined first.
 */
#ifndef KBOOT_NETWORK_PROBE_CHILD_H
#define KBOOT_NETWORK_PROBE_CHILD_H

#include "offers.h"

struct kb_probe_question {
	int fd; /* the socket */
	struct kb_dhcp_question dhcp;
	struct kb_ip lease; /* who gave the lease; family 0: not known */
};

/* Writes what kb_boot_infos_take reads. -errno where it writes nothing. */
KB_MUST_CHECK int kb_probe_child(const struct kb_sys *sys, const struct kb_probe_question *asks,
				 int out_fd);

#endif
