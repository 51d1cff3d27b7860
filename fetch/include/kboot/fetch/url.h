/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * URLs of files that can be fetched: taken apart strictly (RFC 3986), a reference resolved against
 * the URL of the file that holds it, and printed.
 * For fetch, core and app. Must not do I/O, and must never print a name or a password.
 */
#ifndef KBOOT_FETCH_URL_H
#define KBOOT_FETCH_URL_H

#include <stdbool.h>
#include <stdint.h>

#include "kboot/base/arena.h"
#include "kboot/base/error.h"
#include "kboot/base/str.h"

enum kb_url_scheme {
	KB_URL_HTTP,
	KB_URL_HTTPS,
	KB_URL_FTP,
	KB_URL_FTPS,
	KB_URL_TFTP,
	KB_URL_SFTP,
	KB_URL_SCP, /* the same as SFTP: scp(1) itself speaks that */
};

enum { KB_URL_MAX_BYTES = 4096, KB_URL_MAX_MIRRORS = 8 };

/* All text lives in the arena handed to the parser. */
struct kb_url {
	const char *user;     /* decoded; NULL: none */
	const char *password; /* decoded; NULL: none */
	const char *host;  /* lower case; an IPv6 address has no brackets, "fe80::1%eth0" a zone */
	const char *path;  /* as written, without dot segments; "" or begins with a slash */
	const char *query; /* without its '?'; NULL: none */
	const char *fragment; /* without its '#'; NULL: none. No server sees it */
	enum kb_url_scheme scheme;
	uint16_t port; /* 0: the scheme's own */
};

/*
 * base NULL: text must be a whole URL. -EINVAL, -ENAMETOOLONG, -EPROTONOSUPPORT (a scheme that is
 * none, or not one yet), -ENOMEM, with one sentence that names the column and no byte of a
 * password.
 */
KB_MUST_CHECK int kb_url_parse(struct kb_arena *arena, struct kb_str text,
			       const struct kb_url *base, struct kb_url *ret_url,
			       struct kb_error *err);
/* "URL|URL": one file in several places; at most KB_URL_MAX_MIRRORS. Errors as above. */
KB_MUST_CHECK int kb_url_parse_mirrors(struct kb_arena *arena, struct kb_str text,
				       struct kb_url ret_urls[static KB_URL_MAX_MIRRORS],
				       size_t *ret_n, struct kb_error *err);
/* Without name and password; NULL when out of memory. */
char *kb_url_print(struct kb_arena *arena, const struct kb_url *url);
/* Its server: "https://host:port", the port left out where the URL does. NULL when out of memory.
 */
char *kb_url_origin(struct kb_arena *arena, const struct kb_url *url);
/* text, which may be relative to base (no URL: then it may not), printed. NULL: it is no URL, or
 * out of memory. */
const char *kb_url_join(struct kb_arena *arena, const char *base, const char *text);
const char *kb_url_scheme_name(enum kb_url_scheme scheme);
uint16_t kb_url_port(const struct kb_url *url); /* never 0 */
static inline bool kb_url_is_ssh(const struct kb_url *url)
{
	return url->scheme == KB_URL_SFTP || url->scheme == KB_URL_SCP;
}

/* Is it the same server, so that what was said to one may be said to the other? */
bool kb_url_same_origin(const struct kb_url *a, const struct kb_url *b);
/* The bytes that a part of a URL stands for. NULL when out of memory. */
char *kb_url_decode(struct kb_arena *arena, struct kb_str part);

#endif
