/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the engine does by itself: the default, the countdown, arming what is selected. */
#include <errno.h>
#include <stdlib.h>

#include "engine.h"

static void set_tick(struct kb_engine *e)
{
	int64_t next = kb_countdown_next(&e->countdown, kb_engine_now(e));

	if (next < 0) {
		kb_timer_stop(e->tick);
	} else {
		kb_timer_set(e->tick, (uint64_t)next);
	}
}

/* A foreign entry of a restricted kboot is not read at all. */
static void arm(struct kb_engine *e, const struct kb_entry *entry)
{
	if (kb_pipeline_holds(&e->pipeline, entry)) {
		return;
	}
	if (!entry->kernel || kb_engine_may(e, KB_MAY_ARM, entry) != KB_ANSWER_YES) {
		kb_pipeline_clear(&e->pipeline);
	} else if (kb_pipeline_start(&e->pipeline, entry, kb_engine_root(e)) < 0) {
		kb_journal_add(&e->journal, KB_LOG_ERROR, "%s cannot be prepared",
			       kb_entry_display(entry));
	}
}

void kb_engine_start_countdown(struct kb_engine *e)
{
	bool has_menu = e->watcher.has_menu(e->watcher.ctx);
	const struct kb_countdown_config config = {
		.delay_ms = kb_settings_ms(&e->settings, KB_VAR_DELAY, -1),
		.timeout_ms = kb_settings_ms(&e->settings, KB_VAR_TIMEOUT, -1),
		.held_key_ms = has_menu ? KB_HELD_KEY_MS : KB_HELD_KEY_NO_MENU_MS,
	};

	if (e->state != KB_ENGINE_COUNTING || !e->chosen.entry) {
		return;
	}
	kb_countdown_start(&e->countdown, &config, kb_engine_now(e));
	kb_journal_add(&e->journal, KB_LOG_INFO, "the default is %s: %s",
		       kb_entry_display(e->chosen.entry), e->chosen.why);
	arm(e, e->chosen.entry);
	if (e->countdown.phase == KB_PHASE_WAITING) {
		kb_engine_event(e, KB_EVENT_NO_BOOT);
	} else {
		set_tick(e);
	}
}

/* Everything was read, and default= names nothing, or there is none for the timeout: a menu that
 * waits for ever says why, once. */
static void report_missing_default(struct kb_engine *e, const struct kb_setting *s)
{
	char source[KB_ERROR_FILE + 16];
	uint64_t reported = kb_str_fingerprint(s->variable, kb_str_from(s->value));

	if (e->missing_default == reported) {
		return;
	}
	e->missing_default = reported;
	kb_setting_source(s, source, sizeof(source));
	kb_engine_notice(e, KB_NOTICE_WARNING,
			 s->variable == KB_VAR_TIMEOUT
				 ? "timeout=%.64s (%s) has no default= beside it: nothing boots by "
				   "itself."
				 : "default=%.64s (%s) names no entry: nothing boots by itself.",
			 s->value, source);
	e->missing_default_seq = e->notice_seq;
}

/* Its disk came late, or another one was named. */
static void default_is_there(struct kb_engine *e)
{
	e->missing_default = 0;
	if (e->missing_default_seq == e->notice_seq && e->notice_level == KB_NOTICE_WARNING) {
		kb_engine_notice(e, KB_NOTICE_NONE, "%s", "");
	}
}

/* No device that is still being read can make another entry the default. */
static bool is_certain(const struct kb_engine *e)
{
	return kb_engine_settled(e) ||
	       (e->chosen.setting->rank == KB_RANK_ENVIRONMENT ||
				e->chosen.setting->rank == KB_RANK_LOADER
			? e->environment.state == KB_ENV_FOUND
			: kb_engine_may(e, KB_MAY_BOOT, e->chosen.entry) == KB_ANSWER_YES);
}

static bool may_boot_itself(struct kb_engine *e)
{
	const struct kb_entry *entry = e->chosen.entry;
	const char *why = NULL;

	if (!entry->kernel) {
		why = kb_engine_why_no_kernel(entry);
	} else if (kb_engine_may(e, KB_MAY_BOOT, entry) == KB_ANSWER_NO) {
		why = KB_RESTRICTED_TEXT;
	}
	if (why) {
		kb_engine_notice(e, KB_NOTICE_WARNING,
				 "The default %s does not start by itself: %s.",
				 kb_entry_display(entry), why);
	}
	return !why;
}

