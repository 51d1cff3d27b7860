/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/base/base64.h"

#include <errno.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int kb_base64_decode(struct kb_str text, struct kb_buf *bytes)
{
	unsigned bits = 0;
	unsigned n = 0;

	while (text.len > 0 && text.data[text.len - 1] == '=') {
		text.len--;
	}
	for (size_t i = 0; i < text.len; i++) {
		const char *at = text.data[i] ? strchr(digits, text.data[i]) : NULL;

		if (!at) {
			return -EINVAL;
		}
		bits = (bits << 6 | (unsigned)(at - digits)) & 0xffff;
		n += 6;
		if (n >= 8) {
			n -= 8;
			kb_buf_putc(bytes, (char)(bits >> n));
		}
	}
	return 0;
}

void kb_base64_encode(struct kb_str bytes, struct kb_buf *text)
{
	for (size_t i = 0; i < bytes.len; i += 3) {
		size_t n = bytes.len - i < 3 ? bytes.len - i : 3;
		unsigned bits = 0;

		for (size_t k = 0; k < 3; k++) {
			bits = bits << 8 | (k < n ? (unsigned char)bytes.data[i + k] : 0);
		}
		for (size_t k = 0; k <= n; k++) {
			kb_buf_putc(text, digits[bits >> (18 - 6 * k) & 0x3f]);
		}
		for (size_t k = n; k < 3; k++) {
			kb_buf_putc(text, '=');
		}
	}
}
