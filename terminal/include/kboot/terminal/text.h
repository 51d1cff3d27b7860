/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text as columns on a screen: decoding, measuring, wrapping.
 * For the grid and the views.
 * Must not let a control byte through, whatever the text is.
 */
#ifndef KBOOT_TERMINAL_TEXT_H
#define KBOOT_TERMINAL_TEXT_H

#include <stdbool.h>
#include <wchar.h>

#include "kboot/base/str.h"
#include "kboot/terminal/symbols.h"

struct kb_glyph {
	wchar_t ch;
	int columns;  /* 0: combines with the one before; 1 or 2 */
	size_t bytes; /* that it takes in the text */
};

/*
 * The glyph at the head of text, which must not be empty. Blanks of every kind are a space, what is
 * not UTF-8, a control character, one that reorders text, (ascii) not ASCII or (font)
 * not in the font is symbols->unknown. Widths are wcwidth's: the locale's character set must be
 * UTF-8, else all but ASCII is unknown.
 */
struct kb_glyph kb_text_glyph(struct kb_str text, const struct kb_symbols *symbols);
int kb_text_columns(struct kb_str text, const struct kb_symbols *symbols);
/* The longest head of text that fits; combining characters stay with their base. */
struct kb_str kb_text_fit(struct kb_str text, int columns, const struct kb_symbols *symbols);
/*
 * Takes the next line of at most so many columns off *rest: at a line feed, else at the last blank,
 * else anywhere. False at the end. columns below 2 count as 2.
 */
bool kb_text_wrap(struct kb_str *rest, int columns, const struct kb_symbols *symbols,
		  struct kb_str *ret_line);
/* How many lines kb_text_wrap makes of it. */
int kb_text_wrapped_rows(struct kb_str text, int columns, const struct kb_symbols *symbols);
/* "12.3 MiB" */
void kb_format_bytes(uint64_t bytes, char *buf, size_t size);
/* "12.3 MiB of 31.0 MiB, 1.2 MiB/s, 16 s left"; what is 0 is not known and not said. */
void kb_format_progress(uint64_t done_bytes, uint64_t total_bytes, uint64_t bytes_per_s, char *buf,
			size_t size);

#endif
