/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A netrc(5): names and passwords for hosts, one after the other.
 * For fetch and core, where a server is asked for files.
 * Must not open files, and must not say anything of what is in one.
 */
#ifndef KBOOT_BASE_NETRC_H
#define KBOOT_BASE_NETRC_H

#include <stdbool.h>

#include "kboot/base/arena.h"
#include "kboot/base/str.h"

enum { KB_NETRC_MAX_BYTES = 256 << 10 };

struct kb_netrc {
	struct kb_arena *arena; /* where texts go */
	struct kb_str rest;     /* what is still to be read; at the beginning all of it */
};

struct kb_netrc_entry {
	const char *machine; /* NULL: default, for whatever host is not named */
	const char *login;   /* NULL: none is said */
	const char *password;
};

/* 1 with the next entry, 0 at the end, -ENOMEM. Macros, accounts and unknown words are passed over.
 * A word may stand between double quotes, with \", \\, \n, \r and \t in it. */
KB_MUST_CHECK int kb_netrc_next(struct kb_netrc *netrc, struct kb_netrc_entry *ret_entry);
/* The first entry for the host, or for whatever host is not named, and for the user unless that is
 * NULL. False: there is none, or no memory. */
bool kb_netrc_find(struct kb_arena *arena, struct kb_str text, const char *host, const char *user,
		   struct kb_netrc_entry *ret_entry);

#endif
