/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine's log, and who hears of a new line at once.
 * For the rest of core.
 * Must not fail.
 */
#ifndef KBOOT_CORE_JOURNAL_H
#define KBOOT_CORE_JOURNAL_H

#include "kboot/base/error.h"
#include "kboot/base/log.h"
#include "kboot/base/sys.h"
#include "reported.h"

struct kb_journal {
	const struct kb_sys *sys;
	struct kb_log log;
	struct kb_reported reported; /* the files whose mistakes are in the log */
	void (*added)(void *ctx);    /* may be NULL */
	void *ctx;
};

void kb_journal_add(struct kb_journal *j, enum kb_log_level level, const char *fmt, ...)
	KB_PRINTF(3, 4);
/* Diagnostics into the log. */
struct kb_diag_sink kb_journal_sink(struct kb_journal *j);

#endif
