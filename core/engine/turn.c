/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every file of the room says and asks. */
#include <stdarg.h>
#include <stdio.h>

#include "engine.h"

void kb_engine_notice(struct kb_engine *e, enum kb_notice_level level, const char *fmt, ...)
{
	static const enum kb_log_level log_levels[] = {
		[KB_NOTICE_NONE] = KB_LOG_DEBUG,
		[KB_NOTICE_INFO] = KB_LOG_INFO,
		[KB_NOTICE_WARNING] = KB_LOG_WARNING,
		[KB_NOTICE_ERROR] = KB_LOG_ERROR,
	};
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(e->notice, sizeof(e->notice), fmt, args);
	va_end(args);
	e->notice_level = level;
	e->notice_seq++;
	if (e->notice[0] != '\0') {
		kb_journal_add(&e->journal, log_levels[level], "%s", e->notice);
	}
	kb_engine_changed(e);
}

void kb_engine_changed(struct kb_engine *e)
{
	e->watcher.changed(e->watcher.ctx);
}

bool kb_engine_settled(const struct kb_engine *e)
{
	return (e->options.simulation || e->hotplug.is_settled) &&
	       kb_places_pending(&e->places) == 0;
}

void kb_engine_ask(struct kb_engine *e, enum kb_engine_work work)
{
	e->due |= work;
	/* Setting a timer that exists does not fail. */
	if (e->turn) {
		(void)!kb_timer_set(e->turn, 0);
	}
}

bool kb_engine_has_seen_all(const struct kb_engine *e)
{
	return e->options.simulation || e->settled_ms > 0 || e->hotplug.is_settled ||
	       kb_engine_now(e) - e->started_ms >= KB_UNSEEN_WINDOW_MS;
}

void kb_engine_take_read_write(struct kb_engine *e)
{
	e->places.read_write = kb_settings_bool(&e->settings, KB_VAR_MOUNT_RW);
	e->pipeline.read_write = e->places.read_write;
}
