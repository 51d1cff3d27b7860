/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/terminal/key.h"

#include <string.h>

#include "kboot/base/cleanup.h"
#include "kboot/base/str.h"

enum { ESC = 0x1b, CTRL_LINE = 0x1f, DEL = 0x7f, CSI = 0x9b };

/* ESC [ x and ESC O x: ECMA-48 cursor keys, xterm's and the VT100's in either keypad mode. */
static const struct {
	char final;
	enum kb_key_code code;
} finals[] = {
	{'A', KB_KEY_UP},   {'B', KB_KEY_DOWN}, {'C', KB_KEY_RIGHT},
	{'D', KB_KEY_LEFT}, {'H', KB_KEY_HOME}, {'F', KB_KEY_END},
};

/* ESC [ n ~: the VT220's editing keys, with the numbers of rxvt and of the Linux console. */
static const struct {
	int number;
	enum kb_key_code code;
} editing[] = {
	{1, KB_KEY_HOME}, {2, KB_KEY_INSERT}, {3, KB_KEY_DELETE},  {4, KB_KEY_END},
	{7, KB_KEY_HOME}, {8, KB_KEY_END},    {5, KB_KEY_PAGE_UP}, {6, KB_KEY_PAGE_DOWN},
};

static size_t decode(struct kb_key_decoder *d, unsigned char byte, struct kb_key *ret_keys);

static struct kb_key plain(enum kb_key_code code)
{
	return (struct kb_key){.code = code};
}

static enum kb_key_code final_key(char final)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(finals); i++) {
		if (finals[i].final == final) {
			return finals[i].code;
		}
	}
	return KB_KEY_OTHER;
}

static enum kb_key_code editing_key(const unsigned char *digits)
{
	int number = digits[0] - '0';

	/* One digit and the tilde; modifiers (";5~") and function keys mean nothing here. */
	for (size_t i = 0; digits[1] == '~' && i < KB_ARRAY_LEN(editing); i++) {
		if (editing[i].number == number) {
			return editing[i].code;
		}
	}
	return KB_KEY_OTHER;
}

/* CSI with parameters and one of these is what a terminal says of itself (the place of its cursor,
 * what it is, its size), often long after it was asked. No keyboard sends that. */
static bool is_answer(const struct kb_key_decoder *d)
{
	return d->bytes[1] == '[' && d->len > 3 && strchr("Rcntxy", d->bytes[d->len - 1]);
}

/* A whole control sequence is in the buffer. */
static size_t sequence_key(const struct kb_key_decoder *d, struct kb_key *ret_key)
{
	unsigned char last = d->bytes[d->len - 1];

	if (is_answer(d)) {
		return 0;
	}
	if (d->bytes[1] == 'O' && last == 'M') {
		*ret_key = plain(KB_KEY_ENTER); /* the keypad's */
		return 1;
	}
	*ret_key = plain(d->bytes[2] == '[' ? KB_KEY_OTHER
			 : last == '~'      ? editing_key(d->bytes + 2)
					    : final_key((char)last));
	/* With Alt or Ctrl. */
	if (d->len == 6 && (d->bytes[4] == '3' || d->bytes[4] == '5')) {
		ret_key->code = ret_key->code == KB_KEY_LEFT    ? KB_KEY_WORD_LEFT
				: ret_key->code == KB_KEY_RIGHT ? KB_KEY_WORD_RIGHT
								: ret_key->code;
	}
	return 1;
}

static size_t decode_control(struct kb_key_decoder *d, unsigned char byte, struct kb_key *ret_key)
{
	bool after_cr = d->after_cr;

	d->after_cr = byte == '\r';
	switch (byte) {
	case '\n':
		if (after_cr) {
			return 0;
		}
		*ret_key = plain(KB_KEY_ENTER);
		return 1;
	case '\r':
		*ret_key = plain(KB_KEY_ENTER);
		return 1;
	case '\t':
		*ret_key = plain(KB_KEY_TAB);
		return 1;
	case '\b':
	case DEL:
		*ret_key = plain(KB_KEY_BACKSPACE);
		return 1;
	case 0:
		return 0; /* a break on a serial line */
	default:
		*ret_key = plain(byte <= 26 || byte == CTRL_LINE ? KB_KEY_CTRL : KB_KEY_OTHER);
		if (ret_key->code == KB_KEY_CTRL) {
			ret_key->text[0] = (char)(byte == CTRL_LINE ? '_' : 'a' + byte - 1);
		}
		return 1;
	}
}

