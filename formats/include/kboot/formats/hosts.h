/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hosts(5): bytes in, a table from host name to address out.
 * For core and whatever looks names up: mount, fetch, app.
 * Must not open files or ask the network, and must keep what can be read of a broken one.
 */
#ifndef KBOOT_FORMATS_HOSTS_H
#define KBOOT_FORMATS_HOSTS_H

#include "kboot/base/arena.h"
#include "kboot/base/error.h"
#include "kboot/base/str.h"

enum {
	KB_HOSTS_MAX_BYTES = 1 << 20, /* what is behind is left out with one sentence */
	KB_HOSTS_MAX_LINE = 8 << 10,  /* a line above is skipped with one sentence */
	KB_HOSTS_MAX_NAMES = 16384,   /* names above are left out with one sentence */
	KB_HOSTS_MAX_NAME = 253,      /* bytes of a name: RFC 1035 */
	KB_HOSTS_MAX_DIAGS = 20,      /* then one "N more" line */
};

struct kb_host {
	const char *name;    /* as written, without a last dot */
	const char *address; /* as inet_ntop(3) writes it, IPv4 or IPv6 */
	struct kb_position at;
};

/* In the order of the file; a name may be there more than once. A zeroed one is empty. */
struct kb_hosts {
	struct kb_host *hosts;
	size_t n_hosts;
};

/* file is for positions and is copied. Broken lines are diagnostics; only -ENOMEM is a failure. */
KB_MUST_CHECK int kb_hosts_read(struct kb_arena *arena, const char *file, struct kb_str text,
				const struct kb_diag_sink *diags, struct kb_hosts *ret_hosts,
				struct kb_error *err);
/* The address of the first line that has the name, case-insensitive, or NULL. Borrowed. */
const char *kb_hosts_find(const struct kb_hosts *hosts, struct kb_str name);

#endif
