/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of intents: who does it, when, and what the policy is asked. */
#include "serve/serve.h"

#include <errno.h>
#include <unistd.h>

/* Where the object is an entry, the function asks for it once more with that. */
static const struct kb_served {
	kb_intent_fn *fn;
	enum kb_when when;
	enum kb_action action;
} intents[KB_N_INTENTS] = {
	[KB_DO_WATCH] = {kb_do_watch, KB_WHEN_NOW, KB_MAY_TELL},
	[KB_DO_ACTIVITY] = {kb_do_select, KB_WHEN_NOW, KB_MAY_TELL},
	[KB_DO_SELECT] = {kb_do_select, KB_WHEN_NOW, KB_MAY_TELL},
	[KB_DO_BOOT] = {kb_do_boot, KB_WHEN_NOW, KB_MAY_TELL},
	[KB_DO_CANCEL] = {kb_do_cancel, KB_WHEN_NOW, KB_MAY_TELL},
	[KB_DO_ANSWER] = {kb_do_answer, KB_WHEN_NOW, KB_MAY_TELL},
	[KB_DO_RESCAN] = {kb_do_rescan, KB_WHEN_NOW, KB_MAY_TELL},
	[KB_DO_LOG] = {kb_do_log, KB_WHEN_NOW, KB_MAY_TELL},
	[KB_DO_SHELL] = {kb_do_permit, KB_WHEN_NOW, KB_MAY_TELL},
	[KB_DO_REBOOT] = {kb_do_power, KB_WHEN_NOW, KB_MAY_POWER},
	[KB_DO_POWEROFF] = {kb_do_power, KB_WHEN_NOW, KB_MAY_POWER},
	[KB_DO_FIRMWARE] = {kb_do_firmware, KB_WHEN_CERTAIN, KB_MAY_FIRMWARE},
	[KB_DO_LIST] = {kb_do_list, KB_WHEN_SETTLED, KB_MAY_TELL},
	[KB_DO_EXPLAIN] = {kb_do_explain, KB_WHEN_SETTLED, KB_MAY_TELL},
	[KB_DO_PLAN] = {kb_do_plan, KB_WHEN_SETTLED, KB_MAY_TELL},
	[KB_DO_STATUS] = {kb_do_status, KB_WHEN_NOW, KB_MAY_TELL},
	[KB_DO_VISIT] = {kb_do_task, KB_WHEN_KNOWN, KB_MAY_LOOK},
	[KB_DO_RUN] = {kb_do_run, KB_WHEN_KNOWN, KB_MAY_TELL},
	[KB_DO_SET] = {kb_do_set, KB_WHEN_KNOWN, KB_MAY_SET},
	[KB_DO_UNSET] = {kb_do_unset, KB_WHEN_CERTAIN, KB_MAY_SET},
	[KB_DO_VARIABLES] = {kb_do_variables, KB_WHEN_CERTAIN, KB_MAY_LOOK},
	[KB_DO_SAVE] = {kb_do_save, KB_WHEN_CERTAIN, KB_MAY_WRITE},
	[KB_DO_ROOT] = {kb_do_root, KB_WHEN_KNOWN, KB_MAY_LOOK},
	[KB_DO_MOUNTS] = {kb_do_mounts, KB_WHEN_CERTAIN, KB_MAY_LOOK},
	[KB_DO_UMOUNT] = {kb_do_task, KB_WHEN_KNOWN, KB_MAY_LOOK},
	[KB_DO_REMOUNT] = {kb_do_task, KB_WHEN_KNOWN, KB_MAY_WRITE},
	[KB_DO_DEVICES] = {kb_do_devices, KB_WHEN_KNOWN, KB_MAY_LOOK},
	[KB_DO_UNLOCK] = {kb_do_unlock, KB_WHEN_KNOWN, KB_MAY_TELL},
	[KB_DO_LOCK] = {kb_do_lock, KB_WHEN_KNOWN, KB_MAY_LOOK},
	[KB_DO_LABELS] = {kb_do_labels, KB_WHEN_KNOWN, KB_MAY_TELL},
	[KB_DO_CHROOT] = {kb_do_chroot, KB_WHEN_KNOWN, KB_MAY_SHELL},
	[KB_DO_SESSION] = {kb_do_session, KB_WHEN_NOW, KB_MAY_TELL},
	[KB_DO_FILES] = {kb_do_permit, KB_WHEN_CERTAIN, KB_MAY_SHELL},
	[KB_DO_SESSIONS] = {kb_do_sessions, KB_WHEN_NOW, KB_MAY_TELL},
	[KB_DO_END] = {kb_do_end, KB_WHEN_NOW, KB_MAY_POWER},
	[KB_DO_CHROOT_END] = {kb_do_chroot_end, KB_WHEN_NOW, KB_MAY_TELL},
	[KB_DO_SYSTEMS] = {kb_do_systems, KB_WHEN_KNOWN, KB_MAY_LOOK},
};

/* A line that was edited or typed waits until it is known whether it may, and what it means; an
 * entry as it is until its device is known to be the environment's or no business of ours. */
