/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The digest of what a descriptor holds, by the library that does TLS.
 * For this module. Must not move the descriptor's offset.
 */
#ifndef KBOOT_FETCH_SHA256_H
#define KBOOT_FETCH_SHA256_H

#include "kboot/base/error.h"
#include "kboot/fetch/fetch.h"

KB_MUST_CHECK int kb_sha256_of(int fd, unsigned char ret_digest[static KB_FETCH_SHA256_BYTES],
			       struct kb_error *err);

#endif
