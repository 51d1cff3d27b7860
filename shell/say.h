/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the prompt says to a person.
 * For every file of the prompt.
 * Must not print a byte as it came.
 */
#ifndef KBOOT_SHELL_SAY_H
#define KBOOT_SHELL_SAY_H

#include "kboot/base/cleanup.h"

/* "kboot: sentence" on standard error, "! sentence" where that is a terminal. Answers 1. */
int kb_shell_fail(const char *fmt, ...) KB_PRINTF(1, 2);
/* Lines to standard output, the last one ended; NULL and "" print nothing. */
void kb_shell_print(const char *text);

#endif