static enum kb_when when_to_serve(const struct kb_core *k, const struct kb_actor *actor,
				  const struct kb_intent *i)
{
	const struct kb_entry *entry;

	if (i->type != KB_DO_BOOT) {
		return intents[i->type].when;
	}
	if (kb_catalog_predicted(&k->engine.catalog, i->id)) {
		return KB_WHEN_SETTLED; /* then it is there, or known to be gone */
	}
	entry = i->id ? kb_catalog_find(&k->engine.catalog, i->id) : NULL;
	if (!entry || i->args) {
		return KB_WHEN_KNOWN;
	}
	return kb_core_may(k, actor, KB_MAY_BOOT, entry) == KB_ANSWER_NOT_YET ? KB_WHEN_CERTAIN
									      : KB_WHEN_NOW;
}

bool kb_core_may_serve(const struct kb_core *k, const struct kb_actor *actor,
		       const struct kb_intent *i)
{
	return kb_core_is_time(k, when_to_serve(k, actor, i), i);
}

/* What makes it stricter may always be set. */
static enum kb_action action_of(const struct kb_intent *i)
{
	bool restricts = i->type == KB_DO_SET && i->value &&
			 kb_str_eq_nocase(kb_str_from(i->name), KB_STR("restricted")) &&
			 kb_variable_bool(KB_VAR_RESTRICTED, kb_str_from(i->value));

	return restricts ? KB_MAY_RESTRICT : intents[i->type].action;
}

static void serve(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	if (kb_core_may(k, &c->actor, action_of(i), NULL) == KB_ANSWER_NO) {
		kb_client_reply(c, i, false, KB_RESTRICTED_TEXT);
	} else {
		intents[i->type].fn(k, c, i);
	}
}

/* Of what a client asks only the last question waits. */
static void give_up_deferred(struct kb_client *c, const struct kb_question *but)
{
	struct kb_question *next;

	for (struct kb_question *q = c->questions; q; q = next) {
		next = q->next;
		if (q->deferred && q != but) {
			bool is_stopped =
				q->intent.type == KB_DO_BOOT && but->intent.type == KB_DO_CANCEL;

			kb_client_reply(c, &q->intent, false,
					is_stopped ? "stopped: nothing was started"
						   : "given up: something else was asked");
			kb_client_answered(c, q);
		}
	}
}

/* Whoever moves on to another entry does not want the one any more that is waited for. */
static void give_up_boot(struct kb_client *c, const char *id)
{
	struct kb_question *next;

	for (struct kb_question *q = c->questions; q; q = next) {
		next = q->next;
		if (q->deferred && q->intent.type == KB_DO_BOOT && id && q->intent.id &&
		    strcmp(q->intent.id, id) != 0) {
			kb_client_reply(c, &q->intent, false, "given up: another entry was chosen");
			kb_client_answered(c, q);
		}
	}
}

/* Somebody pressed Enter and nothing happens. */
static void say_what_is_waited_for(struct kb_core *k, const struct kb_intent *i)
{
	const struct kb_entry *predicted =
		i->type == KB_DO_BOOT ? kb_catalog_predicted(&k->engine.catalog, i->id) : NULL;

	if (predicted) {
		kb_engine_notice(&k->engine, KB_NOTICE_INFO,
				 "Waiting for %s: %s was there the last time, and starts when that "
				 "disk has been read.",
				 kb_device_display(predicted->device), kb_entry_display(predicted));
	} else if (i->type == KB_DO_BOOT && k->engine.policy.restricted == KB_RESTRICTION_UNKNOWN) {
		kb_engine_notice(
			&k->engine, KB_NOTICE_INFO,
			"Waiting for the disks that are still being read: one may restrict "
			"what is booted.");
	}
}

static void take(struct kb_core *k, struct kb_client *c, struct kb_question *q)
{
	bool is_new = !q->deferred;

	if (is_new && c->uid != 0 && c->uid != geteuid()) {
		kb_client_reply(c, &q->intent, false, "only root may talk to the boot engine");
		kb_client_answered(c, q);
		return;
	}
	kb_engine_fresh_catalog(&k->engine);
	if (!kb_core_may_serve(k, &c->actor, &q->intent)) {
		q->deferred = true;
		if (is_new) {
			give_up_deferred(c, q);
			say_what_is_waited_for(k, &q->intent);
		}
		return;
	}
	if (q->intent.type == KB_DO_SELECT) {
		give_up_boot(c, q->intent.id);
	}
	if (q->intent.type == KB_DO_CANCEL) {
		give_up_deferred(c, q);
	}
	serve(k, c, &q->intent);
	kb_client_answered(c, q);
}

void kb_core_serve_questions(struct kb_core *k, struct kb_client *c)
{
	struct kb_question *next;

	for (struct kb_question *q = c->questions; q && !c->dropped; q = next) {
		next = q->next;
		if (k->engine.state == KB_ENGINE_LEAVING) {
			kb_client_answered(c, q);
		} else {
			/* What may be given up for it came before it. */
			take(k, c, q);
		}
	}
}