/* A key came before the default was known: no countdown, but what is selected is prepared. */
static void prepare_selected(struct kb_engine *e)
{
	if (!e->selection.by_person && e->pipeline.stage == KB_STAGE_NONE) {
		kb_timer_set(e->rest, KB_REST_MS);
	}
}

void kb_engine_decide(struct kb_engine *e)
{
	bool settled = kb_engine_settled(e);
	const struct kb_setting *wanted = e->chosen.setting
						  ? e->chosen.setting
						  : kb_settings_get(&e->settings, KB_VAR_TIMEOUT);

	if (wanted && !e->chosen.setting && wanted->rank == KB_RANK_LOADER) {
		wanted = NULL; /* nobody set it for kboot */
	}
	if (!wanted || e->chosen.entry) {
		default_is_there(e);
	} else if (settled) {
		report_missing_default(e, wanted);
	}
	kb_engine_event(e, settled ? KB_EVENT_SETTLED : KB_EVENT_READING);
	kb_engine_load_early(e);
	/* A default whose disk is not there yet is waited for: its countdown starts when it can be
	 * loaded. */
	if (!e->chosen.entry || e->chosen.entry->is_waiting) {
		return;
	}
	if (e->state == KB_ENGINE_CHOOSING) {
		prepare_selected(e);
	} else if (e->ssh.n_holding == 0 &&
		   (e->state == KB_ENGINE_STARTING || e->state == KB_ENGINE_WAITING) &&
		   is_certain(e) && (e->chosen.entry->kernel || settled)) {
		kb_engine_event(e, may_boot_itself(e) ? KB_EVENT_DEFAULT : KB_EVENT_NO_BOOT);
	}
}

void kb_engine_tick(struct kb_engine *e)
{
	bool unseen = e->countdown.phase == KB_PHASE_DELAY;

	if (kb_countdown_fires(&e->countdown, kb_engine_now(e))) {
		if (e->chosen.entry) {
			kb_engine_boot(e, e->chosen.entry,
				       unseen ? KB_EVENT_TIME_UNSEEN : KB_EVENT_TIME);
		} else {
			kb_engine_notice(e, KB_NOTICE_ERROR, "The default is gone: %s.",
					 e->chosen.why);
			kb_engine_event(e, KB_EVENT_NO_BOOT);
		}
	}
	set_tick(e);
	kb_engine_changed(e);
}

void kb_engine_touch(struct kb_engine *e, const char *tty)
{
	enum kb_event event = KB_EVENT_KEY;

	e->keeps_order = true;
	if (e->state == KB_ENGINE_COUNTING) {
		(void)kb_countdown_key(&e->countdown, kb_engine_now(e));
		event = e->countdown.phase == KB_PHASE_COUNTDOWN ? KB_EVENT_OPENED : KB_EVENT_KEY;
		kb_journal_add(&e->journal, KB_LOG_INFO, "a key on %s %s", tty,
			       event == KB_EVENT_OPENED ? "opened the menu"
							: "stopped the countdown");
		set_tick(e);
		kb_engine_changed(e);
	}
	kb_engine_event(e, event);
}

void kb_engine_select(struct kb_engine *e, const char *id)
{
	char *copy;

	bool is_predicted = kb_catalog_predicted(&e->catalog, id);

	if (!is_predicted && !kb_catalog_by_id(&e->catalog, id)) {
		return;
	}
	copy = strdup(id);
	if (!copy) {
		return;
	}
	kb_timer_set(e->rest, KB_REST_MS);
	free(e->selection.id);
	e->selection =
		(struct kb_selection){.id = copy, .by_person = true, .is_predicted = is_predicted};
	kb_engine_changed(e);
}

void kb_engine_rested(struct kb_engine *e)
{
	const struct kb_entry *entry = kb_catalog_by_id(&e->catalog, e->selection.id);

	if (entry && e->state == KB_ENGINE_CHOOSING) {
		arm(e, entry);
	}
}
