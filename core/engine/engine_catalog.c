/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The engine's catalog: rebuilt whenever a place changed. */
#include <errno.h>
#include <stdlib.h>

#include "catalog/installed.h"
#include "engine_private.h"

void kb_engine_naming(const struct kb_engine *e, struct kb_naming *ret_naming)
{
	*ret_naming = (struct kb_naming){.places = &e->places};
	if (e->environment[0]) {
		ret_naming->environment = kb_places_device(&e->places, kb_str_from(e->environment));
	}
	ret_naming->has_folder = kb_places_folder(&e->places) != NULL;
}

static void take_settings(struct kb_engine *e, const struct kb_place *place)
{
	kb_settings_clear(&e->settings, KB_RANK_ENVIRONMENT);
	for (size_t i = 0; place && i < place->found.n_settings; i++) {
		struct kb_error err = {0};

		if (kb_settings_set(&e->settings, &place->found.settings[i], &err) < 0) {
			kb_journal_add(&e->journal, KB_LOG_WARNING, "%s", err.text);
		}
	}
}

static void take_greeting(struct kb_engine *e, const char *text)
{
	if (!text || (e->greeting && strcmp(e->greeting, text) == 0)) {
		return;
	}
	free(e->greeting);
	e->greeting = strdup(text);
	kb_engine_send_greeting(e);
}

/* A person may be looking, or have stopped the countdown: a disk plugged in much later brings
 * entries, no policy. */
static bool too_late(const struct kb_engine *e)
{
	return e->decided || e->touched ||
	       kb_engine_now(e) - e->started_ms > KB_ENVIRONMENT_WINDOW_MS;
}

static void update_environment(struct kb_engine *e)
{
	struct kb_environment env;

	e->had_settled = e->had_settled || kb_engine_settled(e);
	if (e->environment_fixed || (e->had_settled && too_late(e) && e->environment_why[0])) {
		return;
	}
	kb_environment_choose(&e->places, &e->settings,
			      e->options.simulation || e->had_settled || e->hotplug.is_settled,
			      &env);
	if (env.warning[0] && strcmp(env.warning, e->environment_warning) != 0) {
		kb_engine_notice(e, KB_NOTICE_WARNING, "%s.", env.warning);
	}
	memcpy(e->environment_warning, env.warning, sizeof(e->environment_warning));
	memcpy(e->environment_why, env.why, sizeof(e->environment_why));
	e->environment[0] = '\0';
	if (env.place && env.place->kind == KB_PLACE_DEVICE) {
		(void)snprintf(e->environment, sizeof(e->environment), "%s", env.place->block.name);
	}
	take_settings(e, env.place);
	if (env.place) {
		take_greeting(e, env.place->found.greeting);
	}
	e->environment_final = env.state == KB_ENV_FOUND;
}

static void keep_selection(struct kb_engine *e)
{
	const struct kb_entry *first = NULL;

	if (kb_catalog_by_id(&e->catalog, e->selected_id)) {
		return;
	}
	if (e->selected_id && e->moved) {
		e->lost_ms = kb_engine_now(e);
		kb_engine_notice(e, KB_NOTICE_WARNING,
				 "The selected entry is gone, its disk was removed.");
	}
	free(e->selected_id);
	e->selected_id = NULL;
	for (size_t i = 0; !first && i < e->catalog.n_entries; i++) {
		first = e->catalog.entries[i].hidden ? NULL : &e->catalog.entries[i];
	}
	if (e->chosen.entry) {
		first = e->chosen.entry;
	}
	if (first) {
		e->selected_id = strdup(first->id);
	}
}

static void mark_default(struct kb_engine *e)
{
	for (size_t i = 0; i < e->catalog.n_entries; i++) {
		e->catalog.entries[i].is_default = &e->catalog.entries[i] == e->chosen.entry;
	}
}

void kb_engine_rebuild(void *data)
{
	struct kb_engine *e = data;
	struct kb_naming naming;
	int r;

	e->rebuild_due = false;
	kb_timer_stop(e->rebuild_timer);
	kb_catalog_done(&e->catalog);
	update_environment(e);
	kb_engine_mark_restricted(e);
	kb_engine_naming(e, &naming);
	r = kb_catalog_build(&e->catalog, &naming);
	if (r == 0) {
		r = kb_catalog_fill_installed(&e->catalog, &naming);
	}
	if (r == 0) {
		r = kb_add_default_line(&e->catalog, &naming, &e->settings);
	}
	if (r < 0) {
		kb_engine_notice(e, KB_NOTICE_ERROR, "Out of memory: some entries are missing.");
	}
	kb_choose_default(&e->catalog, &e->places, &e->settings, &e->chosen);
	mark_default(e);
	if (e->selected_id && e->chosen.entry && !e->moved &&
	    strcmp(e->selected_id, e->chosen.entry->id) != 0) {
		free(e->selected_id);
		e->selected_id = NULL;
	}
	keep_selection(e);
	e->catalog_dirty = true;
	kb_engine_decide(e);
	kb_engine_publish(e);
}

void kb_engine_place_changing(void *ctx)
{
	struct kb_engine *e = ctx;

	/* The catalog borrows from what is about to go. */
	kb_catalog_done(&e->catalog);
	memset(&e->chosen, 0, sizeof(e->chosen));
	e->rebuild_due = true;
}

void kb_engine_fresh_catalog(struct kb_engine *e)
{
	if (e->rebuild_due) {
		kb_engine_rebuild(e);
	}
}

void kb_engine_place_changed(void *ctx)
{
	struct kb_engine *e = ctx;

	e->rebuild_due = true;
	if (kb_timer_set(e->rebuild_timer, 0) < 0) {
		kb_engine_rebuild(e);
	}
}

void kb_engine_place_removed(void *ctx, const char *name)
{
	struct kb_engine *e = ctx;

	if (!e->options.simulation) {
		kb_request_detach(e, name);
	}
	if (!kb_pipeline_uses(&e->pipeline, name)) {
		return;
	}
	kb_engine_notice(e, e->want_boot ? KB_NOTICE_ERROR : KB_NOTICE_WARNING,
			 "%s: its disk %s was removed.", kb_entry_display(&e->pipeline.entry),
			 name);
	e->want_boot = false;
	kb_pipeline_clear(&e->pipeline);
}

void kb_engine_place_troubled(void *ctx, const struct kb_place *place)
{
	struct kb_engine *e = ctx;

	kb_engine_notice(e, KB_NOTICE_WARNING, "%s: %s.", kb_place_name(place),
			 place->found.error.text);
}
