/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is longer than the screen, a page at a time.
 * For page.c, in a child of the prompt that has the terminal.
 * Must not let a byte that a terminal obeys through, but for colours.
 */
#ifndef KBOOT_SHELL_PAGER_H
#define KBOOT_SHELL_PAGER_H

#include <termios.h>

#include "kboot/terminal/size.h"

struct kb_pager {
	struct kb_buf rest; /* a line that has not ended */
	struct kb_terminal_size size;
	int left;    /* rows of this page */
	bool over;   /* the person has seen enough, or there is no memory */
	bool erases; /* the terminal knows CSI K */
	bool asks;   /* the terminal is ready for keys; it was in this mode before */
	struct termios mode;
};

/* The length of a colour (ECMA-48 SGR) at the head of the text, or 0. */
size_t kb_pager_colour(struct kb_str text);
/* Does it fit on a screen of that size, with the prompt below it? */
bool kb_pager_fits(struct kb_str text, const struct kb_terminal_size *size);
void kb_pager_init(struct kb_pager *p);
/* False: no more of it. */
bool kb_pager_put(struct kb_pager *p, struct kb_str bytes);
/* The last line, ended or not; the terminal becomes what it was. */
void kb_pager_done(struct kb_pager *p);

#endif
