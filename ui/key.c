/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "key.h"

#include <string.h>

#include "kboot/base/cleanup.h"
#include "kboot/base/str.h"

enum { ESC = 0x1b, DEL = 0x7f };

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

/* A whole control sequence is in the buffer. */
static size_t sequence_key(const struct kb_key_decoder *d, struct kb_key *ret_key)
{
	unsigned char last = d->bytes[d->len - 1];

	if (last == 'R' && d->len > 3) {
		return 0; /* a cursor report that came late is no key */
	}
	if (d->bytes[1] == 'O' && last == 'M') {
		*ret_key = plain(KB_KEY_ENTER); /* the keypad's */
		return 1;
	}
	*ret_key = plain(last == '~' ? editing_key(d->bytes + 2) : final_key((char)last));
	if (d->len == 6 && memcmp(d->bytes + 2, "1;5", 3) == 0) {
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
		*ret_key = plain(byte <= 26 ? KB_KEY_CTRL : KB_KEY_OTHER);
		if (byte <= 26) {
			ret_key->text[0] = (char)('a' + byte - 1);
		}
		return 1;
	}
}

/* More of a character: complete, hopeless, or still to be waited for. */
static size_t decode_character(struct kb_key_decoder *d, struct kb_key *ret_key)
{
	static const unsigned char lead_lengths[] = {2, 2, 3, 4};
	size_t want = lead_lengths[(d->bytes[0] >> 4) & 3];
	size_t len = kb_str_utf8_len(kb_str_of((const char *)d->bytes, d->len));

	if (len == d->len) {
		*ret_key = plain(KB_KEY_CHAR);
		memcpy(ret_key->text, d->bytes, len);
		d->len = 0;
		return 1;
	}
	if (d->bytes[0] < 0xc0 || d->len >= want) {
		*ret_key = plain(KB_KEY_OTHER);
		d->len = 0;
		return 1;
	}
	return 0;
}

static size_t decode_escape(struct kb_key_decoder *d, unsigned char byte, struct kb_key *ret_keys)
{
	bool csi = d->bytes[1] == '[';
	size_t n;

	if (d->len == 2) {
		if (byte == '[' || byte == 'O') {
			return 0;
		}
		ret_keys[0] = plain(KB_KEY_ESCAPE);
		d->len = 0;
		return 1 + kb_key_decode(d, byte, ret_keys + 1);
	}
	if (byte < 0x20 || byte > 0x7e || d->len == KB_KEY_BYTES) {
		/* Noise, or the next key: the sequence is lost, a control byte is not. */
		d->len = 0;
		ret_keys[0] = plain(KB_KEY_OTHER);
		return byte < 0x20 ? 1 + kb_key_decode(d, byte, ret_keys + 1) : 1;
	}
	/* The Linux console's F1…F5 are ESC [ [ A…E. */
	if (csi && (byte < 0x40 || (byte == '[' && d->len == 3))) {
		return 0;
	}
	if (csi && d->bytes[2] == '[') {
		n = 1;
		ret_keys[0] = plain(KB_KEY_OTHER);
	} else {
		n = sequence_key(d, &ret_keys[0]);
	}
	d->len = 0;
	return n;
}

size_t kb_key_decode(struct kb_key_decoder *d, unsigned char byte, struct kb_key *ret_keys)
{
	if (d->len > 0 && d->bytes[0] == ESC) {
		d->bytes[d->len++] = byte;
		return decode_escape(d, byte, ret_keys);
	}
	if (byte < 0x80) {
		/* A character that broke off is forgotten. */
		d->len = 0;
	}
	if (byte == ESC) {
		d->after_cr = false;
		d->bytes[d->len++] = byte;
		return 0;
	}
	if (byte < 0x20 || byte == DEL) {
		return decode_control(d, byte, &ret_keys[0]);
	}
	d->after_cr = false;
	d->bytes[d->len++] = byte;
	return decode_character(d, &ret_keys[0]);
}

bool kb_key_pending(const struct kb_key_decoder *d)
{
	return d->len > 0;
}

size_t kb_key_give_up(struct kb_key_decoder *d, struct kb_key *ret_keys)
{
	size_t len = d->len;

	d->len = 0;
	if (len == 0) {
		return 0;
	}
	ret_keys[0] = plain(len == 1 && d->bytes[0] == ESC ? KB_KEY_ESCAPE : KB_KEY_OTHER);
	return 1;
}
