/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Command lines as words: blanks separate, ' and " keep blanks together, inside a word too.
 * For the formats, and for core's prompt.
 * Must not know escapes or variables: a quote without a partner is an ordinary byte.
 */
#ifndef KBOOT_FORMATS_WORDS_H
#define KBOOT_FORMATS_WORDS_H

#include <stdbool.h>

#include "kboot/base/arena.h"
#include "kboot/base/str.h"

/* Takes the next word off *rest, its quotes still in it. False when there is none. */
bool kb_words_next(struct kb_str *rest, struct kb_str *ret_word);
/* The word without the quotes that have a partner. NULL when out of memory. */
char *kb_word_unquote(struct kb_arena *arena, struct kb_str word);
/* Appends a blank, unless line is empty, and key and value: in quotes where value has a blank. */
void kb_words_add(struct kb_buf *line, const char *key, struct kb_str value);
/* A kernel's arguments with more behind them, but before a lone "--", which ends what is for the
 * kernel; what is behind one in more goes behind all. */
void kb_words_join(struct kb_str args, struct kb_str more, struct kb_buf *out);
/* The value of the last word of line that begins with key, quotes still in it. */
bool kb_words_find(struct kb_str line, struct kb_str key, struct kb_str *ret_value);
/* Is there a quote without a partner? ret_at: its offset; may be NULL. */
bool kb_words_unbalanced(struct kb_str line, size_t *ret_at);

#endif
