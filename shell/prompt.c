/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "prompt.h"

#include "kboot/base/escape.h"
#include "kboot/terminal/text.h"

enum { PLACE_MIN = 10 }; /* columns of a place that are always shown */

#define LEFT_OUT "..."

/* The text is harmless already: its symbols are not asked for. */
static struct kb_str fit(struct kb_str text, size_t columns)
{
	return kb_text_fit(text, (int)columns, &kb_symbols[KB_CHARSET_UTF8]);
}

static void put_place(struct kb_buf *buf, struct kb_str text, size_t room)
{
	size_t length = (size_t)kb_text_columns(text, &kb_symbols[KB_CHARSET_UTF8]);
	size_t left = room - strlen(LEFT_OUT);

	if (length <= room) {
		kb_buf_str(buf, text);
		return;
	}
	/* Where one is says more than where that begins. */
	kb_buf_str(buf, fit(text, left / 3));
	kb_buf_puts(buf, LEFT_OUT);
	kb_buf_str(buf, kb_str_skip(text, fit(text, length - (left - left / 3)).len));
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
