/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "row_screen.h"

#include <limits.h>

static void wipe(struct row_screen *s, int col)
{
	if (s->cells[col] == -1) {
		s->cells[col - 1] = 0;
	}
	if (s->cells[col + 1] == -1) {
		s->cells[col + 1] = 0;
	}
	s->cells[col] = 0;
}

static bool put(struct row_screen *s, wchar_t ch)
{
	int columns = wcwidth(ch);

	if (columns < 0 || s->col + columns > s->columns - 1) {
		return false;
	}
	for (int i = 0; i < columns; i++) {
		wipe(s, s->col);
		s->cells[s->col++] = i == 0 ? ch : -1;
	}
	return true;
}

static bool feed_one(struct row_screen *s, struct kb_str *bytes)
{
	mbstate_t state = {0};
	wchar_t ch;
	size_t len;

	if (kb_str_starts(*bytes, KB_STR("\x1b[K"))) {
		for (int i = s->col; i < s->columns; i++) {
			wipe(s, i);
		}
		*bytes = kb_str_skip(*bytes, 3);
		return true;
	}
	len = mbrtowc(&ch, bytes->data, bytes->len, &state);
	if (len == 0 || len > MB_LEN_MAX) {
		return false;
	}
	*bytes = kb_str_skip(*bytes, len);
	if (ch == '\r' || ch == '\b') {
		s->col = ch == '\r' ? 0 : s->col - 1;
		return s->col >= 0;
	}
	return put(s, ch);
}

bool row_screen_feed(struct row_screen *s, struct kb_str bytes)
{
	while (bytes.len > 0) {
		if (!feed_one(s, &bytes)) {
			return false;
		}
	}
	return true;
}

void row_screen_text(const struct row_screen *s, struct kb_buf *text)
{
	kb_buf_puts(text, "");
	for (int i = 0; i < s->columns; i++) {
		char bytes[MB_LEN_MAX];
		mbstate_t state = {0};

		if (s->cells[i] != -1) {
			wchar_t ch = s->cells[i] ? s->cells[i] : L' ';

			kb_buf_append(text, bytes, wcrtomb(bytes, ch, &state));
		}
	}
	while (text->len > 0 && text->data[text->len - 1] == ' ') {
		text->data[--text->len] = '\0';
	}
}
