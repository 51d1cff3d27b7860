/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text of any kind without what nobody else is to know: passwords, their hashes, keys, tokens.
 * For `report`.
 * Must rather hide too much than too little, and must not depend on who wrote the text.
 */
#ifndef KBOOT_SHELL_SECRETS_H
#define KBOOT_SHELL_SECRETS_H

#include "kboot/base/str.h"

/* What stands in place of a secret. */
#define KB_SECRETS_HIDDEN "(hidden)"

enum { KB_SECRETS_LINE = 16384 }; /* of a longer one the rest is left out */

enum kb_secrets_kind {
	KB_SECRETS_PROSE, /* sentences, lists: a secret has a sign before it */
	/* In a configuration what follows the word `password` is one, too. */
	KB_SECRETS_CONFIG,
};

/* Appends the text, line by line. Errors stay in *to. */
void kb_secrets_hide(struct kb_buf *to, struct kb_str text, enum kb_secrets_kind kind);

/* The digest of a public key in base64, as people compare it. -EINVAL: it is no key. */
typedef int kb_fingerprint_fn(struct kb_str type, struct kb_str key, char *ret_text, size_t size);

/* Of lines of authorized_keys(5) the type, the fingerprint and the comment alone. */
void kb_secrets_hide_keys(struct kb_buf *to, struct kb_str text, kb_fingerprint_fn *fingerprint);

#endif
