/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "catalog.h"

#include <errno.h>
#include <stdlib.h>

#include "fold.h"
#include "ids.h"
#include "kboot/model/name.h"
#include "loader.h"
#include "locked.h"

void kb_catalog_done(struct kb_catalog *c)
{
	free(c->entries);
	kb_arena_done(&c->arena);
	memset(c, 0, sizeof(*c));
}

/* A bare kernel that a configuration on the same device already offers, with the same initrds, says
 * nothing new. */
static bool is_offered(const struct kb_catalog *c, size_t from, const struct kb_entry *bare)
{
	for (size_t i = from; i < c->n_entries; i++) {
		const struct kb_entry *e = &c->entries[i];

		if (e->format != KB_FORMAT_FILE && e->kernel && kb_entry_same_files(e, bare)) {
			return true;
		}
	}
	return false;
}

static bool same_args(const struct kb_entry *a, const struct kb_entry *b)
{
	return strcmp(a->args ? a->args : "", b->args ? b->args : "") == 0;
}

/* The entry that another boot loader's configuration has of the same: what two of them say is shown
 * once, as the first says it. What a kboot.conf says is always shown. */
static struct kb_entry *told_before(const struct kb_catalog *c, size_t from, size_t to,
				    const struct kb_entry *again)
{
	for (size_t i = from; again->kernel && i < to; i++) {
		struct kb_entry *e = &c->entries[i];

		if (e->format != KB_FORMAT_KBOOT && e->kernel && same_args(e, again) &&
		    kb_entry_same_files(e, again)) {
			return e;
		}
	}
	return NULL;
}

/* Does the line mount what the entry was found in? */
static bool mounts(const struct kb_fstab_line *line, const struct kb_entry *entry)
{
	const char *subvolume = line->subvolume && line->subvolume[0] != '/' ? line->subvolume : "";

	return strcmp(subvolume, entry->subvolume ? entry->subvolume + 1 : "") == 0 &&
	       kb_device_matches(entry->device, kb_str_from(line->source));
}

/* The system whose fstab says that the entry's kernel is in its /boot, and what that is on; NULL.
 */
static const struct kb_system *system_of(const struct kb_places *places,
					 const struct kb_entry *entry,
					 const struct kb_device **ret_on)
{
	for (const struct kb_place *p = places->first; p; p = p->next) {
		for (size_t i = 0; p->found.has_device && i < p->found.n_systems; i++) {
			const struct kb_fstab *fstab = &p->found.systems[i].fstab;

			for (size_t k = 0; k < fstab->n_lines; k++) {
				if (kb_fstab_is_boot(&fstab->lines[k]) &&
				    mounts(&fstab->lines[k], entry)) {
					*ret_on = &p->found.device;
					return &p->found.systems[i];
				}
			}
		}
	}
	return NULL;
}

static int guess_root(struct kb_arena *arena, const struct kb_device *device,
		      struct kb_entry *entry)
{
	entry->root = device->uuid ? kb_arena_printf(arena, "UUID=%s", device->uuid)
				   : kb_arena_printf(arena, "/dev/%s", device->name);
	if (!entry->root) {
		return -ENOMEM;
	}
	entry->args = kb_arena_printf(arena, "root=%s%s%s", entry->root, entry->args ? " " : "",
				      entry->args ? entry->args : "");
	entry->remark = kb_arena_printf(
		arena, "root=%s is a guess: no fstab and no command line on a disk says it",
		entry->root);
	return entry->args && entry->remark ? 0 : -ENOMEM;
}

/* A bare kernel whose filesystem says no root is on the /boot of a system, or that is its root. */
static int give_system(struct kb_arena *arena, const struct kb_places *places,
		       struct kb_entry *entry)
{
	const struct kb_device *device = entry->device;
	const struct kb_system *system;

	if (entry->format != KB_FORMAT_FILE || entry->root || !device) {
		return 0;
	}
	system = system_of(places, entry, &device);
	if (system) {
		entry->root = system->says.root;
		entry->args = system->says.args;
	}
	if (system && system->says.name && entry->title) {
		entry->title = kb_arena_printf(arena, "%s, %s", system->says.name, entry->title);
		if (!entry->title) {
			return -ENOMEM;
		}
	}
	return entry->root ? 0 : guess_root(arena, device, entry);
}

