/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines that were typed: one file for all prompts of this boot, a line each.
 * For the prompt.
 * Must not lose the lines of another prompt that writes at the same time, nor grow without end.
 */
#ifndef KBOOT_SHELL_HISTORY_H
#define KBOOT_SHELL_HISTORY_H

#include "kboot/base/str.h"

enum { KB_HISTORY_MAX_BYTES = 64 << 10 };

/* Appends it; above the cap the older half goes. -errno. */
KB_MUST_CHECK int kb_history_add(const char *file, struct kb_str line);
/* The whole file, at most the cap and one line. -errno. */
KB_MUST_CHECK int kb_history_read(const char *file, struct kb_buf *text);

#endif
