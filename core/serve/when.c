/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When an intent can be served: what is still being read must not be able to change the answer. */
#include <errno.h>

#include "catalog/typed.h"
#include "kboot/model/name.h"
#include "serve/serve.h"

/* The environment whose settings count is found: what restricts this kboot is known. */
static bool is_certain(const struct kb_engine *e)
{
	return e->environment.state != KB_ENV_UNKNOWN;
}

/* Every device that is there has been read. One that is read anew, because it changed, is known as
 * it was: hardware that never falls quiet must not keep a person waiting. */
static bool is_known(const struct kb_engine *e)
{
	return kb_engine_has_seen_all(e) && kb_places_unread(&e->places) == 0;
}

/* By its own name: that no other device can have. */
static bool has_device(const struct kb_engine *e, struct kb_str name)
{
	return kb_str_find(name, '=') == name.len && kb_places_device(&e->places, name);
}

static bool is_device(void *ctx, struct kb_str word)
{
	const struct kb_engine *e = ctx;

	return kb_places_device(&e->places, word) != NULL;
}

/* Can no other entry come to be the default? */
static bool has_sure_default(const struct kb_engine *e)
{
	const struct kb_setting *s = e->chosen.setting;
	const struct kb_entry *entry = e->chosen.entry;

	if (!s || !entry || entry->is_waiting || !is_certain(e)) {
		return false;
	}
	return !entry->device || ((s->rank == KB_RANK_ENVIRONMENT || s->rank == KB_RANK_LOADER) &&
				  entry->device == kb_engine_environment_device(e));
}

/* Can no other device come to be the booted environment's root? */
static bool has_sure_root(const struct kb_engine *e)
{
	const struct kb_setting *s = kb_settings_get(&e->settings, KB_VAR_ROOT);

	if (!is_certain(e)) {
		return false;
	}
	if (s) {
		return strstr(s->value, ":/") || has_device(e, kb_str_from(s->value));
	}
	return kb_places_folder(&e->places) || (has_sure_default(e) && kb_engine_root(e)[0]);
}

/* Does a name lead where it would lead when all devices are known? A relative one goes on from. */
static bool is_sure_place(const struct kb_engine *e, const char *text, const char *from)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_name name = {.kind = KB_NAME_RELATIVE};
	struct kb_error err;
	int r = text ? kb_name_parse(&arena, kb_str_from(text), is_device, (void *)e, &name, &err)
		     : 0;

	if (r < 0) {
		return true;
	}
	switch (name.kind) {
	case KB_NAME_RELATIVE:
		return from ? is_sure_place(e, from, NULL) : has_sure_root(e);
	case KB_NAME_ENVIRONMENT:
		return has_sure_root(e);
	case KB_NAME_DEVICE:
		return has_device(e, kb_str_from(name.place));
	case KB_NAME_NFS:
		/* Without a scheme it may be the name of a device that is not there yet. */
		return kb_str_starts(kb_str_from(text), KB_STR("nfs:"));
	case KB_NAME_OWN:
	case KB_NAME_SMB:
	case KB_NAME_URL:
		break;
	}
	return true;
}

/* A label of kboot's own configuration or of this session comes before those of disks. */
static bool is_sure_label(const struct kb_engine *e, const char *line)
{
	struct kb_str more;
	const struct kb_entry *entry =
		kb_catalog_labelled(&e->catalog, kb_str_trim(kb_str_from(line)), &more);

	return entry && more.len == 0 && !entry->device && !entry->is_waiting;
}

/* NAME of `root NAME`, or of the assignment. */
static bool is_sure_root(const struct kb_engine *e, const char *name)
{
	struct kb_str text = kb_str_from(name);

	if (kb_str_ends(text, KB_STR(":"))) {
		text.len--;
	}
	return text.len == 0 || has_device(e, text);
}

static bool is_sure(const struct kb_engine *e, const struct kb_intent *i)
{
	enum kb_variable variable;

	switch (i->type) {
	case KB_DO_VISIT:
	case KB_DO_REMOUNT:
		return is_sure_place(e, i->name, i->from);
	case KB_DO_UMOUNT:
		return has_device(e, kb_str_from(i->name));
	case KB_DO_RUN:
		return is_sure_label(e, i->name);
	case KB_DO_SET:
		return kb_variable_find(kb_str_from(i->name), &variable) < 0 ||
		       variable != KB_VAR_ROOT || is_sure_root(e, i->value);
	case KB_DO_ROOT:
		return i->name ? is_sure_root(e, i->name) : has_sure_root(e);
	case KB_DO_CHROOT:
		return has_sure_root(e);
	case KB_DO_BOOT:
		/* An entry that a menu shows, or the default. */
		return i->id ? kb_catalog_by_id(&e->catalog, i->id) != NULL : has_sure_default(e);
	default:
		return false;
	}
}

bool kb_core_is_time(const struct kb_core *k, enum kb_when when, const struct kb_intent *i)
{
	const struct kb_engine *e = &k->engine;

	switch (when) {
	case KB_WHEN_NOW:
		return true;
	case KB_WHEN_CERTAIN:
		return is_certain(e);
	case KB_WHEN_KNOWN:
		/* "now": a person types, and is offered what there is by now. */
		return is_known(e) || (is_certain(e) &&
				       ((i->want && strcmp(i->want, "now") == 0) || is_sure(e, i)));
	case KB_WHEN_SETTLED:
		break;
	}
	return kb_engine_settled(e);
}