static size_t index_of(const struct kb_places *places, const struct kb_place *place)
{
	size_t n = 0;

	for (const struct kb_place *p = places->first; p && p != place; p = p->next) {
		n++;
	}
	return n;
}

size_t kb_catalog_count(const struct kb_catalog *c, const struct kb_places *places,
			const struct kb_place *place)
{
	return c->n_shown ? c->n_shown[index_of(places, place)] : 0;
}

size_t kb_catalog_mirrored(const struct kb_catalog *c, const struct kb_places *places,
			   const struct kb_place *place, const struct kb_place **ret_of)
{
	size_t i = index_of(places, place);

	*ret_of = c->n_mirrored ? c->mirrors[i] : NULL;
	return c->n_mirrored ? c->n_mirrored[i] : 0;
}

/* That of another filesystem is canonical already. */
static int name_file(struct kb_arena *arena, const struct kb_device *device, const char *below,
		     const char **file)
{
	if (*file && (*file)[0] == '/') {
		*file = kb_arena_printf(arena, "%s:%s%s", device->name, below, *file);
		return *file ? 0 : -ENOMEM;
	}
	return 0;
}

/* As the catalog has it: canonical, with an id. */
static int make_entry(struct kb_catalog *c, const struct kb_resolve_context *context,
		      const struct kb_place *place, struct kb_entry *e)
{
	struct kb_name_home home = {.context = context,
				    .device = place->found.has_device ? &place->found.device : NULL,
				    .in_folder = place->kind == KB_PLACE_FOLDER};
	const struct kb_device *device = home.device;
	const char *below = e->subvolume ? e->subvolume : "";

	e->device = device;
	e->is_remote = place->kind == KB_PLACE_NETWORK;
	home.subvolume = device ? below : NULL;
	if (!device && place->kind < KB_PLACE_FOLDER && e->root) {
		home.device = kb_places_device(context->places, kb_str_from(e->root));
	}
	if (device && (name_file(&c->arena, device, below, &e->file) < 0 ||
		       name_file(&c->arena, device, below, &e->menu) < 0)) {
		return -ENOMEM;
	}
	return kb_entry_make_canonical(&c->arena, &home, e) < 0 ||
			       give_system(&c->arena, context->places, e) < 0 ||
			       kb_entry_give_id(&c->arena, e) < 0
		       ? -ENOMEM
		       : 0;
}

static bool is_mirrored(struct kb_catalog *c, const struct kb_places *places,
			const struct kb_place *place, const struct kb_entry *entry)
{
	const struct kb_place *mirror =
		kb_loader_has(entry)
			? kb_loader_mirror(c->entries, c->n_entries, places, place, entry)
			: NULL;
	size_t i = mirror ? index_of(places, place) : 0;

	if (mirror) {
		c->n_mirrored[i]++;
		c->mirrors[i] = mirror;
	}
	return mirror;
}

static int add_locked(struct kb_catalog *c, const struct kb_resolve_context *context,
		      const struct kb_place *place)
{
	int r = kb_locked_entry(&c->arena, context->places, place, &c->entries[c->n_entries]);

	if (r > 0) {
		c->n_entries++;
		c->n_shown[index_of(context->places, place)]++;
	}
	return r < 0 ? r : 0;
}

static int add_place(struct kb_catalog *c, const struct kb_resolve_context *context,
		     const struct kb_place *place)
{
	size_t *n_shown = &c->n_shown[index_of(context->places, place)];
	size_t from = c->n_entries;
	size_t format_from = from;
	enum kb_format format = KB_FORMAT_KBOOT;

	if (kb_places_original(context->places, place)) {
		return 0;
	}
	for (size_t i = 0; i < place->found.n_entries; i++) {
		struct kb_entry *e = &c->entries[c->n_entries];
		struct kb_entry *again;

		*e = place->found.entries[i];
		if (make_entry(c, context, place, e) < 0 ||
		    (e->device && kb_loader_add_writes(&c->arena, context->places, place, e) < 0)) {
			return -ENOMEM;
		}
		/* Unified images stand among the other entries of their loader. */
		if (e->format != format && !(kb_loader_has(e) && format == KB_FORMAT_BLS)) {
			format = kb_loader_has(e) ? KB_FORMAT_BLS : e->format;
			format_from = c->n_entries;
		}
		again = told_before(c, from, format_from, e);
		if (again) {
			again->is_default = again->is_default || e->is_default;
		} else if (!is_mirrored(c, context->places, place, e) &&
			   (e->format != KB_FORMAT_FILE || !is_offered(c, from, e))) {
			c->n_entries++;
			*n_shown += !e->hidden;
		}
	}
	return 0;
}

