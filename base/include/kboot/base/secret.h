/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes that nobody else is to see: in memory of their own that is not swapped, in no core file,
 * and overwritten when it goes. For whoever handles passphrases and key files. Must not be printed,
 * logged, or passed in arguments and environments. A child that is forked has a copy.
 */
#ifndef KBOOT_BASE_SECRET_H
#define KBOOT_BASE_SECRET_H

#include "kboot/base/cleanup.h"
#include "kboot/base/str.h"

enum { KB_SECRET_MAX_BYTES = 8 << 20 }; /* cryptsetup's largest key file */

/* Zeroed is none. */
struct kb_secret {
	char *data;
	size_t len;
	size_t mapped_bytes;
};

/* A copy; what the secret held before is gone. -ENOMEM, -E2BIG. Memory that cannot be locked is
 * used all the same: there is no swap unless somebody made it. */
KB_MUST_CHECK int kb_secret_set(struct kb_secret *secret, struct kb_str bytes);
/* All of a file up to the cap: -E2BIG above, -ENODATA where it is empty, or what read(2) says. */
KB_MUST_CHECK int kb_secret_read(struct kb_secret *secret, int fd);
void kb_secret_done(struct kb_secret *secret);
static inline struct kb_str kb_secret_view(const struct kb_secret *secret)
{
	return kb_str_of(secret->data, secret->len);
}

#define KB_SECRET KB_CLEANUP(kb_secret_done)

#endif
