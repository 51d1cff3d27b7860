/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a shell takes for more than words: pipes, redirections, a second command.
 * For what runs commands.
 * Must not find any in what is quoted.
 */
#ifndef KBOOT_SHELL_OPERATORS_H
#define KBOOT_SHELL_OPERATORS_H

#include "words.h"

/* Why that is not done here: of the first one in the line. NULL: there is none. */
const char *kb_shell_operator(struct kb_str line, const struct kb_shell_words *words);

#endif
