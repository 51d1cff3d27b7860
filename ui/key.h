/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bytes a terminal sends as keys: letters, arrows in all their dialects, Escape by itself.
 * For terminal.c (feeds it) and the views.
 * Must not read or wait: the caller has the bytes and the clock.
 */
#ifndef KBOOT_UI_KEY_H
#define KBOOT_UI_KEY_H

#include <stdbool.h>
#include <stddef.h>

enum kb_key_code {
	KB_KEY_OTHER, /* a key without a meaning here */
	KB_KEY_CHAR,  /* text: a printable character, see bytes */
	KB_KEY_CTRL,  /* text: the small letter */
	KB_KEY_ENTER,
	KB_KEY_ESCAPE,
	KB_KEY_TAB,
	KB_KEY_BACKSPACE,
	KB_KEY_DELETE,
	KB_KEY_INSERT,
	KB_KEY_UP,
	KB_KEY_DOWN,
	KB_KEY_LEFT,
	KB_KEY_RIGHT,
	KB_KEY_WORD_LEFT, /* with Ctrl */
	KB_KEY_WORD_RIGHT,
	KB_KEY_HOME,
	KB_KEY_END,
	KB_KEY_PAGE_UP,
	KB_KEY_PAGE_DOWN,
};

struct kb_key {
	enum kb_key_code code;
	char text[5]; /* of CHAR and CTRL: UTF-8, NUL-terminated */
};

enum { KB_KEY_BYTES = 24, KB_KEYS_AT_ONCE = 2 };

/* Zero-initialised is ready. */
struct kb_key_decoder {
	unsigned char bytes[KB_KEY_BYTES]; /* of a key that is not complete */
	size_t len;
	bool after_cr; /* a line feed right behind a carriage return is no second Enter */
};

/* Takes one byte; writes the keys it completes (room for KB_KEYS_AT_ONCE) and returns how many. */
size_t kb_key_decode(struct kb_key_decoder *d, unsigned char byte, struct kb_key *ret_keys);
/* Bytes wait for more: if nothing comes for the length of an escape delay, call kb_key_give_up. */
bool kb_key_pending(const struct kb_key_decoder *d);
/* What the waiting bytes are when nothing follows: a lone ESC is Escape. Returns how many keys. */
size_t kb_key_give_up(struct kb_key_decoder *d, struct kb_key *ret_keys);

#endif
