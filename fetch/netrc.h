/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names and passwords of servers from a file as netrc(5) has it, for what libcurl does not fetch.
 * For ssh.c. Must not do I/O, nor say a password.
 */
#ifndef KBOOT_FETCH_NETRC_H
#define KBOOT_FETCH_NETRC_H

#include <stdbool.h>

#include "kboot/base/arena.h"
#include "kboot/base/str.h"

enum { KB_NETRC_BYTES = 256 << 10 };

struct kb_netrc {
	const char *login;    /* NULL: not said */
	const char *password; /* NULL: not said */
};

/* The first entry for the host, and for the user unless that is NULL. False: there is none, or no
 * memory. Text lives in the arena. */
bool kb_netrc_find(struct kb_arena *arena, struct kb_str text, const char *host, const char *user,
		   struct kb_netrc *ret_entry);

#endif
