/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The terminal that a menu or a prompt is started on.
 * For the subcommands.
 * Must not change the terminal itself.
 */
#ifndef KBOOT_APP_CONSOLE_H
#define KBOOT_APP_CONSOLE_H

/* "ttyS0", "tty1", "pts/3"; NULL: standard input is no terminal. */
const char *kb_console_name(void);
/* Sets TERM where nobody said what fits: init gives every terminal TERM=linux, which a serial line
 * is not. */
void kb_console_choose_terminal(void);

#endif
