/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The engine's catalog and environment: made anew whenever a place changed. */
#include <errno.h>
#include <stdlib.h>

#include "catalog/loader.h"
#include "catalog/typed.h"
#include "engine.h"

int kb_engine_take_settings(struct kb_engine *e, const struct kb_place *place,
			    enum kb_source_rank rank)
{
	int result = 0;

	kb_settings_clear(&e->settings, rank);
	for (size_t i = 0; place && i < place->found.n_settings; i++) {
		struct kb_setting setting = place->found.settings[i];
		struct kb_error err = {0};
		int r;

		if ((setting.rank == KB_RANK_LOADER) != (rank == KB_RANK_LOADER)) {
			continue;
		}
		setting.rank = rank;
		if (rank == KB_RANK_SESSION) {
			setting.at = (struct kb_position){.file = "this session"};
		}
		r = kb_settings_set(&e->settings, &setting, &err);
		if (r < 0) {
			kb_journal_add(&e->journal, KB_LOG_WARNING, "%s", err.text);
			result = r == -ENOMEM ? r : result;
		}
	}
	return result;
}

void kb_engine_take_greeting(struct kb_engine *e, const char *text)
{
	if (!text || (e->greeting && strcmp(e->greeting, text) == 0)) {
		return;
	}
	free(e->greeting);
	e->greeting = strdup(text);
	e->greeting_version++;
	kb_engine_changed(e);
}

static void take_warning(struct kb_engine *e, const struct kb_environment *env)
{
	if (env->warning[0] && strcmp(env->warning, e->environment.warning) != 0) {
		kb_engine_notice(e, KB_NOTICE_WARNING, "%s.", env->warning);
	}
	memcpy(e->environment.warning, env->warning, sizeof(e->environment.warning));
}

/* Whose timeout counts where nothing of kboot's own says one: the environment's loader, or without
 * an environment a network boot service. */
static const struct kb_place *loader_of(const struct kb_engine *e, const struct kb_environment *env)
{
	const struct kb_place *place = e->places.first;

	if (env->place || env->state != KB_ENV_NONE) {
		return env->of_loader ? env->place : NULL;
	}
	while (place && place->kind != KB_PLACE_NETWORK) {
		place = place->next;
	}
	return place;
}

/* Another place than before: whatever counted down to its default begins anew. */
static void take_environment(struct kb_engine *e, const struct kb_environment *env)
{
	bool is_other = env->id.place != e->environment.id.place;

	take_warning(e, env);
	e->environment = *env;
	e->environment.place = NULL;
	e->environment_name[0] = '\0';
	if (env->place && env->place->kind == KB_PLACE_DEVICE) {
		(void)snprintf(e->environment_name, sizeof(e->environment_name), "%s",
			       env->place->block.name);
	}
	(void)!kb_engine_take_settings(e, env->place, KB_RANK_ENVIRONMENT);
	(void)!kb_engine_take_settings(e, loader_of(e, env), KB_RANK_LOADER);
	if (env->of_loader) {
		(void)!kb_loader_set_timeout(&e->settings, env->place);
	}
	kb_engine_take_greeting(e, env->place ? env->place->found.greeting : NULL);
	if (is_other) {
		kb_engine_event(e, KB_EVENT_UNCERTAIN);
	}
}

/* What has been acted upon stays, also when the device goes. Only an internal disk may still come
 * in place of a removable one, or of none. */
static bool is_fixed(const struct kb_engine *e)
{
	return e->environment.state == KB_ENV_FOUND && !e->environment.id.removable;
}

/* A removable disk that comes after a person did brings entries, no policy. */
static bool comes_too_late(const struct kb_engine *e, const struct kb_environment *env)
{
	return e->state == KB_ENGINE_CHOOSING && e->settled_ms > 0 && env->id.removable &&
	       env->id.place > e->settled_last_id;
}

/* A restricted kboot keeps the environment that it has: another one's settings do not count. */
static bool may_take(const struct kb_engine *e, const struct kb_environment *env)
{
	const struct kb_policy *p = &e->policy;

	if (e->environment.state == KB_ENV_FOUND && env->state != KB_ENV_FOUND) {
		return false;
	}
	if (p->restricted == KB_RESTRICTED && p->environment.place != 0 &&
	    !(env->place && kb_environment_is(&p->environment, env->place))) {
		return false;
	}
	return !comes_too_late(e, env);
}

