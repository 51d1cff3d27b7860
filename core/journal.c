/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "journal.h"

#include <stdio.h>

void kb_journal_add(struct kb_journal *j, enum kb_log_level level, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	kb_log_vadd(&j->log, j->sys->now_ms(j->sys->ctx), level, fmt, args);
	va_end(args);
	if (j->added) {
		j->added(j->ctx);
	}
}

static void report(void *ctx, const struct kb_diag *diag)
{
	enum kb_log_level level =
		diag->severity >= KB_SEVERITY_ERROR ? KB_LOG_ERROR : KB_LOG_WARNING;
	const char *file = diag->at.file ? diag->at.file : "";

	if (diag->at.line > 0) {
		kb_journal_add(ctx, level, "%s:%u:%u: %s", file, diag->at.line, diag->at.column,
			       diag->text);
	} else {
		kb_journal_add(ctx, level, "%s%s%s", file, file[0] ? ": " : "", diag->text);
	}
}

struct kb_diag_sink kb_journal_sink(struct kb_journal *j)
{
	return (struct kb_diag_sink){.report = report, .ctx = j};
}
