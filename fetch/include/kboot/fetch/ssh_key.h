/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What people compare of a public SSH key.
 * For whoever shows one.
 * Must not show the key itself.
 */
#ifndef KBOOT_FETCH_SSH_KEY_H
#define KBOOT_FETCH_SSH_KEY_H

#include "kboot/base/str.h"

enum { KB_SSH_FINGERPRINT = 64 }; /* "SHA256:" and 43 characters */

/* Of a key in base64, as OpenSSH and dbclient print it. -EINVAL: it is no key of this type. */
KB_MUST_CHECK int kb_ssh_fingerprint(struct kb_str type, struct kb_str key,
				     char ret_text[static KB_SSH_FINGERPRINT]);

#endif