/* The bytes that wait are no character: each is one by itself. */
static size_t give_bytes(struct kb_key_decoder *d, struct kb_key *ret_keys)
{
	size_t n = d->len;

	for (size_t i = 0; i < n; i++) {
		ret_keys[i] = plain(KB_KEY_CHAR);
		ret_keys[i].text[0] = (char)d->bytes[i];
	}
	d->len = 0;
	return n;
}

/* More of a character: complete, hopeless, or still to be waited for. */
static size_t decode_character(struct kb_key_decoder *d, unsigned char byte,
			       struct kb_key *ret_keys)
{
	size_t want = d->bytes[0] >= 0xf0 ? 4 : d->bytes[0] >= 0xe0 ? 3 : 2;

	if (byte < 0x80 || byte > 0xbf) {
		size_t n = give_bytes(d, ret_keys);

		return n + decode(d, byte, ret_keys + n);
	}
	d->bytes[d->len++] = byte;
	if (d->len < want) {
		return 0;
	}
	if (kb_str_utf8_len(kb_str_of((const char *)d->bytes, d->len)) != d->len) {
		return give_bytes(d, ret_keys);
	}
	*ret_keys = plain(KB_KEY_CHAR);
	memcpy(ret_keys->text, d->bytes, d->len);
	d->len = 0;
	return 1;
}

/* Behind CSI nothing but the end of the sequence ends it, however long that takes to come: half an
 * answer is no text either. */
static size_t decode_escape(struct kb_key_decoder *d, unsigned char byte, struct kb_key *ret_keys)
{
	size_t n;

	if (d->len == 1 && byte != '[' && byte != 'O') {
		d->meta = true;
		d->len = byte == ESC; /* Alt with a key that begins with ESC itself */
		return d->len > 0 ? 0 : decode(d, byte, ret_keys);
	}
	if (byte < 0x20 || byte > 0x7e) {
		/* The sequence broke off; the next key is not lost with it. */
		d->len = 0;
		return decode(d, byte, ret_keys);
	}
	d->len -= d->len == KB_KEY_BYTES; /* too long to mean anything: its end counts */
	d->bytes[d->len++] = byte;
	/* The Linux console's F1…F5 are ESC [ [ A…E. */
	if (d->len == 2 || (d->bytes[1] == '[' && (byte < 0x40 || (byte == '[' && d->len == 3)))) {
		return 0;
	}
	n = sequence_key(d, ret_keys);
	d->len = 0;
	return n;
}

static size_t begin_sequence(struct kb_key_decoder *d, const char *bytes)
{
	d->after_cr = false;
	d->len = strlen(bytes);
	memcpy(d->bytes, bytes, d->len);
	return 0;
}

static size_t decode(struct kb_key_decoder *d, unsigned char byte, struct kb_key *ret_keys)
{
	bool after_escape = d->after_escape;

	d->after_escape = false;
	if (d->len > 0) {
		return d->bytes[0] == ESC ? decode_escape(d, byte, ret_keys)
					  : decode_character(d, byte, ret_keys);
	}
	if (byte == ESC) {
		return begin_sequence(d, "\x1b");
	}
	if (byte == CSI || (after_escape && byte == '[')) {
		return begin_sequence(d, "\x1b[");
	}
	if (byte < 0x20 || byte == DEL) {
		return decode_control(d, byte, ret_keys);
	}
	d->after_cr = false;
	d->bytes[d->len++] = byte;
	/* Lead bytes of UTF-8 wait for what follows. */
	return byte >= 0xc2 && byte <= 0xf4 ? 0 : give_bytes(d, ret_keys);
}

size_t kb_key_decode(struct kb_key_decoder *d, unsigned char byte, struct kb_key *ret_keys)
{
	size_t n = decode(d, byte, ret_keys);

	if (n > 0) {
		ret_keys[0].meta = d->meta;
	}
	d->meta = d->meta && n == 0 && d->len > 0;
	return n;
}

bool kb_key_pending(const struct kb_key_decoder *d)
{
	return d->len == 1 && d->bytes[0] == ESC;
}

size_t kb_key_give_up(struct kb_key_decoder *d, struct kb_key *ret_keys)
{
	size_t n;

	if (!kb_key_pending(d)) {
		return 0;
	}
	ret_keys[0] = plain(KB_KEY_ESCAPE);
	ret_keys[1] = plain(KB_KEY_ESCAPE);
	n = d->meta ? 2 : 1; /* pressed twice */
	*d = (struct kb_key_decoder){.after_escape = true};
	return n;
}
