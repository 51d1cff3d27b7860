/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Apart from the rest of the editor: curses gives the commonest words a meaning of its own. */
#include "editor.h"

/* Behind our own: they are macros. */
#include <curses.h>
#include <term.h>

bool kb_editor_possible(void)
{
	const char *term = getenv("TERM");
	const char *clear;
	int found = 0;

	if (!term || !term[0] || setupterm(term, STDOUT_FILENO, &found) != OK) {
		return false;
	}
	clear = tigetstr("el");
	(void)del_curterm(cur_term);
	return clear && clear != (const char *)-1;
}
