/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Apart from the rest of the editor: curses gives the commonest words a meaning of its own. */
#include "editor.h"

/* Behind our own: they are macros. */
#include <curses.h>
#include <term.h>

struct kb_editor_terminal kb_editor_terminal(void)
{
	struct kb_editor_terminal t = {0};
	const char *term = getenv("TERM");
	const char *erase;
	int found = 0;

	if (!term || !term[0] || setupterm(term, STDOUT_FILENO, &found) != OK) {
		return t;
	}
	erase = tigetstr("el");
	t.obeys = erase && erase != (const char *)-1 && strncmp(erase, "\x1b[K", 3) == 0;
	t.wraps_late = tigetflag("am") == 1 && tigetflag("xenl") == 1;
	(void)del_curterm(cur_term);
	return t;
}
