/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keys that servers of TLS must have, as a site has written them down.
 * For this module. Must not let a line that is wrong pass for none.
 */
#ifndef KBOOT_FETCH_PINS_H
#define KBOOT_FETCH_PINS_H

#include "kboot/base/arena.h"
#include "kboot/fetch/url.h"

enum { KB_PINS_MAX_BYTES = 64 << 10 };

/*
 * Lines of HOST[:PORT] and keys, each sha256//BASE64 of a public key (RFC 7469's), with blanks
 * between; # begins a comment. *ret_pins: those of the URL's server as libcurl takes them, NULL:
 * none is written down. -EINVAL with a sentence that begins with the line's number: some line,
 * whichever server it was meant for, is wrong. -ENOMEM.
 */
KB_MUST_CHECK int kb_pins_find(struct kb_arena *arena, struct kb_str text, const struct kb_url *url,
			       const char **ret_pins, struct kb_error *err);

#endif
