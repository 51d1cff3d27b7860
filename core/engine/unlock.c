/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locked volumes: opened by who knows the passphrase, or by a key file; and closed again. */
#include <errno.h>
#include <string.h>

#include "engine.h"

bool kb_engine_is_unlocking(const struct kb_engine *e)
{
	const struct kb_unlocking *u = &e->unlocking;

	return !u->by_file && (u->state == KB_UNLOCK_ASKING || u->state == KB_UNLOCK_TRYING ||
			       u->state == KB_UNLOCK_WAITING);
}

void kb_engine_unlock(struct kb_engine *e, const struct kb_entry *entry)
{
	struct kb_place *place = kb_places_block(&e->places, kb_str_from(entry->unlock));

	kb_timer_stop(e->rest);
	e->is_chosen = true;
	kb_engine_event(e, KB_EVENT_KEY);
	if (!place || !kb_place_is_locked(&e->places, place)) {
		kb_engine_notice(e, KB_NOTICE_ERROR, "%s is not locked, or has gone.",
				 entry->unlock);
		return;
	}
	kb_engine_notice(e, KB_NOTICE_NONE, "%s", "");
	/* What is loaded must not be started by the way. */
	kb_pipeline_clear(&e->pipeline);
	kb_engine_event(e, KB_EVENT_CHOSEN);
	if (kb_unlocking_ask(&e->unlocking, entry, place) < 0) {
		kb_engine_notice(e, KB_NOTICE_ERROR, "Out of memory.");
		kb_engine_event(e, KB_EVENT_FAILED);
	}
}

/* --- key files */

/* Its file was not there: it is tried again when another device has been read; a wrong one is not.
 */
static uint64_t key_print(const struct kb_engine *e, const char *keyfile, bool is_missing)
{
	uint64_t devices = 0;

	for (const struct kb_place *p = e->places.first; is_missing && p; p = p->next) {
		devices = devices * 31 + (p->found.has_device ? p->id : 0);
	}
	return kb_str_fingerprint(devices, kb_str_from(keyfile));
}

static bool is_tried(const struct kb_engine *e, const struct kb_place *place, const char *keyfile)
{
	return place->stays_locked || place->key_tried == key_print(e, keyfile, false) ||
	       place->key_tried == key_print(e, keyfile, true);
}

void kb_engine_try_keys(struct kb_engine *e)
{
	const struct kb_setting *keyfile = kb_settings_get(&e->settings, KB_VAR_KEYFILE);

	if (!keyfile || !keyfile->value[0] || e->options.simulation ||
	    e->unlocking.state != KB_UNLOCK_IDLE || kb_engine_wants_boot(e) ||
	    e->state == KB_ENGINE_LEAVING) {
		return;
	}
	for (struct kb_place *p = e->places.first; p; p = p->next) {
		if (kb_place_is_locked(&e->places, p) && !is_tried(e, p, keyfile->value)) {
			p->key_tried = key_print(e, keyfile->value, true);
			if (kb_unlocking_try_file(&e->unlocking, p, keyfile->value,
						  kb_engine_root(e)) == 0) {
				return;
			}
		}
	}
}

/* For the system on it, where the person said so. */
static void keep_key(struct kb_engine *e)
{
	const struct kb_unlocking *u = &e->unlocking;

	if (kb_settings_bool(&e->settings, KB_VAR_HANDOVER) &&
	    kb_keys_keep(&e->keys, u->place, u->by_file ? NULL : &u->secret, u->job.keyfile) < 0) {
		kb_journal_add(&e->journal, KB_LOG_WARNING,
			       "%s: no room to keep its key; its system will ask once more",
			       u->job.device);
	}
}

void kb_engine_forget_keys(struct kb_engine *e)
{
	for (size_t i = e->keys.n; i > 0; i--) {
		uint64_t id = e->keys.all[i - 1].place;

		if (!kb_places_by_id(&e->places, id) || !e->pipeline.keys) {
			kb_keys_forget(&e->keys, id);
		}
	}
}

static void key_ended(struct kb_engine *e)
{
	struct kb_unlocking *u = &e->unlocking;
	const struct kb_setting *keyfile = kb_settings_get(&e->settings, KB_VAR_KEYFILE);
	bool is_missing = u->is_missing;
	struct kb_place *place = kb_places_block(&e->places, kb_str_from(u->job.device));

	if (u->state == KB_UNLOCK_DONE) {
		keep_key(e);
		kb_journal_add(&e->journal, KB_LOG_INFO, "%s is unlocked by its key file",
			       u->job.device);
	} else {
		kb_journal_add(&e->journal, is_missing ? KB_LOG_INFO : KB_LOG_WARNING,
			       "%s stays locked: its key file does not open it: %s", u->job.device,
			       u->why);
	}
	if (place && place->id == u->place && keyfile) {
		place->key_tried = key_print(e, keyfile->value, is_missing);
	}
	kb_unlocking_stop(u);
	kb_engine_ask(e, KB_WORK_REBUILD);
}

