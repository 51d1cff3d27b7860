/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text of one line in a fixed buffer: control bytes become '?', and a cut never splits a UTF-8
 * sequence. For base's error, log and child.
 * Must not allocate.
 */
#ifndef KBOOT_BASE_ONELINE_H
#define KBOOT_BASE_ONELINE_H

#include <stdarg.h>
#include <stddef.h>

#include "kboot/base/cleanup.h"
#include "kboot/base/str.h"

/* buf is always terminated; size is at least 1. Line ends at the end of the text are dropped. */
void kb_oneline_vformat(char *buf, size_t size, const char *fmt, va_list args) KB_PRINTF(3, 0);
void kb_oneline_copy(char *buf, size_t size, struct kb_str text);

#endif
