/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a session asks for: the menu, files, a command of kboot's, or a line of the prompt.
 * For login.c.
 * Must not run or open anything.
 */
#ifndef KBOOT_APP_LOGIN_LINE_H
#define KBOOT_APP_LOGIN_LINE_H

#include <stdbool.h>

#include "kboot/base/arena.h"

enum kb_login_kind { KB_LOGIN_MENU, KB_LOGIN_SHELL, KB_LOGIN_FILES, KB_LOGIN_COMMAND };

struct kb_login_line {
	enum kb_login_kind kind;
	bool asks_itself; /* the engine, of all that it does */
	int argc;
	char **argv; /* of main(); NULL at its end. FILES: from its second one on scp's; none: SFTP
		      */
};

/* text NULL: nothing was asked for. -ENOMEM, -E2BIG. */
KB_MUST_CHECK int kb_login_line_read(struct kb_arena *arena, const char *text, bool on_terminal,
				     struct kb_login_line *ret_line);
/* "menu", "shell", "files", or the command's name. */
const char *kb_login_kind(const struct kb_login_line *line);
/* A name of a terminal that the image knows, for the one that a client has. */
const char *kb_login_terminal(const char *term);

#endif
