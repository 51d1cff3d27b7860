/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What could be meant: commands, labels, variables, devices, files by any name.
 * For the reader.
 * Must not offer anything but labels where the engine is restricted.
 */
#ifndef KBOOT_SHELL_COMPLETE_H
#define KBOOT_SHELL_COMPLETE_H

#include "candidates.h"

/* owner is the struct kb_shell; line is what stands before the cursor. Out of memory: less is
 * offered. */
void kb_shell_complete(void *owner, struct kb_str line, struct kb_candidates *candidates);

#endif
