/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names that say that a value is secret, and values that are by their looks.
 * For secrets.c.
 * Must not look at more than the one word.
 */
#ifndef KBOOT_SHELL_SECRETS_WORDS_H
#define KBOOT_SHELL_SECRETS_WORDS_H

#include "kboot/base/str.h"

/* A byte that a name may have in it. */
static inline bool kb_secrets_in_name(char c)
{
	return kb_is_letter(c) || kb_is_digit(c) || c == '_' || c == '-' || c == '.';
}

/* The name of a secret: "rd.luks.passphrase", "WPA_PSK", "apiKey". */
bool kb_secrets_is_name(struct kb_str name);
/* The name of what may be a secret or the path of a file with one. */
bool kb_secrets_may_be_path(struct kb_str name);
/* How many bytes at the head of the text are a hash of a password, or a token that is known by its
 * looks; 0: none. */
size_t kb_secrets_token(struct kb_str text);

#endif