/* Takes out what another place's entry says. */
static int fold(struct kb_catalog *c, const struct kb_resolve_context *context)
{
	const struct kb_places *places = context->places;
	KB_FREE const struct kb_entry **tellers =
		calloc(c->n_entries + 1, sizeof(const struct kb_entry *));
	int r = tellers ? kb_fold_find(c->entries, c->n_entries, context, tellers) : -ENOMEM;
	size_t n = 0;

	if (r <= 0) {
		return r;
	}
	c->aliases = kb_arena_array(&c->arena, (size_t)r, sizeof(*c->aliases));
	if (!c->aliases) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < c->n_entries; i++) {
		const struct kb_entry *e = &c->entries[i];
		size_t own = tellers[i] ? index_of(places, kb_places_of(places, e->device)) : 0;

		if (tellers[i]) {
			c->n_shown[own] -= !e->hidden;
			c->n_mirrored[own]++;
			c->mirrors[own] = kb_places_of(places, tellers[i]->device);
			c->aliases[c->n_aliases++] = (struct kb_alias){e->id, tellers[i]->id};
		}
	}
	for (size_t i = 0; i < c->n_entries; i++) {
		if (!tellers[i]) {
			c->entries[n++] = c->entries[i];
		}
	}
	c->n_entries = n;
	return 0;
}

int kb_catalog_build(struct kb_catalog *c, const struct kb_resolve_context *context)
{
	size_t n_entries = 1; /* a default that is a command line */
	size_t n_places = 0;
	int r = 0;

	c->environment = context->environment;
	for (const struct kb_place *p = context->places->first; p; p = p->next) {
		n_entries += p->found.n_entries + kb_place_is_locked(context->places, p);
		n_places++;
	}
	c->entries = calloc(n_entries, sizeof(*c->entries));
	c->n_shown = kb_arena_array(&c->arena, n_places + 1, sizeof(*c->n_shown));
	c->n_mirrored = kb_arena_array(&c->arena, n_places + 1, sizeof(*c->n_mirrored));
	c->mirrors = kb_arena_array(&c->arena, n_places + 1, sizeof(const struct kb_place *));
	if (!c->entries || !c->n_shown || !c->n_mirrored || !c->mirrors) {
		return -ENOMEM;
	}
	for (const struct kb_place *p = context->places->first; r == 0 && p; p = p->next) {
		r = add_place(c, context, p);
		if (r == 0) {
			r = add_locked(c, context, p);
		}
	}
	if (r == 0) {
		r = fold(c, context);
	}
	if (r == 0) {
		r = kb_loader_merge(c->entries, c->n_entries, context->places);
	}
	return r < 0 ? r : kb_entries_make_ids_unique(&c->arena, c->entries, c->n_entries);
}

static const struct kb_entry *find_id(const struct kb_catalog *c, const char *id)
{
	for (size_t i = 0; id && i < c->n_entries; i++) {
		if (strcmp(c->entries[i].id, id) == 0) {
			return &c->entries[i];
		}
	}
	return NULL;
}

const struct kb_entry *kb_catalog_by_id(const struct kb_catalog *c, const char *id)
{
	const struct kb_entry *e = find_id(c, id);

	for (size_t i = 0; id && !e && i < c->n_aliases; i++) {
		e = strcmp(c->aliases[i].id, id) == 0 ? find_id(c, c->aliases[i].of) : NULL;
	}
	return e;
}

/* is_near: kboot's own entries, and those of the booted environment. */
static const struct kb_entry *find_named(const struct kb_catalog *c, const char *text,
					 const char *file, bool by_title, bool is_near)
{
	for (size_t i = 0; i < c->n_entries; i++) {
		const struct kb_entry *e = &c->entries[i];
		const char *name = by_title ? e->title : e->label;
		bool here = !e->device || e->device == c->environment;

		if (name && here == is_near && (!file || (e->file && strcmp(e->file, file) == 0)) &&
		    kb_str_eq_nocase(kb_str_from(name), kb_str_from(text))) {
			return e;
		}
	}
	return NULL;
}