/* --- a person's */

static void unlocked(struct kb_engine *e)
{
	struct kb_unlocking *u = &e->unlocking;

	kb_engine_notice(e, KB_NOTICE_INFO, "%s is unlocked.", u->job.device);
	keep_key(e);
	/* What is behind it is what the person wants to see. */
	(void)snprintf(e->selection.behind, sizeof(e->selection.behind), "%s", u->job.device);
	kb_unlocking_stop(u);
	kb_engine_event(e, KB_EVENT_UNLOCKED);
	kb_engine_ask(e, KB_WORK_REBUILD);
}

static void failed(struct kb_engine *e)
{
	kb_engine_notice(e, KB_NOTICE_ERROR, "%s stays locked: %s.", e->unlocking.job.device,
			 e->unlocking.why);
	kb_unlocking_stop(&e->unlocking);
	kb_engine_event(e, KB_EVENT_FAILED);
}

void kb_engine_look_at_unlocking(struct kb_engine *e)
{
	struct kb_unlocking *u = &e->unlocking;
	bool has_ended = u->state == KB_UNLOCK_DONE || u->state == KB_UNLOCK_FAILED;

	if (has_ended && u->by_file) {
		key_ended(e);
	} else if (u->state == KB_UNLOCK_DONE) {
		unlocked(e);
	} else if (u->state == KB_UNLOCK_FAILED) {
		failed(e);
	}
	kb_engine_changed(e);
}

void kb_engine_answer_passphrase(struct kb_engine *e, const char *secret)
{
	struct kb_unlocking *u = &e->unlocking;

	if (e->options.simulation) {
		kb_engine_notice(e, KB_NOTICE_INFO, "Simulation: this would unlock %s now.",
				 u->job.device);
		kb_unlocking_stop(u);
		kb_engine_event(e, KB_EVENT_SIMULATED);
		return;
	}
	for (const struct kb_place *p = e->places.first;
	     p && kb_settings_bool(&e->settings, KB_VAR_UNLOCK_ALL); p = p->next) {
		if (p->id != u->place && kb_place_is_locked(&e->places, p) &&
		    kb_engine_may_open(e, p)) {
			kb_unlocking_add_other(u, p);
		}
	}
	kb_unlocking_answer(u, secret);
}

/* No stick is opened with what was said of a disk, unless kboot trusts sticks. */
bool kb_engine_may_open(const struct kb_engine *e, const struct kb_place *place)
{
	const struct kb_entry entry = {.device = &place->found.device};

	return !place->block.removable && kb_engine_may(e, KB_MAY_UNLOCK, &entry) == KB_ANSWER_YES;
}

void kb_engine_unlock_gone(struct kb_engine *e, const char *name)
{
	struct kb_unlocking *u = &e->unlocking;

	if (u->state == KB_UNLOCK_IDLE || strcmp(u->job.device, name) != 0) {
		return;
	}
	if (!u->by_file) {
		kb_engine_notice(e, KB_NOTICE_ERROR, "%s was removed.", name);
		e->removed_seq = e->notice_seq; /* its line goes, too: that is no news */
		kb_engine_event(e, KB_EVENT_FAILED);
	}
	kb_unlocking_stop(u);
}

int kb_engine_lock(struct kb_engine *e, const char *name, struct kb_error *err)
{
	const struct kb_device *device = kb_places_device(&e->places, kb_str_from(name));
	struct kb_place *place =
		device ? kb_places_block(&e->places, kb_str_from(device->name)) : NULL;
	const struct kb_set *set = place ? kb_places_set(&e->places, place) : NULL;

	if (!place) {
		return kb_error_set(err, -ENODEV,
				    "there is no device %s, or it is not the only one", name);
	}
	if (!set || set->kind != KB_SET_LUKS) {
		return kb_error_set(err, -EINVAL, "%s is not encrypted", name);
	}
	if (!kb_scanner_drop_holders(&e->scanner, place)) {
		return kb_error_set(err, -EALREADY, "%s is locked", name);
	}
	place->stays_locked = true;
	kb_keys_forget(&e->keys, place->id);
	kb_journal_add(&e->journal, KB_LOG_INFO, "%s is being locked", place->block.name);
	kb_engine_ask(e, KB_WORK_REBUILD);
	return 0;
}