static void update_environment(struct kb_engine *e)
{
	struct kb_environment env;

	if (kb_engine_settled(e) && e->settled_ms == 0) {
		e->settled_ms = kb_engine_now(e);
		e->settled_last_id = e->places.last_id;
	}
	kb_environment_choose(&e->places, &e->settings, kb_engine_has_seen_all(e), &env);
	if (is_fixed(e)) {
		/* What there is to say of it may have come later. */
		if (env.id.place == e->environment.id.place) {
			take_warning(e, &env);
		}
	} else if (may_take(e, &env)) {
		take_environment(e, &env);
	}
	if (kb_policy_update(&e->policy, &e->settings, &e->environment)) {
		kb_engine_keep_restricted(e);
		kb_engine_ask(e, KB_WORK_PIPELINE);
	}
}

static const struct kb_entry *first_shown(const struct kb_engine *e)
{
	for (size_t i = 0; i < kb_catalog_listed(&e->catalog); i++) {
		const struct kb_entry *entry = kb_catalog_shown(&e->catalog, i);

		if (!entry->hidden) {
			return entry;
		}
	}
	return NULL;
}

/* What a person has just unlocked is what they want: the default where it is there, or the first.
 */
static void select_behind(struct kb_engine *e)
{
	struct kb_selection *s = &e->selection;
	const struct kb_entry *found = NULL;

	for (size_t i = 0; i < kb_catalog_listed(&e->catalog); i++) {
		const struct kb_entry *entry = kb_catalog_shown(&e->catalog, i);

		if (!entry->hidden && !entry->is_predicted && (!found || entry->is_default) &&
		    kb_place_is_behind(&e->places, entry->device, s->behind)) {
			found = entry;
		}
	}
	if (found) {
		s->behind[0] = '\0';
		free(s->id);
		s->id = strdup(found->id);
		s->by_person = true;
		kb_timer_set(e->rest, KB_REST_MS);
	}
}

/* It went away under a person's hands. */
static void tell_lost(struct kb_engine *e)
{
	struct kb_selection *s = &e->selection;
	bool with_disk = e->disk_went && !s->is_predicted;

	s->lost_ms = kb_engine_now(e);
	s->lost = with_disk ? "The selected entry is gone, its disk was removed"
			    : "The selected entry is not there any more";
	if (!with_disk || e->notice_seq == 0 || e->notice_seq != e->removed_seq) {
		kb_engine_notice(e, KB_NOTICE_WARNING, "%s.", s->lost);
	}
}

/* Is it there, or expected? What has come while it was selected is prepared like what is selected
 * then. */
static bool is_listed(struct kb_engine *e)
{
	struct kb_selection *s = &e->selection;
	bool is_there = kb_catalog_by_id(&e->catalog, s->id);
	bool is_predicted = kb_catalog_predicted(&e->catalog, s->id);

	if (is_there && s->is_predicted && s->by_person) {
		kb_timer_set(e->rest, KB_REST_MS);
	}
	if (is_there || is_predicted) {
		s->is_predicted = is_predicted;
	}
	return is_there || is_predicted;
}

/* What starts by itself, or did the last time. */
static const struct kb_entry *first_selected(const struct kb_engine *e)
{
	const struct kb_entry *entry = e->chosen.entry ? e->chosen.entry : kb_engine_expected(e);

	return entry ? entry : first_shown(e);
}

static void keep_selection(struct kb_engine *e)
{
	struct kb_selection *s = &e->selection;
	const struct kb_entry *first;

	if (s->behind[0]) {
		/* Its own line is gone, and nobody has lost anything. */
		s->by_person = false;
		select_behind(e);
	}

	if (s->id && e->chosen.entry && !s->by_person && strcmp(s->id, e->chosen.entry->id) != 0) {
		free(s->id);
		s->id = NULL;
	}
	if (is_listed(e)) {
		return;
	}
	if (s->id && s->by_person) {
		tell_lost(e);
	}
	first = first_selected(e);
	free(s->id);
	s->id = first ? strdup(first->id) : NULL;
	s->is_predicted = first && first->is_predicted;
}

static int build(struct kb_engine *e)
{
	struct kb_resolve_context context;
	int r;

	kb_engine_resolve_context(e, &context);
	r = kb_catalog_build(&e->catalog, &context);
	if (r == 0) {
		r = kb_catalog_fill_installed(&e->catalog, &context);
	}
	return r == 0 ? kb_add_default_line(&e->catalog, &context, &e->settings) : r;
}

/* The log counts what is shown, which the catalog knows. */
static void tell_news(struct kb_engine *e)
{
	for (struct kb_place *place = e->places.first; place; place = place->next) {
		size_t n = kb_catalog_count(&e->catalog, &e->places, place);
		KB_BUF struct kb_buf text = {0};
		enum kb_log_level level = KB_LOG_INFO;

		if (!place->is_news) {
			continue;
		}
		place->is_news = false;
		if (place->status == KB_PLACE_READ && n > 0) {
			kb_buf_printf(&text, "%s: %zu %s", kb_place_name(place), n,
				      n == 1 ? "entry" : "entries");
		} else {
			level = kb_place_tell(&e->places, place, &text);
		}
		if (text.len > 0) {
			kb_journal_add(&e->journal, level, "%s", text.data);
		}
	}
}

