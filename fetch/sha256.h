/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Digests, by the library that does TLS: of what a descriptor holds, and of what names SSH keys.
 * For this module. Must not move the descriptor's offset.
 */
#ifndef KBOOT_FETCH_SHA256_H
#define KBOOT_FETCH_SHA256_H

#include "kboot/base/error.h"
#include "kboot/fetch/fetch.h"

enum { KB_SHA1_BYTES = 20 };

KB_MUST_CHECK int kb_sha256_of(int fd, unsigned char ret_digest[static KB_FETCH_SHA256_BYTES],
			       struct kb_error *err);
/* -EIO, -EOPNOTSUPP. */
KB_MUST_CHECK int kb_sha256_of_text(struct kb_str text,
				    unsigned char ret_digest[static KB_FETCH_SHA256_BYTES]);
KB_MUST_CHECK int kb_hmac_sha1(struct kb_str key, struct kb_str text,
			       unsigned char ret_digest[static KB_SHA1_BYTES]);

#endif
