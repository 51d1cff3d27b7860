/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log: a ring of lines in memory that the menu can show.
 * For core, ui and app; the floors below report through errors and diagnostics instead.
 * Must not write to a terminal or a disk, and must not fail: the oldest lines make room.
 */
#ifndef KBOOT_BASE_LOG_H
#define KBOOT_BASE_LOG_H

#include <stdarg.h>
#include <stdint.h>

#include "kboot/base/cleanup.h"

enum kb_log_level { KB_LOG_DEBUG, KB_LOG_INFO, KB_LOG_WARNING, KB_LOG_ERROR };
enum { KB_LOG_LINES = 512, KB_LOG_LINE_BYTES = 240 };

struct kb_log_line {
	uint64_t seq;    /* from 1, never reused */
	int64_t time_ms; /* CLOCK_MONOTONIC */
	enum kb_log_level level;
	char text[KB_LOG_LINE_BYTES]; /* one line, control bytes replaced by '?', cut at a UTF-8
					 boundary */
};

struct kb_log {
	uint64_t next_seq; /* 0 in a zeroed log means 1 */
	struct kb_log_line lines[KB_LOG_LINES];
};

void kb_log_add(struct kb_log *log, int64_t time_ms, enum kb_log_level level, const char *fmt, ...)
	KB_PRINTF(4, 5);
void kb_log_vadd(struct kb_log *log, int64_t time_ms, enum kb_log_level level, const char *fmt,
		 va_list args) KB_PRINTF(4, 0);
/* The oldest line with a seq above after, or NULL. Borrowed until the next add. */
const struct kb_log_line *kb_log_next(const struct kb_log *log, uint64_t after);

#endif
