/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which of a host's addresses answers: looked up, then tried, before the kernel's client is
 * bothered (it would wait longer and say less); and how a host with its port is written.
 * For the rooms nfs and smb. Must not wait longer than it says.
 */
#ifndef KBOOT_MOUNT_SERVER_FIND_H
#define KBOOT_MOUNT_SERVER_FIND_H

#include "kboot/base/str.h"
#include "kboot/base/sys.h"
#include "kboot/mount/server.h"

struct kb_mount_server {
	char address[INET6_ADDRSTRLEN + 24]; /* as text, with a zone: "fe80::1%eth0" */
	bool is_ipv6;
};

/* Whose addresses are tried. Everything is borrowed for the call. */
struct kb_mount_server_query {
	const char *host; /* a name, or an address without brackets */
	uint16_t port;
	const char *protocol; /* for sentences: "NFS" */
	int64_t deadline_ms;  /* on the table's clock: no wait is longer; 0: none */
	const struct kb_mount_server_hooks *hooks;
};

/* The first address of the host whose port takes a connection; the network is asked for where there
 * is none. One sentence each, beginning with the host: -ENXIO (no address), -ENETUNREACH,
 * -EHOSTUNREACH, -ECONNREFUSED, -ETIMEDOUT, what network_up answers, others. */
KB_MUST_CHECK int kb_mount_server_find(const struct kb_sys *sys,
				       const struct kb_mount_server_query *query,
				       struct kb_mount_server *ret_server, struct kb_error *err);
/* -ETIMEDOUT, with the sentence for a host whose turn never came. */
int kb_mount_server_no_time(const char *host, struct kb_error *err);

/* "host", "host:2050", "[2001:db8::1]:2050"; *ret_host without brackets, part of text. *port stays
 * where none is written. -EINVAL, -ENAMETOOLONG, with a sentence. */
KB_MUST_CHECK int kb_mount_server_parse(struct kb_str text, struct kb_str *ret_host, uint16_t *port,
					struct kb_error *err);
/* A number from 1 to 65535. -EINVAL. */
KB_MUST_CHECK int kb_mount_server_parse_port(struct kb_str text, uint16_t *ret_port);

#endif
