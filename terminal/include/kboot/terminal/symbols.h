/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The few signs the menu draws beside letters, for each kind of terminal.
 * For the views and the grid.
 * Must not hold a sign wider than one column, other than plain words.
 */
#ifndef KBOOT_TERMINAL_SYMBOLS_H
#define KBOOT_TERMINAL_SYMBOLS_H

#include <stdbool.h>

struct kb_font;

struct kb_symbols {
	bool ascii;                 /* nothing above 0x7e may reach the terminal */
	const struct kb_font *font; /* what it lacks is unknown; NULL: it has everything */
	const char *ellipsis;       /* where text was cut */
	const char *rule;           /* a horizontal line, repeated */
	const char *wall;           /* a vertical line, repeated */
	const char *corners[4];     /* of a box: top left, top right, bottom left, bottom right */
	const char *full;           /* the done part of a bar, repeated */
	const char *empty;          /* the rest of it */
	const char *open;           /* around a title in a sentence */
	const char *close;
	const char *arrows;  /* the up and down keys, in a hint */
	const char *dot;     /* between facts */
	const char *unknown; /* instead of what cannot be shown */
	const char *closed;  /* before a submenu */
	const char *opened;
};

enum kb_charset {
	KB_CHARSET_ASCII,
	KB_CHARSET_CONSOLE, /* UTF-8 with the glyphs of the kernel's built-in font */
	KB_CHARSET_UTF8,
	KB_N_CHARSETS
};

extern const struct kb_symbols kb_symbols[KB_N_CHARSETS];

/* The richest signs that the font has all of; it is borrowed. */
void kb_symbols_choose(const struct kb_font *font, struct kb_symbols *ret_symbols);

#endif
