/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stands before the cursor: `kboot: `, `kboot /boot: `, `kboot sda2:/subdir: `.
 * For the prompt.
 * Must not take more than half of a line for it: a long place loses its middle.
 */
#ifndef KBOOT_SHELL_PROMPT_H
#define KBOOT_SHELL_PROMPT_H

#include "kboot/base/str.h"

/* "/", the root of the booted environment, is not named. What is appended is UTF-8 without control
 * characters. */
void kb_shell_prompt(struct kb_buf *buf, const char *place, unsigned columns);

#endif
