/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/terminal/symbols.h"

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
		},
};
