/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why a name leads nowhere: whether any name server answers at all.
 * For curl.c, after libcurl has found no address.
 * Must not wait for longer than a second, nor believe an answer: that there is one is enough.
 */
#ifndef KBOOT_FETCH_NAME_SERVERS_H
#define KBOOT_FETCH_NAME_SERVERS_H

#include "kboot/base/error.h"
#include "kboot/base/str.h"

enum { KB_NAME_SERVERS_MAX = 3, KB_NAME_SERVER_TEXT = 64 };

/* Those of a resolv.conf, as many as a resolver asks. Pure. */
unsigned kb_name_servers_read(struct kb_str text,
			      char ret[KB_NAME_SERVERS_MAX][KB_NAME_SERVER_TEXT]);
/* Asks those of /etc/resolv.conf for host. -ENXIO with a clause: none is known, none answers, or
 * the host is what nobody knows. */
void kb_name_servers_fail(const char *host, struct kb_error *err);

#endif
