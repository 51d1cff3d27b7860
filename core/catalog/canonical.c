/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "canonical.h"

#include <errno.h>

#include "kboot/fetch/fetch.h"
#include "kboot/formats/words.h"
#include "kboot/model/name.h"

static bool is_device(void *ctx, struct kb_str word)
{
	const struct kb_resolve_context *context = ctx;

	return kb_places_device(context->places, word) != NULL;
}

/* A reference that leads nowhere: to a device that is not there yet, or to two of them. */
static int add_problem(struct kb_arena *arena, const struct kb_resolve_context *context,
		       struct kb_entry *entry, const char *reference, const char *remark)
{
	struct kb_fit fit;

	kb_places_fit(context->places, kb_str_from(reference), false, &fit);
	entry->is_waiting = !fit.ambiguous;
	return fit.ambiguous
		       ? kb_entry_add_problem(arena, entry, "%s fits %s and %s: name one%s",
					      reference, kb_place_name(fit.place),
					      kb_place_name(fit.other), remark)
		       : kb_entry_add_problem(arena, entry, "waiting for %s%s", reference, remark);
}

/* path on device, or where the fstab of the system that is installed there says that it is. Only a
 * look at the text: links are followed when the file is opened. */
static const char *as_installed(struct kb_arena *arena, const struct kb_resolve_context *context,
				const struct kb_device *device, const char *subvolume,
				struct kb_entry *entry, const char *path)
{
	const struct kb_place *place = kb_places_of(context->places, device);
	const struct kb_system *system =
		place ? kb_findings_system(&place->found, subvolume) : NULL;
	const char *below = subvolume                     ? subvolume
			    : system && system->subvolume ? system->subvolume
							  : "";
	const char *rest = path;
	const struct kb_fstab_line *line =
		system ? kb_fstab_covering(&system->fstab, path, &rest) : NULL;
	const struct kb_device *other;
	const char *remark;

	/* A bind and a server are followed when the file is opened, as what fstab says of them. */
	if (!line || line->is_bind || strstr(line->source, ":/") || kb_name_has_dots(path)) {
		return kb_arena_printf(arena, "%s:%s%s", device->name, below, path);
	}
	other = kb_places_device(context->places, kb_str_from(line->source));
	if (other) {
		below = line->subvolume && line->subvolume[0] != '/' ? line->subvolume : "";
		return kb_arena_printf(arena, "%s:%s%s%s", other->name, below[0] ? "/" : "", below,
				       rest[0] ? rest : "/");
	}
	remark = kb_arena_printf(arena, " (%s of %s)", line->dir, device->name);
	if (!remark || add_problem(arena, context, entry, line->source, remark) < 0) {
		return NULL;
	}
	return kb_arena_printf(arena, "%s:%s%s", device->name, below, path);
}

static const char *below_home(struct kb_arena *arena, const struct kb_name_home *home,
			      struct kb_entry *entry, const char *path)
{
	const struct kb_device *device = home->device ? home->device : home->context->environment;
	const char *absolute = kb_arena_printf(arena, "%s%s", path[0] == '/' ? "" : "/", path);

	if (!absolute ||
	    (!home->device && (home->in_folder || kb_places_folder(home->context->places)))) {
		return absolute;
	}
	if (device) {
		return as_installed(arena, home->context, device,
				    home->device ? home->subvolume : NULL, entry, absolute);
	}
	if (kb_entry_add_problem(arena, entry,
				 "%s: no booted environment is known (root= names one)",
				 path) < 0) {
		return NULL;
	}
	return absolute;
}

static const char *on_device(struct kb_arena *arena, const struct kb_resolve_context *context,
			     struct kb_entry *entry, const struct kb_name *name)
{
	const struct kb_device *device =
		kb_places_device(context->places, kb_str_from(name->place));

	if (device) {
		return kb_arena_printf(arena, "%s:%s", device->name, name->path);
	}
	if (add_problem(arena, context, entry, name->place, "") < 0) {
		return NULL;
	}
	return kb_name_format(arena, name);
}

/* Takes a name apart; a relative one goes on from the place that names start from. */
static int parse(struct kb_arena *arena, const struct kb_name_home *home, const char *text,
		 struct kb_name *ret_name, struct kb_error *err)
{
	void *context = (void *)home->context;
	struct kb_name from;
	struct kb_name name;
	int r = kb_name_parse(arena, kb_str_from(text), is_device, context, &name, err);

