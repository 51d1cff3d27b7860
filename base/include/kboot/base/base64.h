/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes as base64 (RFC 4648, 4) and back.
 * For every module.
 * Must not take what stands in no base64.
 */
#ifndef KBOOT_BASE_BASE64_H
#define KBOOT_BASE_BASE64_H

#include "kboot/base/str.h"

/* With or without padding. -EINVAL: another byte; what stands before it is in bytes then. */
KB_MUST_CHECK int kb_base64_decode(struct kb_str text, struct kb_buf *bytes);
void kb_base64_encode(struct kb_str bytes, struct kb_buf *text); /* with padding */

#endif
