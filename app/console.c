/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "console.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *kb_console_name(void)
{
	const char *path = ttyname(STDIN_FILENO);

	return path && strncmp(path, "/dev/", 5) == 0 ? path + 5 : path;
}

void kb_console_choose_terminal(void)
{
	const char *tty = kb_console_name();
	const char *term = getenv("TERM");
	bool is_vt = tty && strncmp(tty, "tty", 3) == 0 && tty[3] >= '0' && tty[3] <= '9';

	if (!term || !term[0] || (tty && !is_vt && strcmp(term, "linux") == 0)) {
		(void)setenv("TERM", is_vt ? "linux" : "vt100", 1);
	}
}