	if (r == 0 && name.kind == KB_NAME_RELATIVE && home->context->from) {
		r = kb_name_parse(arena, kb_str_from(home->context->from), is_device, context,
				  &from, err);
		if (r == 0) {
			from.path = kb_arena_printf(arena, "%s%s%s", from.path,
						    kb_str_ends(kb_str_from(from.path), KB_STR("/"))
							    ? ""
							    : "/",
						    name.path);
			name = from;
			r = name.path ? 0 : -ENOMEM;
		}
	}
	if (r == 0) {
		*ret_name = name;
	}
	return r;
}

/* What can be said of it before anybody is asked. */
static int check_url(struct kb_arena *arena, const struct kb_name *name, struct kb_entry *entry)
{
	struct kb_fetch_resource resource;
	struct kb_error err = {0};
	int r = kb_fetch_resource_parse(arena, kb_str_from(name->path), &resource, &err);

	if (r == -ENOMEM) {
		return r;
	}
	if (r < 0) {
		return kb_entry_add_problem(arena, entry, "%s: %s", name->path, err.text);
	}
	return 0;
}

static int canonical(struct kb_arena *arena, const struct kb_name_home *home,
		     struct kb_entry *entry, const char **text)
{
	struct kb_name name;
	struct kb_error err = {0};
	const char *result = NULL;
	int r;

	if (!*text) {
		return 0;
	}
	r = parse(arena, home, *text, &name, &err);
	if (r == -ENOMEM) {
		return r;
	}
	if (r < 0) {
		*text = kb_name_to_show(arena, *text);
		return *text ? kb_entry_add_problem(arena, entry, "%s", err.text) : -ENOMEM;
	}
	switch (name.kind) {
	case KB_NAME_RELATIVE:
	case KB_NAME_ENVIRONMENT:
		result = below_home(arena, home, entry, name.path);
		break;
	case KB_NAME_DEVICE:
		result = on_device(arena, home->context, entry, &name);
		break;
	case KB_NAME_OWN:
	case KB_NAME_NFS:
	case KB_NAME_SMB:
	case KB_NAME_URL:
		result = kb_name_format(arena, &name);
		break;
	}
	if (!result) {
		return -ENOMEM;
	}
	*text = result;
	r = name.kind == KB_NAME_URL ? check_url(arena, &name, entry) : 0;
	return r == 0 && name.had_password
		       ? kb_entry_add_problem(arena, entry, "%s", KB_NAME_PASSWORD_TEXT)
		       : r;
}

/* What a kernel knows the device by that kboot calls name: an initrd finds a UUID. NULL: it is the
 * kernel's own word. *ret_text in the arena; -ENOMEM. */
static int root_for_kernel(struct kb_arena *arena, const struct kb_places *places,
			   const struct kb_entry *entry, const char **ret_text)
{
	const struct kb_device *device =
		strpbrk(entry->root, "=:") || entry->root[0] == '/'
			? NULL
			: kb_places_device(places, kb_str_from(entry->root));

	*ret_text = NULL;
	if (!device) {
		return 0;
	}
	*ret_text = device->uuid && entry->n_initrd > 0
			    ? kb_arena_printf(arena, "UUID=%s", device->uuid)
			    : kb_arena_printf(arena, "/dev/%s", device->name);
	return *ret_text ? 0 : -ENOMEM;
}

/* root=sda2 is for kboot to understand; no kernel does. */
static int name_root(struct kb_arena *arena, const struct kb_places *places, struct kb_entry *entry)
{
	struct kb_str args = kb_str_from(entry->args);
	struct kb_str value = {0};
	const char *text = NULL;
	int r = entry->root && entry->root[0] ? root_for_kernel(arena, places, entry, &text) : 0;

	if (r < 0 || !text || !kb_words_find(args, KB_STR("root="), &value) ||
	    !kb_str_eq(value, kb_str_from(entry->root))) {
		return r;
	}
	entry->args = kb_arena_printf(arena, "%.*s%s%s", (int)(value.data - args.data), args.data,
				      text, value.data + value.len);
	return entry->args ? 0 : -ENOMEM;
}

int kb_entry_make_canonical(struct kb_arena *arena, const struct kb_name_home *home,
			    struct kb_entry *entry)
{
	int r = canonical(arena, home, entry, &entry->kernel);

	for (size_t i = 0; r == 0 && i < entry->n_initrd; i++) {
		r = canonical(arena, home, entry, &entry->initrd[i]);
	}
	if (r == 0) {
		r = canonical(arena, home, entry, &entry->dtb);
	}
	return r == 0 ? name_root(arena, home->context->places, entry) : r;
}
