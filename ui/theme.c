/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "theme.h"

enum { OWN = -1, RED = 1, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE };

/* The background stays the terminal's own: whatever it is, people chose to read on it. */
const struct kb_look kb_theme[KB_N_STYLES] = {
	[KB_STYLE_TEXT] = {OWN, 0, 0},
	[KB_STYLE_TITLE] = {OWN, KB_LOOK_BOLD, KB_LOOK_BOLD},
	[KB_STYLE_FAINT] = {OWN, KB_LOOK_DIM, 0},
	[KB_STYLE_HEADING] = {CYAN, 0, 0},
	[KB_STYLE_SELECTED] = {OWN, KB_LOOK_REVERSE, KB_LOOK_REVERSE},
	[KB_STYLE_LABEL] = {CYAN, 0, 0},
	[KB_STYLE_KEY] = {OWN, KB_LOOK_BOLD, KB_LOOK_BOLD},
	[KB_STYLE_GOOD] = {GREEN, 0, 0},
	[KB_STYLE_WARNING] = {YELLOW, 0, KB_LOOK_BOLD},
	[KB_STYLE_ERROR] = {RED, KB_LOOK_BOLD, KB_LOOK_BOLD},
};
