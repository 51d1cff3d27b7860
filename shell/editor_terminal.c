/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Apart from the rest of the editor: curses gives the commonest words a meaning of its own. */
#include "editor.h"

/* Behind our own: they are macros. */
#include <curses.h>
#include <term.h>

static bool set_up(void)
{
	const char *term = getenv("TERM");
	int found = 0;

	return term && term[0] && setupterm(term, STDOUT_FILENO, &found) == OK;
}

bool kb_editor_terminal_wraps_late(void)
{
	bool wraps;

	if (!set_up()) {
		return false;
	}
	wraps = tigetflag("am") == 1 && tigetflag("xenl") == 1;
	(void)del_curterm(cur_term);
	return wraps;
}

bool kb_editor_possible(void)
{
	const char *clear;

	if (!set_up()) {
		return false;
	}
	clear = tigetstr("el");
	(void)del_curterm(cur_term);
	return clear && clear != (const char *)-1;
}
