/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How each kind of text looks, with and without colour.
 * For grid.h (the names), theme_file.c and terminal.c (the looks).
 * Must not tell anything by colour alone: every style that matters differs in monochrome too, or
 * stands beside a sign.
 */
#ifndef KBOOT_UI_THEME_H
#define KBOOT_UI_THEME_H

enum kb_style {
	KB_STYLE_TEXT,
	KB_STYLE_TITLE,    /* the program's name, the heads of dialogs */
	KB_STYLE_FAINT,    /* facts at the margin, rules */
	KB_STYLE_HEADING,  /* where a group of entries comes from */
	KB_STYLE_SELECTED, /* the one selected line */
	KB_STYLE_LABEL,    /* the names of details */
	KB_STYLE_KEY,      /* keys in hints */
	KB_STYLE_GOOD,     /* armed, bars */
	KB_STYLE_WARNING,
	KB_STYLE_ERROR,
	KB_N_STYLES
};

enum { KB_LOOK_BOLD = 1, KB_LOOK_DIM = 2, KB_LOOK_REVERSE = 4, KB_LOOK_UNDERLINE = 8 };

/* Colours are 0…7 as ECMA-48 counts them; KB_COLOUR_OWN: the terminal's own. */
enum { KB_COLOUR_OWN = -1, KB_N_COLOURS = 8 };

struct kb_look {
	int colour; /* of the text */
	int background;
	unsigned look; /* KB_LOOK_… beside the colours */
	unsigned mono; /* KB_LOOK_… without colours */
};

struct kb_theme {
	struct kb_look styles[KB_N_STYLES];
};

extern const struct kb_theme kb_theme_default; /* themes/default.theme says the same */

#endif
