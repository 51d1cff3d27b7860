/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bytes a terminal sends as keys: letters, arrows in all their dialects, Escape by itself.
 * For the menu and the prompt.
 * Must not read or wait, nor take what a terminal answers for a key, however late or torn it comes.
 */
#ifndef KBOOT_TERMINAL_KEY_H
#define KBOOT_TERMINAL_KEY_H

#include <stdbool.h>
#include <stddef.h>

enum kb_key_code {
	KB_KEY_OTHER, /* a key without a meaning here */
	KB_KEY_CHAR,  /* text: a character, or a byte that is none (Latin-1, noise) */
	KB_KEY_CTRL,  /* text: the small letter, or "_" */
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
	KB_KEY_WORD_LEFT, /* with Ctrl or Alt */
	KB_KEY_WORD_RIGHT,
	KB_KEY_HOME,
	KB_KEY_END,
	KB_KEY_PAGE_UP,
	KB_KEY_PAGE_DOWN,
};

struct kb_key {
	enum kb_key_code code;
	bool meta;    /* with Alt, or an ESC came right before it */
	char text[5]; /* of CHAR and CTRL: UTF-8, NUL-terminated */
};

enum { KB_KEY_BYTES = 24, KB_KEYS_AT_ONCE = 4 };

/* Zero-initialised is ready. */
struct kb_key_decoder {
	unsigned char bytes[KB_KEY_BYTES]; /* of a key that is not complete */
	size_t len;
	bool meta;         /* an ESC came before it */
	bool after_cr;     /* a line feed right behind a carriage return is no second Enter */
	bool after_escape; /* kb_key_give_up took ESC for a key: a [ that follows was its rest */
};

/* Takes one byte; writes the keys it completes (room for KB_KEYS_AT_ONCE) and returns how many. */
size_t kb_key_decode(struct kb_key_decoder *d, unsigned char byte, struct kb_key *ret_keys);
/* Was an ESC the last byte? If nothing follows for the length of an escape delay, call
 * kb_key_give_up. Who has no use for Escape alone need not. */
bool kb_key_pending(const struct kb_key_decoder *d);
/* The ESC that waits is the key Escape. Returns how many keys. */
size_t kb_key_give_up(struct kb_key_decoder *d, struct kb_key *ret_keys);

#endif
