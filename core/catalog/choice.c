/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "choice.h"

#include <errno.h>
#include <stdio.h>

#include "installed.h"
#include "typed.h"

static bool is_pending(const struct kb_place *place)
{
	return place->status == KB_PLACE_QUEUED || place->status == KB_PLACE_SCANNING;
}

static bool has_conf(const struct kb_place *place)
{
	if (place->found.n_settings > 0) {
		return true;
	}
	for (size_t i = 0; i < place->found.n_entries; i++) {
		if (place->found.entries[i].format == KB_FORMAT_KBOOT) {
			return true;
		}
	}
	return false;
}

static bool has_losses(const struct kb_places *places)
{
	for (const struct kb_place *p = places->first; p; p = p->next) {
		if (p->kind >= KB_PLACE_FOLDER && p->found.n_lost > 0) {
			return true;
		}
	}
	return false;
}

static bool has_label(const struct kb_place *place, const char *label)
{
	for (size_t i = 0; i < place->found.n_entries; i++) {
		const char *l = place->found.entries[i].label;

		if (l && kb_str_eq_nocase(kb_str_from(l), kb_str_from(label))) {
			return true;
		}
	}
	return false;
}

/* A setting from a source that does not itself depend on the environment. */
static const struct kb_setting *strong(const struct kb_settings *settings,
				       enum kb_variable variable)
{
	static const enum kb_source_rank ranks[] = {KB_RANK_SESSION, KB_RANK_SAVED, KB_RANK_CMDLINE,
						    KB_RANK_IMAGE, KB_RANK_BUILTIN};

	for (size_t i = 0; i < KB_ARRAY_LEN(ranks); i++) {
		if (settings->values[ranks[i]][variable].value) {
			return &settings->values[ranks[i]][variable];
		}
	}
	return NULL;
}

static void choose_by_root(const struct kb_places *places, const struct kb_setting *root,
			   struct kb_environment *env)
{
	char source[KB_ERROR_FILE];

	kb_setting_source(root, source, sizeof(source));
	for (const struct kb_place *p = places->first; p; p = p->next) {
		if (p->found.has_device &&
		    kb_device_matches(&p->found.device, kb_str_from(root->value))) {
			env->place = p;
			env->final = true;
			(void)snprintf(env->why, sizeof(env->why), "root=%s in %s names it",
				       root->value, source);
			return;
		}
	}
	(void)snprintf(env->why, sizeof(env->why), "waiting for root=%s, named in %s", root->value,
		       source);
}

static void choose_by_label(const struct kb_places *places, const struct kb_setting *label,
			    struct kb_environment *env)
{
	bool pending = false;

	for (const struct kb_place *p = places->first; p; p = p->next) {
		if (p->kind >= KB_PLACE_FOLDER && has_label(p, label->value)) {
			env->place = p;
			env->final = !pending;
			(void)snprintf(env->why, sizeof(env->why), "it has the default entry «%s»",
				       label->value);
			return;
		}
		pending = pending || is_pending(p);
	}
}

static void choose_first(const struct kb_places *places, struct kb_environment *env)
{
	bool pending = false;

	for (int removable = 0; removable < 2; removable++) {
		for (const struct kb_place *p = places->first; p; p = p->next) {
			bool fits = p->kind >= KB_PLACE_FOLDER && p->block.removable == !!removable;

			if (fits && has_conf(p)) {
				env->place = p;
				env->final = !pending;
				(void)snprintf(env->why, sizeof(env->why),
					       "it is the first %swith a kboot.conf",
					       removable ? "removable disk " : "");
				return;
			}
			pending = pending || (fits && is_pending(p));
		}
	}
	(void)snprintf(env->why, sizeof(env->why), "%s",
		       has_losses(places) ? "no disk has a kboot.conf that could be read"
					  : "no disk has a kboot.conf");
}

static void choose_tmp(const struct kb_places *places, const struct kb_settings *settings,
		       struct kb_environment *env)
{
	const struct kb_setting *root = strong(settings, KB_VAR_ROOT);
	const struct kb_setting *label = strong(settings, KB_VAR_DEFAULT);

	memset(env, 0, sizeof(*env));
	if (root) {
		choose_by_root(places, root, env);
		return;
	}
	if (label) {
		choose_by_label(places, label, env);
	}
	if (!env->place) {
		choose_first(places, env);
		/* Any place still to be read may have the entry, and then it is the environment. */
		env->final = env->final && !(label && kb_places_pending(places) > 0);
	}
}

void kb_choose_environment(const struct kb_places *places, const struct kb_settings *settings,
			   bool settled, struct kb_environment *env)
{
	choose_tmp(places, settings, env);
	env->status = env->place && (env->final || settled) ? 1 : settled ? 2 : 0;
}

/* The label of the same file is meant before one of the same name elsewhere; a device alone is the
 * system there. */
static const struct kb_entry *find_default(const struct kb_catalog *catalog,
					   const struct kb_places *places,
					   const struct kb_setting *setting)
{
	const struct kb_entry *entry =
		kb_catalog_find_in(catalog, setting->value, setting->at.file);
	const struct kb_device *device;

	if (!entry) {
		entry = kb_catalog_find(catalog, setting->value);
	}
	if (entry) {
		return entry;
	}
	device = kb_places_device(places, kb_str_from(setting->value));
	return device ? kb_catalog_installed(catalog, places, device) : NULL;
}

void kb_choose_default(const struct kb_catalog *catalog, const struct kb_places *places,
		       const struct kb_settings *settings, struct kb_default *d)
{
	const struct kb_setting *setting = kb_settings_get(settings, KB_VAR_DEFAULT);
	char source[KB_ERROR_FILE];

	memset(d, 0, sizeof(*d));
	if (!setting) {
		(void)snprintf(d->why, sizeof(d->why), "nothing sets default=");
		return;
	}
	kb_setting_source(setting, source, sizeof(source));
	if (!setting->value[0]) {
		(void)snprintf(d->why, sizeof(d->why), "default= in %s wants none", source);
		return;
	}
	d->setting = setting;
	d->entry = find_default(catalog, places, setting);
	(void)snprintf(d->why, sizeof(d->why),
		       d->entry ? "default=%s in %s"
				: "default=%s in %s names no entry that was found",
		       setting->value, source);
}

int kb_add_default_line(struct kb_catalog *catalog, const struct kb_naming *naming,
			const struct kb_settings *settings)
{
	const struct kb_setting *setting = kb_settings_get(settings, KB_VAR_DEFAULT);
	const struct kb_device *on =
		setting && setting->rank == KB_RANK_ENVIRONMENT ? naming->environment : NULL;
	struct kb_entry entry;
	struct kb_error err = {0};
	int r;

	if (!setting || kb_catalog_find(catalog, setting->value)) {
		return 0;
	}
	r = kb_catalog_entry_from_line(catalog, naming, &catalog->arena, setting->value, on, &entry,
				       &err);
	if (r < 0) {
		return r == -ENOMEM ? r : 0;
	}
	if (kb_catalog_by_id(catalog, entry.id)) {
		return 0; /* a device alone: what is there is in the list */
	}
	entry.label = setting->value;
	entry.file = setting->at.file;
	entry.line = setting->at.line;
	entry.id = "kboot/session/default";
	return kb_catalog_add_front(catalog, &entry);
}
