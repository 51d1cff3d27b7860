/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "prompt.h"

#include "kboot/base/escape.h"

enum { PLACE_MIN = 10 }; /* characters of a place that are always shown */

#define LEFT_OUT "..."

/* The first n characters of what is UTF-8. */
static struct kb_str characters(struct kb_str s, size_t n)
{
	size_t at = 0;

	for (; n > 0 && at < s.len; n--) {
		at += kb_str_utf8_len(kb_str_skip(s, at));
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

static void put_place(struct kb_buf *buf, struct kb_str text, size_t room)
{
	size_t length = count(text);

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
}

void kb_shell_prompt(struct kb_buf *buf, const char *place, unsigned columns)
{
	KB_BUF struct kb_buf shown = {0};
	bool named = place && place[0] && strcmp(place, "/") != 0;
	size_t frame = named ? strlen("kboot : ") : strlen("kboot: ");

	kb_buf_puts(buf, named ? "kboot " : "kboot");
	if (named) {
		kb_escape(&shown, kb_str_from(place));
		put_place(buf, kb_buf_view(&shown),
			  columns / 2 > frame + PLACE_MIN ? columns / 2 - frame : PLACE_MIN);
	}
	kb_buf_puts(buf, ": ");
}