static const struct kb_entry *find(const struct kb_catalog *c, const char *text, const char *file,
				   bool by_title)
{
	const struct kb_entry *e = find_named(c, text, file, by_title, true);

	return e ? e : find_named(c, text, file, by_title, false);
}

const struct kb_entry *kb_catalog_find_in(const struct kb_catalog *c, const char *text,
					  const char *file)
{
	return find(c, text, file, false);
}

const struct kb_entry *kb_catalog_find(const struct kb_catalog *c, const char *text)
{
	const struct kb_entry *e = kb_catalog_by_id(c, text);

	if (!e && text) {
		e = find(c, text, NULL, false);
	}
	return e || !text ? e : find(c, text, NULL, true);
}

/* What the boot loader of a place would start. */
static const struct kb_entry *loaders_default(const struct kb_catalog *c,
					      const struct kb_place *place)
{
	const struct kb_entry *of_place = NULL;

	for (size_t i = 0; !of_place && i < place->found.n_entries; i++) {
		if (place->found.entries[i].is_default) {
			of_place = &place->found.entries[i];
		}
	}
	for (size_t i = 0; of_place && i < c->n_entries; i++) {
		const struct kb_entry *e = &c->entries[i];

		/* The texts are borrowed from there. */
		if (e->title == of_place->title && e->label == of_place->label && e->kernel) {
			return e;
		}
	}
	return NULL;
}

static const struct kb_entry *default_of(const struct kb_catalog *c, const struct kb_place *place)
{
	for (size_t i = 0; i < place->found.n_settings; i++) {
		const struct kb_setting *s = &place->found.settings[i];
		const struct kb_entry *entry = s->variable == KB_VAR_DEFAULT
						       ? kb_catalog_find_in(c, s->value, s->at.file)
						       : NULL;

		if (entry && entry->kernel) {
			return entry;
		}
	}
	return loaders_default(c, place);
}

/* What the configuration of another filesystem says of its kernels. */
static const struct kb_entry *told_elsewhere(const struct kb_catalog *c,
					     const struct kb_places *places,
					     const struct kb_device *device)
{
	for (size_t i = 0; i < c->n_entries; i++) {
		const struct kb_entry *e = &c->entries[i];
		const struct kb_place *place = kb_places_of(places, e->device);

		if (e->format == KB_FORMAT_GRUB && place &&
		    kb_name_is_on(e->kernel, device->name)) {
			const struct kb_entry *preferred = default_of(c, place);

			return preferred && kb_name_is_on(preferred->kernel, device->name)
				       ? preferred
				       : e;
		}
	}
	return NULL;
}

const struct kb_entry *kb_catalog_installed(const struct kb_catalog *c,
					    const struct kb_places *places,
					    const struct kb_device *device)
{
	const struct kb_place *place = kb_places_of(places, device);
	const struct kb_entry *entry = place ? default_of(c, place) : NULL;

	if (entry) {
		return entry;
	}
	for (size_t i = 0; i < c->n_entries; i++) {
		if (c->entries[i].device == device && c->entries[i].kernel) {
			return &c->entries[i];
		}
	}
	return told_elsewhere(c, places, device);
}

size_t kb_catalog_listed(const struct kb_catalog *c)
{
	return c->n_entries + c->n_predicted;
}

const struct kb_entry *kb_catalog_shown(const struct kb_catalog *c, size_t n)
{
	size_t at = c->order ? c->order[n] : n;

	return at < c->n_entries ? &c->entries[at] : &c->predicted[at - c->n_entries];
}

uint64_t kb_catalog_fingerprint(const struct kb_catalog *c)
{
	KB_BUF struct kb_buf told = {0};
	uint64_t print = 0;

	for (size_t i = 0; i < kb_catalog_listed(c); i++) {
		kb_buf_reset(&told);
		kb_entry_to_json(kb_catalog_shown(c, i), NULL, &told);
		print = kb_str_fingerprint(print, kb_buf_view(&told));
	}
	return print;
}
