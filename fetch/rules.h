/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules of fetching that are pure functions: what headers say, how long to wait, what is final.
 * For this module. Must not do I/O nor look at a clock.
 */
#ifndef KBOOT_FETCH_RULES_H
#define KBOOT_FETCH_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "kboot/base/cleanup.h"
#include "kboot/base/str.h"

#define KB_SIZE_UNKNOWN UINT64_MAX

/* "bytes 100-199/200" (RFC 9110, 14.4); *ret_total is KB_SIZE_UNKNOWN for "*". -EINVAL. */
KB_MUST_CHECK int kb_content_range_parse(struct kb_str value, uint64_t *ret_first,
					 uint64_t *ret_last, uint64_t *ret_total);
/* "Sun, 06 Nov 1994 08:49:37 GMT" in seconds since 1970. -EINVAL. */
KB_MUST_CHECK int kb_http_date_parse(struct kb_str value, int64_t *ret_s);
/*
 * Retry-After: seconds, or a date. date is the header Date of the same answer ("" where there is
 * none): the server's clock, not ours, tells how far off that is; else now_s. At most a day. 0:
 * nothing that can be read.
 */
int64_t kb_retry_after_ms(struct kb_str value, struct kb_str date, int64_t now_s);
/* What If-Range may hold: the ETag unless that is weak, else Last-Modified; "": neither. */
struct kb_str kb_validator(struct kb_str etag, struct kb_str last_modified);
/* Before the attempt that follows so many in vain: 0.5, 1, 2, 4 s, one fifth more or less. */
int64_t kb_backoff_ms(unsigned in_vain, uint32_t random);

/* Would the same question get the same answer again? */
bool kb_http_is_final(int status);
bool kb_ftp_is_final(int reply);
bool kb_tftp_is_final(int code);
/* "not found", "" for a status that says nothing. */
const char *kb_http_words(int status);

#endif
