/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was fetched so far: a memory file, how much is wanted, and whether the rest may be asked
 * for. For this module. Must not take a byte beyond its cap, and never mixes two versions of a
 * file.
 */
#ifndef KBOOT_FETCH_BODY_H
#define KBOOT_FETCH_BODY_H

#include "kboot/base/error.h"
#include "kboot/fetch/fetch.h"
#include "rules.h"

struct kb_body {
	struct kb_fetch_part *part;
	uint64_t max_bytes;
	uint64_t bytes;   /* that are there */
	unsigned version; /* another one whenever it begins anew */
	unsigned source;  /* which URL is asked: what begins anew comes from there */
};

/* Goes on with what is in part. -EFBIG. */
KB_MUST_CHECK int kb_body_open(struct kb_body *body, struct kb_fetch_part *part, uint64_t max_bytes,
			       struct kb_error *err);
/*
 * An answer begins, at offset 0 or where the body ends. -EFBIG (it announces more than there is
 * room for), -ESTALE (not the rest of what is there, which is forgotten).
 */
KB_MUST_CHECK int kb_body_begin(struct kb_body *body, uint64_t offset, uint64_t total,
				struct kb_str validator, struct kb_error *err);
/* -EFBIG, -EPROTO (more than was announced), -ENOMEM. */
KB_MUST_CHECK int kb_body_write(struct kb_body *body, const void *data, size_t len,
				struct kb_error *err);
/* -EPIPE: less than was announced. */
KB_MUST_CHECK int kb_body_end(const struct kb_body *body, struct kb_error *err);
KB_MUST_CHECK int kb_body_seal(const struct kb_body *body, struct kb_error *err);
/* -EFBIG, and a sentence; total may be KB_SIZE_UNKNOWN. */
int kb_body_too_large(const struct kb_body *body, uint64_t total, struct kb_error *err);
int kb_body_forget(struct kb_body *body, struct kb_error *err); /* -ESTALE */

#endif
