/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cuts a byte stream (socket, pipe) into lines with a cap on their length; and lines that go out.
 * For proto, core, ui and app, which read JSON lines from peers they do not trust.
 * Must not block, and must not keep more than the cap.
 */
#ifndef KBOOT_BASE_LINES_H
#define KBOOT_BASE_LINES_H

#include "kboot/base/cleanup.h"
#include "kboot/base/str.h"

struct kb_lines {
	struct kb_buf buf;
	size_t max_line; /* bytes, without the LF */
	bool skipping;   /* inside a line that was too long */
};

/* Called for every line, without its LF. A negative answer stops the feed, which returns it. */
typedef int kb_lines_fn(void *ctx, struct kb_str line);

void kb_lines_init(struct kb_lines *l, size_t max_line);
void kb_lines_done(struct kb_lines *l);
/* -EMSGSIZE once for a line above the cap (it is dropped and the rest read on), -ENOMEM, or what fn
 * answered. */
KB_MUST_CHECK int kb_lines_feed(struct kb_lines *l, const void *data, size_t len, kb_lines_fn *fn,
				void *ctx);
/* One read(2) into the feed. Returns 1 after data, 0 at end of file, -EAGAIN, other -errno. */
KB_MUST_CHECK int kb_lines_read(struct kb_lines *l, int fd, kb_lines_fn *fn, void *ctx);
/* Takes off out what a socket takes now; -errno of one that is broken. */
KB_MUST_CHECK int kb_lines_send(int fd, struct kb_buf *out);

#endif
