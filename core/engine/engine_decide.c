/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the engine does by itself: the default, the countdown, arming what is selected. */
#include <errno.h>
#include <stdlib.h>

#include "engine_private.h"

static void set_tick(struct kb_engine *e)
{
	int64_t next = kb_countdown_next(&e->countdown, kb_engine_now(e));

	if (next < 0) {
		kb_timer_stop(e->tick_timer);
	} else if (kb_timer_set(e->tick_timer, (uint64_t)next) < 0) {
		kb_engine_notice(e, KB_NOTICE_ERROR, "No timer: nothing will boot by itself.");
	}
}

static bool has_watcher(const struct kb_engine *e)
{
	for (const struct kb_client *c = e->server.first; c; c = c->next) {
		if (c->watching) {
			return true;
		}
	}
	return false;
}

static void arm(struct kb_engine *e, const struct kb_entry *entry)
{
	if (kb_pipeline_holds(&e->pipeline, entry)) {
		return;
	}
	if (!entry->kernel) {
		kb_pipeline_clear(&e->pipeline);
	} else if (kb_pipeline_start(&e->pipeline, entry, kb_engine_root(e)) < 0) {
		kb_journal_add(&e->journal, KB_LOG_ERROR, "%s cannot be prepared",
			       kb_entry_display(entry));
	}
}

static void start_countdown(struct kb_engine *e)
{
	const struct kb_countdown_config config = {
		.delay_ms = kb_settings_ms(&e->settings, KB_VAR_DELAY, -1),
		.timeout_ms = kb_settings_ms(&e->settings, KB_VAR_TIMEOUT, -1),
		.held_key_ms = has_watcher(e) ? KB_HELD_KEY_MS : KB_HELD_KEY_NO_MENU_MS,
	};

	kb_countdown_start(&e->countdown, &config, kb_engine_now(e));
	kb_journal_add(&e->journal, KB_LOG_INFO, "the default is %s: %s",
		       kb_entry_display(e->chosen.entry), e->chosen.why);
	arm(e, e->chosen.entry);
	set_tick(e);
}

/* Everything was read and default= names nothing: a menu that waits for ever says why, once. */
static void tell_missing_default(struct kb_engine *e)
{
	const struct kb_setting *s = e->chosen.setting;
	char source[KB_ERROR_FILE + 16];
	char *told;

	if (e->missing_default && strcmp(e->missing_default, s->value) == 0) {
		return;
	}
	told = strdup(s->value);
	if (!told) {
		return;
	}
	free(e->missing_default);
	e->missing_default = told;
	kb_setting_source(s, source, sizeof(source));
	kb_engine_notice(e, KB_NOTICE_WARNING,
			 "default=%.64s (%s) names no entry: nothing boots by itself.", s->value,
			 source);
	e->missing_default_seq = e->notice_seq;
}

/* Its disk came late, or another one was named. */
static void default_is_there(struct kb_engine *e)
{
	free(e->missing_default);
	e->missing_default = NULL;
	if (e->missing_default_seq == e->notice_seq && e->notice_level == KB_NOTICE_WARNING) {
		kb_engine_notice(e, KB_NOTICE_NONE, "%s", "");
	}
}

void kb_engine_decide(struct kb_engine *e)
{
	const struct kb_setting *setting = kb_settings_get(&e->settings, KB_VAR_DEFAULT);
	bool settled = kb_engine_settled(e);

	if (!e->chosen.setting || e->chosen.entry) {
		default_is_there(e);
	} else if (settled) {
		tell_missing_default(e);
	}
	kb_engine_pay_owed(e);
	/* A default whose disk is not there yet is waited for: its countdown starts when it can be
	 * loaded. */
	if (!e->chosen.entry || e->chosen.entry->is_waiting) {
		return;
	}
	if (e->decided) {
		/* A key came before the default was known: no countdown, but what is selected is
		 * prepared. */
		if (!e->moved && e->pipeline.stage == KB_STAGE_NONE &&
		    kb_timer_set(e->rest_timer, KB_REST_MS) < 0) {
			kb_journal_add(&e->journal, KB_LOG_WARNING, "no timer: nothing is armed");
		}
		return;
	}
	if (!e->chosen.entry->kernel) {
		if (settled) {
			e->decided = true;
			kb_engine_notice(e, KB_NOTICE_WARNING,
					 "The default %s does not start by itself: %s.",
					 kb_entry_display(e->chosen.entry),
					 kb_engine_why_no_kernel(e->chosen.entry));
		}
		return;
	}
	/* A default of the environment's counts only when no disk can still turn out to be the
	 * environment. */
	if (setting->rank != KB_RANK_ENVIRONMENT || e->environment_final || settled) {
		e->decided = true;
		e->environment_fixed = true;
		start_countdown(e);
	}
}

void kb_engine_tick(void *data)
{
	struct kb_engine *e = data;
	bool unseen = e->countdown.phase == KB_PHASE_DELAY;

	kb_engine_fresh_catalog(e);
	if (kb_countdown_fires(&e->countdown, kb_engine_now(e))) {
		if (e->chosen.entry) {
			e->unseen = unseen;
			kb_engine_boot(e, e->chosen.entry);
		} else {
			kb_engine_notice(e, KB_NOTICE_ERROR, "The default is gone: %s.",
					 e->chosen.why);
		}
	}
	set_tick(e);
	kb_engine_publish(e);
}

void kb_engine_touch(struct kb_engine *e, const char *tty)
{
	bool running = e->countdown.phase != KB_PHASE_WAITING;

	if (e->touched && !running) {
		return;
	}
	e->touched = true;
	e->decided = true;
	kb_engine_mark(e, "touched");
	if (e->unseen) {
		/* The delay is over but the kernel is not loaded yet: a key still opens the menu.
		 */
		e->unseen = false;
		e->want_boot = false;
	}
	if (running) {
		kb_countdown_key(&e->countdown, kb_engine_now(e));
		kb_journal_add(&e->journal, KB_LOG_INFO, "a key on %s %s", tty,
			       e->countdown.phase == KB_PHASE_COUNTDOWN ? "opened the menu"
									: "stopped the countdown");
		set_tick(e);
	}
	kb_engine_publish(e);
}

void kb_engine_select(struct kb_engine *e, const char *id)
{
	char *copy;

	if (!kb_catalog_by_id(&e->catalog, id)) {
		return;
	}
	copy = strdup(id);
	if (!copy || kb_timer_set(e->rest_timer, KB_REST_MS) < 0) {
		free(copy);
		return;
	}
	free(e->selected_id);
	e->selected_id = copy;
	e->moved = true;
	e->lost_ms = 0;
	kb_engine_publish(e);
}

void kb_engine_rested(void *data)
{
	struct kb_engine *e = data;
	const struct kb_entry *entry;

	kb_engine_fresh_catalog(e);
	entry = kb_catalog_by_id(&e->catalog, e->selected_id);
	if (entry && !e->want_boot && !e->leaving && e->countdown.phase == KB_PHASE_WAITING) {
		arm(e, entry);
	}
}
