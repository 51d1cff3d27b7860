/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "environment.h"

#include <errno.h>
#include <stdio.h>

#include "loader.h"

struct choice {
	const struct kb_places *places;
	bool settled;
	bool internal_only;
	struct kb_environment *env;
};

static bool is_unread(const struct kb_place *p)
{
	return (p->status == KB_PLACE_QUEUED || p->status == KB_PLACE_SCANNING) && !p->known;
}

static bool counts(const struct choice *c, const struct kb_place *p)
{
	bool gave_up = p->status == KB_PLACE_FAILED && p->found.error.code == -ETIMEDOUT;

	return p->kind >= KB_PLACE_FOLDER && p->kind != KB_PLACE_NETWORK && !gave_up &&
	       !(c->internal_only && p->block.removable);
}

/* What it leads to may still come: until then nobody knows what it starts. */
static bool is_half_read(const struct choice *c, const struct kb_place *place)
{
	bool may_come = false;

	for (const struct kb_place *p = c->places->first; p; p = p->next) {
		may_come = may_come ||
			   (is_unread(p) && (place->block.removable || !p->block.removable));
	}
	for (size_t i = 0; may_come && i < place->found.n_others; i++) {
		struct kb_fit fit;

		kb_places_lead(c->places, place, i, &fit);
		if (!fit.place) {
			return true;
		}
	}
	return false;
}

/* Until they are read, those in front of place could be it; NULL: all of them. */
static bool is_open(const struct choice *c, const struct kb_place *place)
{
	for (const struct kb_place *p = c->places->first; p && p != place; p = p->next) {
		if (counts(c, p) && (is_unread(p) || is_half_read(c, p))) {
			return true;
		}
	}
	return !c->settled;
}

static bool has_conf(const struct kb_places *places, const struct kb_place *place)
{
	(void)places;
	for (size_t i = 0; i < place->found.n_settings; i++) {
		if (place->found.settings[i].rank != KB_RANK_LOADER) {
			return true;
		}
	}
	for (size_t i = 0; i < place->found.n_entries; i++) {
		if (place->found.entries[i].format == KB_FORMAT_KBOOT) {
			return true;
		}
	}
	return false;
}

