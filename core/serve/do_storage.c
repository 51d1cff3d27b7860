/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locked volumes, as the prompt asks for them. */
#include "serve/serve.h"

#include <errno.h>

/* The line of the list for the device of that name; for NULL of the only one that is locked. */
static const struct kb_entry *find_locked(const struct kb_engine *e, const char *name,
					  struct kb_error *err)
{
	const struct kb_entry *found = NULL;

	for (size_t i = 0; i < kb_catalog_listed(&e->catalog); i++) {
		const struct kb_entry *entry = kb_catalog_shown(&e->catalog, i);

		if (!entry->unlock ||
		    (name && !kb_device_matches(entry->device, kb_str_from(name)))) {
			continue;
		}
		if (found) {
			(void)kb_error_set(err, -EINVAL, "%s and %s are locked: say which",
					   found->unlock, entry->unlock);
			return NULL;
		}
		found = entry;
	}
	if (!found && name) {
		(void)kb_error_set(err, -ENODEV, "%s is no locked volume (see `devices`)", name);
	} else if (!found) {
		(void)kb_error_set(err, -ENODEV, "nothing is locked");
	}
	return found;
}

void kb_do_unlock(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	struct kb_engine *e = &k->engine;
	struct kb_error err = {0};
	const struct kb_entry *entry;

	kb_engine_fresh_catalog(e);
	entry = find_locked(e, i->name, &err);
	if (entry && kb_core_may(k, &c->actor, KB_MAY_UNLOCK, entry) == KB_ANSWER_NO) {
		(void)kb_error_set(&err, -EPERM, KB_RESTRICTED_TEXT);
	}
	if (err.code) {
		kb_client_reply(c, i, false, err.text);
		return;
	}
	k->asker = c->id;
	kb_engine_unlock(e, entry);
	kb_client_reply(c, i, true, NULL);
}

void kb_do_lock(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	struct kb_error err = {0};
	int r = kb_engine_lock(&k->engine, i->name, &err);

	if (r < 0) {
		kb_client_reply_error(c, i, r, &err);
	} else {
		kb_client_reply(c, i, true, NULL);
	}
}
