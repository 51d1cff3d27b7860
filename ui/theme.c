/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "theme.h"

enum { OWN = KB_COLOUR_OWN, RED = 1, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE };

/* The background stays the terminal's own: whatever it is, people chose to read on it. Nothing is
 * dim, which is dark grey on a PC's console, and yellow is bold, which there is else a brown. */
const struct kb_theme kb_theme_default = {
	.styles =
		{
			[KB_STYLE_TEXT] = {OWN, OWN, 0, 0},
			[KB_STYLE_TITLE] = {OWN, OWN, KB_LOOK_BOLD, KB_LOOK_BOLD},
			[KB_STYLE_FAINT] = {OWN, OWN, 0, 0},
			[KB_STYLE_HEADING] = {CYAN, OWN, 0, 0},
			[KB_STYLE_SELECTED] = {OWN, OWN, KB_LOOK_REVERSE, KB_LOOK_REVERSE},
			[KB_STYLE_LABEL] = {CYAN, OWN, 0, 0},
			[KB_STYLE_KEY] = {OWN, OWN, KB_LOOK_BOLD, KB_LOOK_BOLD},
			[KB_STYLE_GOOD] = {GREEN, OWN, 0, 0},
			[KB_STYLE_WARNING] = {YELLOW, OWN, KB_LOOK_BOLD, KB_LOOK_BOLD},
			[KB_STYLE_ERROR] = {WHITE, RED, KB_LOOK_BOLD, KB_LOOK_BOLD},
		},
};
