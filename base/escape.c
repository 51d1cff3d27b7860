/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/base/escape.h"

/* C0, DEL, and C1, which some terminals obey even as UTF-8. */
static bool is_control(struct kb_str at, size_t len)
{
	unsigned char first = (unsigned char)at.data[0];

	return first < 0x20 || first == 0x7f ||
	       (len == 2 && first == 0xc2 && (unsigned char)at.data[1] < 0xa0);
}

static void escape(struct kb_buf *to, struct kb_str rest, bool keep_line_feeds)
{
	while (rest.len > 0) {
		size_t len = kb_str_utf8_len(rest);
		bool kept = keep_line_feeds && rest.data[0] == '\n';

		if (kept || (len > 0 && !is_control(rest, len))) {
			kb_buf_append(to, rest.data, len);
		} else {
			len = len > 0 ? len : 1;
			for (size_t i = 0; i < len; i++) {
				kb_buf_printf(to, "\\x%02x", (unsigned char)rest.data[i]);
			}
		}
		rest = kb_str_skip(rest, len);
	}
}

void kb_escape(struct kb_buf *to, struct kb_str text)
{
	escape(to, text, false);
}

void kb_escape_lines(struct kb_buf *to, struct kb_str text)
{
	escape(to, text, true);
}

static void escape_line(struct kb_buf *to, const char *fmt, va_list args) KB_PRINTF(2, 0);

static void escape_line(struct kb_buf *to, const char *fmt, va_list args)
{
	KB_BUF struct kb_buf line = {0};

	kb_buf_vprintf(&line, fmt, args);
	escape(to, kb_buf_view(&line), false);
	kb_buf_putc(to, '\n');
	to->error = to->error ? to->error : kb_buf_error(&line);
}

void kb_escape_printf(struct kb_buf *to, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	escape_line(to, fmt, args);
	va_end(args);
}

static void write_out(FILE *to, const struct kb_buf *text)
{
	if (kb_buf_error(text) == 0 && text->len > 0) {
		(void)fwrite(text->data, 1, text->len, to);
	}
}

void kb_print_escaped(FILE *to, const char *fmt, ...)
{
	KB_BUF struct kb_buf line = {0};
	va_list args;

	va_start(args, fmt);
	escape_line(&line, fmt, args);
	va_end(args);
	write_out(to, &line);
}

void kb_print_escaped_lines(FILE *to, const char *text)
{
	KB_BUF struct kb_buf lines = {0};

	escape(&lines, kb_str_from(text), true);
	write_out(to, &lines);
}
