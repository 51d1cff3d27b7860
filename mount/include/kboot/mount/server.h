/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What it takes to reach a server of files, whichever protocol it speaks.
 * For nfs.h and smb.h, and for core, which knows the hosts.
 * Must not say what is asked of a server.
 */
#ifndef KBOOT_MOUNT_SERVER_H
#define KBOOT_MOUNT_SERVER_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "kboot/base/error.h"

enum {
	/* A server that is not there is given up after this long, over all its addresses. */
	KB_MOUNT_SERVER_CONNECT_MS = 5000,
	KB_MOUNT_SERVER_MAX_HOST = 255,
	KB_MOUNT_SERVER_MAX_ADDRESSES = 8,
};

/* What mount does not know by itself. Each may be NULL. */
struct kb_mount_server_hooks {
	void *ctx;
	/* The address of a host that the booted environment's /etc/hosts or kboot's own names; as
	 * text in ret_address, true. */
	bool (*address)(void *ctx, const char *host, char ret_address[static INET6_ADDRSTRLEN]);
	/* Asked at most once, when there is no network: kb_network_up. */
	int (*network_up)(void *ctx, int64_t deadline_ms, struct kb_error *err);
};

#endif
