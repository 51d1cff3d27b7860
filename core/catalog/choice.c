/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "choice.h"

#include <errno.h>
#include <stdio.h>

#include "loader.h"
#include "typed.h"

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

/* What the boot loader of the environment would start, where it is alone there; a machine without
 * one takes the word of a network boot service. */
static void choose_loaders(const struct kb_catalog *catalog, const struct kb_places *places,
			   const struct kb_device *environment, bool by_network,
			   struct kb_default *d)
{
	const struct kb_place *place = kb_places_of(places, environment);
	enum kb_loader_var by = KB_N_LOADER_VARS;

	if (place) {
		d->entry =
			kb_loader_default(catalog->entries, catalog->n_entries, places, place, &by);
	}
	for (size_t i = 0; i < catalog->n_entries && !d->entry; i++) {
		const struct kb_entry *e = &catalog->entries[i];

		if (e->is_default &&
		    (e->is_remote ? by_network : environment && e->device == environment)) {
			d->entry = e;
		}
	}
	if (!d->entry) {
		(void)snprintf(d->why, sizeof(d->why), "nothing sets default=");
		return;
	}
	d->own = (struct kb_setting){.variable = KB_VAR_DEFAULT,
				     .value = d->entry->id,
				     .rank = KB_RANK_LOADER,
				     .at = {.file = d->entry->file, .line = d->entry->line}};
	d->setting = &d->own;
	if (by < KB_N_LOADER_VARS) {
		(void)snprintf(d->why, sizeof(d->why), "the EFI variable %s=%s",
			       kb_loader_var_names[by], place->found.vars.values[by]);
	} else {
		(void)snprintf(d->why, sizeof(d->why), "the default of %s (%s)%s%s", d->entry->file,
			       kb_format_name(d->entry->format), d->entry->remark ? ": " : "",
			       d->entry->remark ? d->entry->remark : "");
	}
}

void kb_choose_default(const struct kb_catalog *catalog, const struct kb_places *places,
		       const struct kb_settings *settings, const struct kb_device *environment,
		       bool by_network, struct kb_default *d)
{
	const struct kb_setting *setting = kb_settings_get(settings, KB_VAR_DEFAULT);
	char source[KB_ERROR_FILE];

	memset(d, 0, sizeof(*d));
	if (!setting) {
		choose_loaders(catalog, places, environment, by_network, d);
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

int kb_add_default_line(struct kb_catalog *catalog, const struct kb_resolve_context *context,
			const struct kb_settings *settings)
{
	const struct kb_setting *setting = kb_settings_get(settings, KB_VAR_DEFAULT);
	const struct kb_device *on =
		setting && setting->rank == KB_RANK_ENVIRONMENT ? context->environment : NULL;
	struct kb_entry entry;
	struct kb_error err = {0};
	int r;

	if (!setting || kb_catalog_find(catalog, setting->value)) {
		return 0;
	}
	r = kb_catalog_entry_from_line(catalog, context, &catalog->arena, setting->value, on,
				       &entry, &err);
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
	r = kb_entry_copy(&catalog->arena, &entry, &entry);
	if (r == 0) {
		memmove(catalog->entries + 1, catalog->entries,
			catalog->n_entries++ * sizeof(entry));
		catalog->entries[0] = entry;
	}
	return r;
}
