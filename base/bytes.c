/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/base/bytes.h"

_Static_assert(KB_BYTES_PAGE == 0x10fe00, "its UTF-8 begins with F4 8F B8");

static bool is_c0(unsigned char c)
{
	return c > 0 && c < 0x20;
}

unsigned char kb_bytes_marked(struct kb_str text)
{
	const unsigned char *p = (const unsigned char *)text.data;
	unsigned char byte;

	if (text.len < KB_BYTES_MARK_LEN || p[0] != 0xf4 || p[1] != 0x8f || (p[2] & 0xfc) != 0xb8 ||
	    (p[3] & 0xc0) != 0x80) {
		return 0;
	}
	byte = (unsigned char)((p[2] & 0x03) << 6 | (p[3] & 0x3f));
	return is_c0(byte) || byte >= 0x7f ? byte : 0;
}

static void put_mark(struct kb_buf *text, unsigned char byte)
{
	const unsigned char mark[KB_BYTES_MARK_LEN] = {0xf4, 0x8f, 0xb8 | byte >> 6,
						       0x80 | (byte & 0x3f)};

	kb_buf_append(text, mark, sizeof(mark));
}

/* How many bytes at the head of s are one character that can stay as it is; 0: none. */
static size_t plain_len(struct kb_str s, bool keep_c0)
{
	unsigned char first = (unsigned char)s.data[0];
	size_t len = kb_str_utf8_len(s);
	bool is_c1 = len == 2 && first == 0xc2 && (unsigned char)s.data[1] < 0xa0;

	return first == 0x7f || is_c1 || (is_c0(first) && !keep_c0) || kb_bytes_marked(s) ? 0 : len;
}

static size_t plain_run(struct kb_str s, bool keep_c0)
{
	size_t run = 0;
	size_t len;

	while (run < s.len && (len = plain_len(kb_str_skip(s, run), keep_c0)) > 0) {
		run += len;
	}
	return run;
}

static void write_text(struct kb_buf *text, struct kb_str rest, bool keep_c0)
{
	while (rest.len > 0) {
		size_t run = plain_run(rest, keep_c0);
		size_t len;

		kb_buf_str(text, kb_str_head(rest, run));
		rest = kb_str_skip(rest, run);
		len = kb_str_utf8_len(rest);
		len = len > 0 || rest.len == 0 ? len : 1;
		for (size_t i = 0; i < len; i++) {
			put_mark(text, (unsigned char)rest.data[i]);
		}
		rest = kb_str_skip(rest, len);
	}
}

void kb_bytes_to_text(struct kb_buf *text, struct kb_str bytes)
{
	write_text(text, bytes, true);
}

void kb_bytes_to_line(struct kb_buf *text, struct kb_str bytes)
{
	write_text(text, bytes, false);
}

bool kb_bytes_are_text(struct kb_str bytes)
{
	return plain_run(bytes, true) == bytes.len;
}

void kb_bytes_from_text(struct kb_buf *bytes, struct kb_str text)
{
	while (text.len > 0) {
		unsigned char byte = kb_bytes_marked(text);
		size_t run = 0;

		if (byte) {
			kb_buf_putc(bytes, (char)byte);
			text = kb_str_skip(text, KB_BYTES_MARK_LEN);
			continue;
		}
		while (run < text.len && !kb_bytes_marked(kb_str_skip(text, run))) {
			run++;
		}
		kb_buf_str(bytes, kb_str_head(text, run));
		text = kb_str_skip(text, run);
	}
}
