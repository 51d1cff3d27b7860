/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which of a host's addresses answers: looked up, then tried, before the kernel's client is
 * bothered (it would wait longer and say less). For nfs.c. Must not wait longer than it says.
 */
#ifndef KBOOT_MOUNT_NFS_SERVER_H
#define KBOOT_MOUNT_NFS_SERVER_H

#include "kboot/mount/nfs.h"

struct kb_nfs_server {
	char address[INET6_ADDRSTRLEN + 24]; /* as text, with a zone: "fe80::1%eth0" */
	bool is_ipv6;
};

/* The first address of the request's place whose port takes a connection; the network is asked for
 * where there is none. The errors of kb_mount_nfs, with their sentences. */
KB_MUST_CHECK int kb_nfs_server_find(const struct kb_sys *sys,
				     const struct kb_nfs_mount_request *request,
				     struct kb_nfs_server *ret_server, struct kb_error *err);
/* -ETIMEDOUT, with the sentence for a host whose turn never came. */
int kb_nfs_no_time(const char *host, struct kb_error *err);

#endif
