/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/terminal/symbols.h"

#include "kboot/base/cleanup.h"
#include "kboot/terminal/font.h"
#include "kboot/terminal/text.h"

const struct kb_symbols kb_symbols[KB_N_CHARSETS] = {
	[KB_CHARSET_ASCII] =
		{
			.ascii = true,
			.ellipsis = "...",
			.rule = "-",
			.wall = "|",
			.corners = {"+", "+", "+", "+"},
			.full = "#",
			.empty = ".",
			.open = "\"",
			.close = "\"",
			.arrows = "Up/Down",
			.dot = "-",
			.unknown = "?",
			.closed = "+",
			.opened = "-",
		},
	/* The kernel's built-in font is code page 437: it has no ellipsis and no U+FFFD. */
	[KB_CHARSET_CONSOLE] =
		{
			.ellipsis = "...",
			.rule = "─",
			.wall = "│",
			.corners = {"┌", "┐", "└", "┘"},
			.full = "█",
			.empty = "░",
			.open = "«",
			.close = "»",
			.arrows = "↑↓",
			.dot = "·",
			.unknown = "?",
			.closed = "►",
			.opened = "▼",
		},
	[KB_CHARSET_UTF8] =
		{
			.ellipsis = "…",
			.rule = "─",
			.wall = "│",
			.corners = {"┌", "┐", "└", "┘"},
			.full = "█",
			.empty = "░",
			.open = "«",
			.close = "»",
			.arrows = "↑↓",
			.dot = "·",
			.unknown = "\xef\xbf\xbd",
			.closed = "▸",
			.opened = "▾",
		},
};

static bool has(const struct kb_font *font, const struct kb_symbols *s, const char *sign)
{
	struct kb_str rest = kb_str_from(sign);

	while (rest.len > 0) {
		struct kb_glyph glyph = kb_text_glyph(rest, s);

		if (!kb_font_has(font, glyph.ch)) {
			return false;
		}
		rest = kb_str_skip(rest, glyph.bytes);
	}
	return true;
}

static bool has_all(const struct kb_font *font, const struct kb_symbols *s)
{
	const char *const signs[] = {s->ellipsis,   s->rule,       s->wall,       s->corners[0],
				     s->corners[1], s->corners[2], s->corners[3], s->full,
				     s->empty,      s->open,       s->close,      s->arrows,
				     s->dot,        s->unknown};

	for (size_t i = 0; i < KB_ARRAY_LEN(signs); i++) {
		if (!has(font, s, signs[i])) {
			return false;
		}
	}
	return true;
}

/* These two are rare in fonts that have all the others. */
static void choose_fold_signs(const struct kb_font *font, struct kb_symbols *s)
{
	for (enum kb_charset charset = KB_N_CHARSETS; charset-- > KB_CHARSET_ASCII;) {
		const struct kb_symbols *from = &kb_symbols[charset];

		s->closed = from->closed;
		s->opened = from->opened;
		if (has(font, from, s->closed) && has(font, from, s->opened)) {
			return;
		}
	}
}

void kb_symbols_choose(const struct kb_font *font, struct kb_symbols *ret_symbols)
{
	enum kb_charset charset = KB_CHARSET_UTF8;

	while (charset > KB_CHARSET_ASCII && !has_all(font, &kb_symbols[charset])) {
		charset--;
	}
	*ret_symbols = kb_symbols[charset];
	choose_fold_signs(font, ret_symbols);
	ret_symbols->ascii = false;
	ret_symbols->font = font;
}
