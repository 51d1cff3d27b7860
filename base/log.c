/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/base/log.h"

#include "oneline.h"

void kb_log_vadd(struct kb_log *log, int64_t time_ms, enum kb_log_level level, const char *fmt,
		 va_list args)
{
	struct kb_log_line *line;

	if (log->next_seq == 0) {
		log->next_seq = 1;
	}
	line = &log->lines[log->next_seq % KB_LOG_LINES];
	kb_oneline_vformat(line->text, sizeof(line->text), fmt, args);
	line->seq = log->next_seq++;
	line->time_ms = time_ms;
	line->level = level;
}

void kb_log_add(struct kb_log *log, int64_t time_ms, enum kb_log_level level, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	kb_log_vadd(log, time_ms, level, fmt, args);
	va_end(args);
}

const struct kb_log_line *kb_log_next(const struct kb_log *log, uint64_t after)
{
	uint64_t oldest = log->next_seq > KB_LOG_LINES ? log->next_seq - KB_LOG_LINES : 1;
	uint64_t seq = after >= oldest ? after + 1 : oldest;

	if (after == UINT64_MAX || seq >= log->next_seq) {
		return NULL;
	}
	return &log->lines[seq % KB_LOG_LINES];
}
