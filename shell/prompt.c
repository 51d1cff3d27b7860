/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "prompt.h"

enum { PLACE_MIN = 10 }; /* characters of a place that are always shown */

#define LEFT_OUT "..."

/* The first n characters; bytes that are not UTF-8 count as one each. */
static struct kb_str characters(struct kb_str s, size_t n)
{
	size_t at = 0;

	for (; n > 0 && at < s.len; n--) {
		size_t len = kb_str_utf8_len(kb_str_skip(s, at));

		at += len ? len : 1;
	}
	return kb_str_head(s, at);
}

static size_t count(struct kb_str s)
{
	size_t n = 0;

	while (s.len > 0) {
		s = kb_str_skip(s, characters(s, 1).len);
		n++;
	}
	return n;
}

void kb_shell_prompt(struct kb_buf *buf, const char *place, unsigned columns)
{
	struct kb_str text = kb_str_from(place && strcmp(place, "/") != 0 ? place : "");
	size_t frame = text.len > 0 ? strlen("kboot : ") : strlen("kboot: ");
	size_t room = columns / 2 > frame + PLACE_MIN ? columns / 2 - frame : PLACE_MIN;
	size_t length = count(text);

	kb_buf_puts(buf, text.len > 0 ? "kboot " : "kboot");
	if (length > room) {
		/* Where one is says more than where that begins. */
		size_t left = room - strlen(LEFT_OUT);
		struct kb_str head = characters(text, left / 3);
		struct kb_str tail =
			kb_str_skip(text, characters(text, length - (left - left / 3)).len);

		kb_buf_str(buf, head);
		kb_buf_puts(buf, LEFT_OUT);
		kb_buf_str(buf, tail);
	} else {
		kb_buf_str(buf, text);
	}
	kb_buf_puts(buf, ": ");
}
