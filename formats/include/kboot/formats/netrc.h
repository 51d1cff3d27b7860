/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A netrc(5): names and passwords for hosts, one after the other.
 * For core, where it asks a server for files.
 * Must not open files, and must not say anything of what is in one.
 */
#ifndef KBOOT_FORMATS_NETRC_H
#define KBOOT_FORMATS_NETRC_H

#include "kboot/base/arena.h"
#include "kboot/base/str.h"

enum { KB_NETRC_MAX_BYTES = 64 << 10 };

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

#endif
