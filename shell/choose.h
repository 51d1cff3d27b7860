/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One question at a time to the person at the prompt, on the line below the last.
 * For the commands that ask: `rescue`.
 * Must not remember an answer: it is no line of the prompt.
 */
#ifndef KBOOT_SHELL_CHOOSE_H
#define KBOOT_SHELL_CHOOSE_H

#include "private.h"

enum { KB_CHOICE_BYTES = 256 };

/* The answer, without blanks around it. False: Ctrl-C, Ctrl-D, the end of the input, an engine that
 * leaves: whoever asked goes back to where it came from. */
bool kb_choose_line(struct kb_shell *s, const char *question, char ret_answer[KB_CHOICE_BYTES]);
/* The number in a text, 1 to n; 0: it is none of them. */
size_t kb_choice_number(const char *text, size_t n);

#endif
