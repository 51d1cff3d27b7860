/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NAME=VALUE at the prompt.
 * For run, complete and the built-ins.
 * Must not judge names and values: the engine does.
 */
#ifndef KBOOT_SHELL_ASSIGNMENT_H
#define KBOOT_SHELL_ASSIGNMENT_H

#include "private.h"

/* UUID and its like, which name devices: UUID=… is no assignment. */
bool kb_shell_is_tag(struct kb_str name);
/* A name is one word without quotes, slashes and colons. */
bool kb_shell_is_assignment(struct kb_str line, const struct kb_shell_word *word);
/* One of those that a boot line takes wherever they stand. */
bool kb_shell_is_boot_assignment(const struct kb_shell_word *word);
/* NAME=VALUE as one word. An exit status. */
int kb_shell_assign(struct kb_shell *s, const struct kb_shell_word *word);
/* value NULL: what was set is forgotten. */
int kb_shell_set(struct kb_shell *s, const char *name, const char *value);

#endif
