/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oneline.h"

static void replace_controls(char *s)
{
	size_t len = strlen(s);

	while (len > 0 && (s[len - 1] == '\n' || s[len - 1] == '\r')) {
		s[--len] = '\0';
	}
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c < 0x20 || c == 0x7f) {
			*s = '?';
		}
	}
}

/* Takes an incomplete UTF-8 sequence off the end of a text that was cut. */
static void drop_cut_sequence(char *s)
{
	size_t len = strlen(s);

	for (size_t back = 1; back <= 3 && back <= len; back++) {
		unsigned char c = (unsigned char)s[len - back];

		if (c < 0x80) {
			return;
		}
		if (c >= 0xc0) { /* the sequence starts here: whole or cut? */
			size_t whole = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;

			if (whole > back) {
				s[len - back] = '\0';
			}
			return;
		}
	}
}

void kb_oneline_vformat(char *buf, size_t size, const char *fmt, va_list args)
{
	int n = vsnprintf(buf, size, fmt, args);

	if (n < 0) {
		buf[0] = '\0';
		return;
	}
	if ((size_t)n >= size) {
		drop_cut_sequence(buf);
	}
	replace_controls(buf);
}

void kb_oneline_copy(char *buf, size_t size, struct kb_str text)
{
	size_t n = text.len < size - 1 ? text.len : size - 1;

	if (n > 0) {
		memcpy(buf, text.data, n);
	}
	buf[n] = '\0';
	for (size_t i = 0; i < n; i++) {
		if (buf[i] == '\0') {
			buf[i] = '?';
		}
	}
	if (n < text.len) {
		drop_cut_sequence(buf);
	}
	replace_controls(buf);
}
