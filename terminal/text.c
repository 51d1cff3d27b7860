/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/terminal/text.h"

#include <stdio.h>

#include "kboot/terminal/font.h"

/* The text is valid UTF-8 of so many bytes. */
static wchar_t code_point(const char *data, size_t bytes)
{
	static const unsigned char lead[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	unsigned value = (unsigned char)data[0] & lead[bytes];

	for (size_t i = 1; i < bytes; i++) {
		value = value << 6 | ((unsigned char)data[i] & 0x3f);
	}
	return (wchar_t)value;
}

/* Marks that change the order or direction of what follows: a title must not lie about itself. */
static bool reorders(wchar_t ch)
{
	return ch == 0x061c || ch == 0x200e || ch == 0x200f || (ch >= 0x2028 && ch <= 0x202e) ||
	       (ch >= 0x2066 && ch <= 0x2069);
}

static struct kb_glyph unknown(const struct kb_symbols *symbols, size_t bytes)
{
	struct kb_str sign = kb_str_from(symbols->unknown);
	wchar_t ch = code_point(sign.data, kb_str_utf8_len(sign));

	if (wcwidth(ch) != 1) {
		ch = '?';
	}
	return (struct kb_glyph){.ch = ch, .columns = 1, .bytes = bytes};
}

/* A console's font has no marks that combine: each would take a column of its own. */
static bool font_lacks(const struct kb_font *font, wchar_t ch, int columns)
{
	return font && (columns == 0 || !kb_font_has(font, ch));
}

struct kb_glyph kb_text_glyph(struct kb_str text, const struct kb_symbols *symbols)
{
	size_t bytes = kb_str_utf8_len(text);
	wchar_t ch;
	int columns;

	if (bytes == 0) {
		return unknown(symbols, 1);
	}
	ch = code_point(text.data, bytes);
	if (ch == ' ' || (ch >= '\t' && ch <= '\r')) {
		return (struct kb_glyph){.ch = ' ', .columns = 1, .bytes = bytes};
	}
	columns = wcwidth(ch);
	if (columns < 0 || columns > 2 || reorders(ch) || ch < 0x20 || (ch >= 0x7f && ch < 0xa0) ||
	    (symbols->ascii && ch > 0x7e) || font_lacks(symbols->font, ch, columns)) {
		return unknown(symbols, bytes);
	}
	return (struct kb_glyph){.ch = ch, .columns = columns, .bytes = bytes};
}

int kb_text_columns(struct kb_str text, const struct kb_symbols *symbols)
{
	int columns = 0;

	while (text.len > 0) {
		struct kb_glyph glyph = kb_text_glyph(text, symbols);

		columns += glyph.columns;
		text = kb_str_skip(text, glyph.bytes);
	}
	return columns;
}

struct kb_str kb_text_fit(struct kb_str text, int columns, const struct kb_symbols *symbols)
{
	struct kb_str rest = text;
	int used = 0;

	while (rest.len > 0) {
		struct kb_glyph glyph = kb_text_glyph(rest, symbols);

		used += glyph.columns;
		if (used > columns) {
			break;
		}
		rest = kb_str_skip(rest, glyph.bytes);
	}
	return kb_str_head(text, text.len - rest.len);
}

/* Where a line of text that does not fit as a whole ends: after its last blank, else where it is
 * full. */
static size_t break_at(struct kb_str text, struct kb_str fits)
{
	for (size_t i = fits.len; i > 0; i--) {
		if (i < text.len && text.data[i] == ' ') {
			return i;
		}
		if (text.data[i - 1] == ' ') {
			return i;
		}
	}
	return fits.len;
}

bool kb_text_wrap(struct kb_str *rest, int columns, const struct kb_symbols *symbols,
		  struct kb_str *ret_line)
{
	struct kb_str line;
	struct kb_str fits;
	size_t taken;

	if (rest->len == 0) {
		return false;
	}
	line = kb_str_head(*rest, kb_str_find(*rest, '\n'));
	fits = kb_text_fit(line, columns < 2 ? 2 : columns, symbols);
	if (fits.len == line.len) {
		*ret_line = line;
		*rest = kb_str_skip(*rest, line.len + 1);
		return true;
	}
	taken = break_at(line, fits);
	*ret_line = kb_str_head(line, taken);
	while (ret_line->len > 0 && ret_line->data[ret_line->len - 1] == ' ') {
		ret_line->len--;
	}
	if (taken < line.len && line.data[taken] == ' ') {
		taken++;
	}
	*rest = kb_str_skip(*rest, taken);
	return true;
}

int kb_text_wrapped_rows(struct kb_str text, int columns, const struct kb_symbols *symbols)
{
	struct kb_str line;
	int rows = 0;

	while (kb_text_wrap(&text, columns, symbols, &line)) {
		rows++;
	}
	return rows;
}

void kb_format_bytes(uint64_t bytes, char *buf, size_t size)
{
	static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	double value = (double)bytes / 1024;
	size_t unit = 0;

	while (value >= 1000 && unit + 1 < KB_ARRAY_LEN(units)) {
		value /= 1024;
		unit++;
	}
	(void)snprintf(buf, size, value < 100 ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

static void add(char *buf, size_t size, const char *text)
{
	size_t len = strlen(buf);

	(void)snprintf(buf + len, size - len, "%s", text);
}

void kb_format_progress(uint64_t done_bytes, uint64_t total_bytes, uint64_t bytes_per_s, char *buf,
			size_t size)
{
	unsigned long long seconds;
	char text[64];

	kb_format_bytes(done_bytes, buf, size);
	if (total_bytes > 0) {
		kb_format_bytes(total_bytes, text, sizeof(text));
		add(buf, size, " of ");
		add(buf, size, text);
	}
	if (bytes_per_s > 0) {
		kb_format_bytes(bytes_per_s, text, sizeof(text));
		add(buf, size, ", ");
		add(buf, size, text);
		add(buf, size, "/s");
	}
	if (bytes_per_s > 0 && total_bytes > done_bytes) {
		seconds = (total_bytes - done_bytes) / bytes_per_s + 1;
		(void)snprintf(text, sizeof(text), ", %llu s left", seconds);
		add(buf, size, text);
	}
}