void kb_engine_rebuild(struct kb_engine *e)
{
	uint64_t print;

	if (!e->options.simulation && e->state != KB_ENGINE_LEAVING) {
		kb_assembly_look(&e->assembly);
		kb_engine_try_keys(e);
	}
	e->pipeline.keys = kb_settings_bool(&e->settings, KB_VAR_HANDOVER) ? &e->keys : NULL;
	kb_engine_forget_keys(e);
	kb_catalog_done(&e->catalog);
	kb_engine_look_at_memory(e);
	update_environment(e);
	if (build(e) < 0) {
		kb_engine_notice(e, KB_NOTICE_ERROR, "Out of memory: some entries are missing.");
	}
	tell_news(e);
	kb_choose_default(&e->catalog, &e->places, &e->settings,
			  e->environment.of_loader ? kb_engine_environment_device(e) : NULL,
			  e->environment.state == KB_ENV_NONE, &e->chosen);
	kb_engine_keep_settings(e);
	kb_engine_ask(e, KB_WORK_SSH);
	kb_engine_ask(e, KB_WORK_NETWORK);
	for (size_t i = 0; i < e->catalog.n_entries; i++) {
		e->catalog.entries[i].is_default = &e->catalog.entries[i] == e->chosen.entry;
	}
	kb_engine_predict(e);
	kb_order_update(&e->order, e->keeps_order, &e->catalog);
	e->keeps_order |= kb_engine_settled(e);
	print = kb_catalog_fingerprint(&e->catalog);
	if (print != e->catalog_print || e->catalog_version == 0) {
		e->catalog_print = print;
		e->catalog_version++;
	}
	keep_selection(e);
	e->disk_went = false;
	kb_engine_rescan_ended(e);
	kb_engine_decide(e);
	kb_engine_changed(e);
}

void kb_engine_place_changing(void *ctx)
{
	struct kb_engine *e = ctx;

	/* The catalog borrows from what is about to go. */
	kb_catalog_done(&e->catalog);
	memset(&e->chosen, 0, sizeof(e->chosen));
	kb_engine_ask(e, KB_WORK_REBUILD);
}

void kb_engine_place_changed(void *ctx)
{
	kb_engine_ask(ctx, KB_WORK_REBUILD);
}

void kb_engine_place_removed(void *ctx, const char *name)
{
	struct kb_engine *e = ctx;
	bool wanted = e->state == KB_ENGINE_BOOTING || e->state == KB_ENGINE_UNSEEN;

	e->disk_went = true;
	kb_engine_unlock_gone(e, name);
	if (!e->options.simulation) {
		e->watcher.device_gone(e->watcher.ctx, name);
	}
	if (e->state == KB_ENGINE_LEAVING || !kb_pipeline_uses(&e->pipeline, name)) {
		return;
	}
	kb_engine_notice(e, wanted ? KB_NOTICE_ERROR : KB_NOTICE_WARNING,
			 "%s cannot be booted: its disk %s was removed.",
			 kb_entry_display(&e->pipeline.entry), name);
	e->removed_seq = e->notice_seq;
	kb_pipeline_clear(&e->pipeline);
	kb_engine_event(e, KB_EVENT_FAILED);
}

void kb_engine_place_orphaned(void *ctx, const char *name)
{
	struct kb_engine *e = ctx;

	kb_assembly_take_apart(&e->assembly, name);
}

void kb_engine_place_troubled(void *ctx, const struct kb_place *place)
{
	struct kb_engine *e = ctx;

	kb_engine_notice(e, KB_NOTICE_WARNING, "%s: %s.", kb_place_name(place),
			 place->found.error.text);
}

void kb_engine_root_changed(struct kb_engine *e)
{
	e->environment = (struct kb_environment){0};
	kb_engine_ask(e, KB_WORK_REBUILD);
}

int kb_engine_take_session(struct kb_engine *e)
{
	KB_BUF struct kb_buf text = {0};
	const struct kb_place *place;
	int r;

	kb_session_vars_text(&e->session, NULL, &text);
	r = kb_buf_error(&text);
	if (r == 0) {
		r = kb_scanner_set_session(&e->scanner, kb_buf_view(&text), &place);
	}
	if (r == 0) {
		r = kb_engine_take_settings(e, place, KB_RANK_SESSION);
	}
	kb_engine_take_read_write(e);
	return r;
}
