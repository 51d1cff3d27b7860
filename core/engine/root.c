/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The root of the booted environment: what /x means. */
#include "engine.h"

const struct kb_device *kb_engine_environment_device(const struct kb_engine *e)
{
	for (const struct kb_place *p = e->places.first; p; p = p->next) {
		if (p->found.has_device && kb_environment_is(&e->environment.id, p)) {
			return &p->found.device;
		}
	}
	return NULL;
}

void kb_engine_resolve_context(const struct kb_engine *e, struct kb_resolve_context *ret_context)
{
	*ret_context = (struct kb_resolve_context){
		.places = &e->places,
		.environment = kb_engine_environment_device(e),
	};
}

/* The first disk on which an operating system is installed; fixed ones come before others. */
static const char *first_installed(const struct kb_engine *e)
{
	for (const struct kb_place *p = e->places.first; p; p = p->next) {
		if (p->found.n_systems > 0 && p->found.has_device) {
			return p->found.device.name;
		}
	}
	return NULL;
}

struct kb_engine_root kb_engine_find_root(const struct kb_engine *e)
{
	const struct kb_setting *s = kb_settings_get(&e->settings, KB_VAR_ROOT);
	const char *entry_root = e->chosen.entry ? e->chosen.entry->root : NULL;
	const char *installed = first_installed(e);
	const struct kb_device *device = NULL;

	if (s) {
		device = kb_places_device(&e->places, kb_str_from(s->value));
		return (struct kb_engine_root){device ? device->name : s->value, "root= names it"};
	}
	if (kb_places_folder(&e->places)) {
		return (struct kb_engine_root){"", KB_SIMULATED_WHY};
	}
	if (entry_root) {
		device = kb_places_device(&e->places, kb_str_from(entry_root));
	}
	if (device) {
		return (struct kb_engine_root){device->name,
					       "it is the root= of the default entry"};
	}
	device = kb_engine_environment_device(e);
	if (device) {
		return (struct kb_engine_root){device->name, e->environment.why};
	}
	if (installed) {
		return (struct kb_engine_root){installed,
					       "it is the first disk with a system on it"};
	}
	return (struct kb_engine_root){"", NULL};
}

const char *kb_engine_root(const struct kb_engine *e)
{
	return kb_engine_find_root(e).name;
}