/* Another boot loader that says what it would start. */
static bool has_loader(const struct kb_places *places, const struct kb_place *place)
{
	for (size_t i = 0; i < place->found.n_entries; i++) {
		if (place->found.entries[i].is_default) {
			return true;
		}
	}
	return kb_loader_is_there(places, place);
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

static bool has_losses(const struct kb_places *places)
{
	for (const struct kb_place *p = places->first; p; p = p->next) {
		if (p->kind >= KB_PLACE_FOLDER && p->found.n_lost > 0) {
			return true;
		}
	}
	return false;
}

static void take(struct choice *c, const struct kb_place *place, bool open)
{
	c->env->state = open ? KB_ENV_UNKNOWN : place ? KB_ENV_FOUND : KB_ENV_NONE;
	c->env->place = open ? NULL : place;
}

/* The first one set, of the sources that do not depend on the environment. */
static const struct kb_setting *first_set(const struct kb_settings *s, enum kb_variable variable,
					  bool session)
{
	static const enum kb_source_rank ranks[] = {KB_RANK_SESSION, KB_RANK_SAVED, KB_RANK_CMDLINE,
						    KB_RANK_IMAGE, KB_RANK_BUILTIN};

	for (size_t i = session ? 0 : 2; i < KB_ARRAY_LEN(ranks); i++) {
		if (s->values[ranks[i]][variable].value) {
			return &s->values[ranks[i]][variable];
		}
	}
	return NULL;
}

/* No other device can have it. */
static bool is_kernel_name(const char *reference)
{
	return !strchr(reference, '=') && !strstr(reference, "disk/by-");
}

/* An unread removable device changes nothing where an internal one fits. */
static bool root_is_open(const struct choice *c, const struct kb_place *place, const char *root)
{
	if (strstr(root, ":/") || (place && is_kernel_name(root))) {
		return false;
	}
	for (const struct kb_place *p = c->places->first; p; p = p->next) {
		if (counts(c, p) && is_unread(p) &&
		    !(place && p->block.removable && !place->block.removable)) {
			return true;
		}
	}
	return !c->settled;
}

static void choose_by_root(struct choice *c, const struct kb_setting *root)
{
	struct kb_environment *env = c->env;
	struct kb_fit fit;
	char source[KB_WHY_BYTES / 2];

	kb_setting_source(root, source, sizeof(source));
	kb_places_fit(c->places, kb_str_from(root->value), c->internal_only, &fit);
	take(c, fit.ambiguous ? NULL : fit.place, root_is_open(c, fit.place, root->value));
	if (fit.ambiguous) {
		(void)snprintf(env->why, sizeof(env->why),
			       "root=%.64s in %s fits %s and %s: name one", root->value, source,
			       kb_place_name(fit.place), kb_place_name(fit.other));
	} else if (fit.place) {
		(void)snprintf(env->why, sizeof(env->why), "root=%.64s in %s names it", root->value,
			       source);
	} else {
		kb_places_fit(c->places, kb_str_from(root->value), false, &fit);
		(void)snprintf(env->why, sizeof(env->why),
			       fit.place ? "root=%.64s in %s names a removable disk, which does "
					   "not count where kboot is restricted"
					 : "waiting for root=%.64s, named in %s",
			       root->value, source);
	}
	if (env->place && fit.other) {
		(void)snprintf(env->warning, sizeof(env->warning),
			       "root=%.64s fits %s too: the internal %s is meant", root->value,
			       kb_place_name(fit.other), kb_place_name(env->place));
	}
}

static bool is_removable(const struct kb_places *places, const struct kb_place *place)
{
	(void)places;
	return place->block.removable;
}

static const struct kb_place *find_label(const struct choice *c, const char *label)
{
	const struct kb_place *p = c->places->first;

	while (p && !(counts(c, p) && has_label(p, label))) {
		p = p->next;
	}
	return p;
}

static const struct kb_place *
find(const struct choice *c, bool (*has)(const struct kb_places *places, const struct kb_place *p))
{
	const struct kb_place *p = c->places->first;

	while (p && !(counts(c, p) && has(c->places, p))) {
		p = p->next;
	}
	return p;
}

static void choose_first(struct choice *c, const char *label)
{
	struct kb_environment *env = c->env;
	const struct kb_place *labelled = label ? find_label(c, label) : NULL;
	const struct kb_place *with_conf = labelled ? labelled : find(c, has_conf);
	const struct kb_place *place = with_conf ? with_conf : find(c, has_loader);
	const struct kb_place *until = place;

	if (!with_conf || (!labelled && with_conf->block.removable)) {
		const struct kb_place *loader = find(c, has_loader);

		/* An internal disk comes before a stick, also where that has a kboot.conf; but any
		 * internal one that is still to be read may have one. */
		if (loader && !loader->block.removable) {
			place = loader;
			until = find(c, is_removable);
		} else if (!with_conf) {
			until = NULL;
		}
	}
	/* Any that is still to be read may have the label. */
	take(c, place, is_open(c, label && !labelled ? NULL : until));
	if (env->state == KB_ENV_UNKNOWN) {
		(void)snprintf(env->why, sizeof(env->why),
			       "not all disks that could be it have been read");
	} else if (labelled) {
		(void)snprintf(env->why, sizeof(env->why), "it has the default entry «%.64s»",
			       label);
	} else if (place) {
		(void)snprintf(env->why, sizeof(env->why), "it is the first %swith a %s",
			       place->block.removable ? "removable disk " : "",
			       has_conf(c->places, place) ? "kboot.conf"
							  : "boot loader's configuration");
	} else {
		(void)snprintf(env->why, sizeof(env->why), "no disk has a kboot.conf%s%s",
			       has_losses(c->places) ? " that could be read" : "",
			       c->internal_only
				       ? " (removable ones do not count where kboot is restricted)"
				       : "");
	}
}

static void identify(struct choice *c)
{
	struct kb_environment *env = c->env;
	const struct kb_place *place = env->place;
	const char *uuid = place ? place->found.device.uuid : NULL;
	char reference[KB_UUID_BYTES + sizeof("UUID=")];
	struct kb_fit fit;

	if (!place) {
		return;
	}
	env->id = (struct kb_environment_id){.place = place->id,
					     .bus = place->block.bus,
					     .removable = place->block.removable};
	(void)snprintf(env->id.uuid, sizeof(env->id.uuid), "%s", uuid ? uuid : "");
	(void)snprintf(reference, sizeof(reference), "UUID=%s", env->id.uuid);
	kb_places_fit(c->places, kb_str_from(reference), false, &fit);
	if (fit.other && !env->warning[0]) {
		(void)snprintf(env->warning, sizeof(env->warning),
			       "%s and %s have one UUID: the booted environment is %s",
			       kb_place_name(fit.place), kb_place_name(fit.other),
			       kb_place_name(place));
	}
}

void kb_environment_choose(const struct kb_places *places, const struct kb_settings *settings,
			   bool settled, struct kb_environment *env)
{
	const struct kb_setting *root = first_set(settings, KB_VAR_ROOT, true);
	const struct kb_setting *label = first_set(settings, KB_VAR_DEFAULT, false);
	struct choice c = {
		.places = places,
		.settled = settled,
		/* Said by anything but the environment, which is what is looked for. */
		.internal_only = kb_settings_restricted(settings, KB_RANK_ENVIRONMENT) &&
				 !kb_settings_bool(settings, KB_VAR_TRUST_REMOVABLE),
		.env = env,
	};

	memset(env, 0, sizeof(*env));
	if (root) {
		choose_by_root(&c, root);
	} else {
		choose_first(&c, label ? label->value : NULL);
	}
	env->of_loader = env->place && !has_conf(places, env->place);
	identify(&c);
}

bool kb_environment_is(const struct kb_environment_id *id, const struct kb_place *place)
{
	const char *uuid = place->found.device.uuid;
	const char *bus = place->block.bus;

	return id->place != 0 && id->place == place->id &&
	       strncmp(id->uuid, uuid ? uuid : "", sizeof(id->uuid) - 1) == 0 &&
	       strcmp(id->bus ? id->bus : "", bus ? bus : "") == 0 &&
	       id->removable == place->block.removable;
}
