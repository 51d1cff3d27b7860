/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kboot/core/policy.h"

/* What is known of the restriction, and of the environment that it makes an exception of. */
enum level { FREE, OPEN, LOCKED_OPEN, LOCKED, N_LEVELS };

/* y: yes, w: not yet (wait), n: no. A letter for each origin: own, environment, internal,
 * removable, remote, protected. */
static const char answers[KB_N_ACTIONS][N_LEVELS][KB_N_ORIGINS + 1] = {
	/*                   free     open     locked,  locked; the environment is known
	 *                                     open                                       */
	[KB_MAY_TELL] = {"yyyyyy", "yyyyyy", "yyyyyy", "yyyyyy"},
	[KB_MAY_POWER] = {"yyyyyy", "yyyyyy", "yyyyyy", "yyyyyy"},
	[KB_MAY_FIRMWARE] = {"yyyyyy", "wwwwww", "nnnnnn", "nnnnnn"},
	[KB_MAY_BOOT] = {"yyyyyy", "ywwwww", "yywnnn", "yynnnn"},
	[KB_MAY_ARM] = {"yyyyyy", "ywwwww", "yywnnn", "yynnnn"},
	[KB_MAY_LOAD_EARLY] = {"yyynnn", "yyynnn", "yywnnn", "yynnnn"},
	[KB_MAY_UNLOCK] = {"yyyyyy", "yyyyyy", "yyynnn", "yyynnn"},
	[KB_MAY_EDIT] = {"yyyyyy", "wwwwww", "nnnnnn", "nnnnnn"},
	[KB_MAY_TYPE] = {"yyyyyy", "wwwwww", "nnnnnn", "nnnnnn"},
	[KB_MAY_SHELL] = {"yyyyyy", "wwwwww", "nnnnnn", "nnnnnn"},
	[KB_MAY_LOOK] = {"yyyyyy", "wwwwww", "nnnnnn", "nnnnnn"},
	[KB_MAY_WRITE] = {"yyyyyy", "wwwwww", "nnnnnn", "nnnnnn"},
	[KB_MAY_SET] = {"yyyyyy", "wwwwww", "nnnnnn", "nnnnnn"},
	[KB_MAY_RESTRICT] = {"yyyyyy", "yyyyyy", "yyyyyy", "yyyyyy"},
};

/* A restricted kboot keeps the environment that it has, and takes none that is removable unless it
 * was that one's word that restricted it, just now. */
static bool may_take(const struct kb_policy *before, const struct kb_policy *p,
		     const struct kb_setting *said, const struct kb_environment *env)
{
	bool has_one = before->environment.place != 0;
	bool says_so =
		before->restricted != KB_RESTRICTED && said && said->rank == KB_RANK_ENVIRONMENT;

	if (p->restricted != KB_RESTRICTED) {
		return true;
	}
	if (before->restricted == KB_RESTRICTED && has_one) {
		return false;
	}
	return !env->id.removable || p->trust_removable || says_so;
}

bool kb_policy_update(struct kb_policy *p, const struct kb_settings *settings,
		      const struct kb_environment *env)
{
	const struct kb_policy before = *p;
	const struct kb_setting *said = kb_settings_restricted(settings, KB_N_RANKS);

	p->trust_removable = kb_settings_bool(settings, KB_VAR_TRUST_REMOVABLE);
	if (said && p->restricted != KB_RESTRICTED) {
		p->restricted = KB_RESTRICTED;
		kb_setting_source(said, p->by, sizeof(p->by));
	} else if (p->restricted != KB_RESTRICTED) {
		p->restricted =
			env->state == KB_ENV_UNKNOWN ? KB_RESTRICTION_UNKNOWN : KB_UNRESTRICTED;
	}
	if (may_take(&before, p, said, env)) {
		p->environment = env->id;
		p->environment_known = env->state != KB_ENV_UNKNOWN;
	}
	return p->restricted != before.restricted ||
	       p->environment_known != before.environment_known ||
	       p->environment.place != before.environment.place;
}

enum kb_origin kb_policy_origin(const struct kb_policy *p, const struct kb_entry *entry,
				const struct kb_place *place)
{
	if (entry && entry->is_protected) {
		return KB_ORIGIN_PROTECTED;
	}
	if (entry && entry->is_remote) {
		return KB_ORIGIN_REMOTE;
	}
	if (!place || place->kind < KB_PLACE_DEVICE) {
		return KB_ORIGIN_OWN;
	}
	if (kb_environment_is(&p->environment, place)) {
		return KB_ORIGIN_ENVIRONMENT;
	}
	return place->block.removable ? KB_ORIGIN_REMOVABLE : KB_ORIGIN_INTERNAL;
}

enum kb_answer kb_policy_ask(const struct kb_policy *p, enum kb_action action,
			     enum kb_origin origin)
{
	enum level level = p->restricted == KB_UNRESTRICTED          ? FREE
			   : p->restricted == KB_RESTRICTION_UNKNOWN ? OPEN
			   : p->environment_known                    ? LOCKED
								     : LOCKED_OPEN;
	char answer;

	if (origin == KB_ORIGIN_REMOVABLE && p->trust_removable) {
		origin = KB_ORIGIN_INTERNAL;
	}
	answer = answers[action][level][origin];
	return answer == 'y' ? KB_ANSWER_YES : answer == 'w' ? KB_ANSWER_NOT_YET : KB_ANSWER_NO;
}

enum kb_answer kb_policy_ask_for(const struct kb_policy *p, const struct kb_actor *actor,
				 enum kb_action action, enum kb_origin origin)
{
	struct kb_policy strict = *p;

	if (!actor->restricted) {
		return kb_policy_ask(p, action, origin);
	}
	/* Who stands at the machine has its switch; whom a key lets in for a label has not. */
	if (action == KB_MAY_POWER || action == KB_MAY_FIRMWARE || action == KB_MAY_RESTRICT) {
		return KB_ANSWER_NO;
	}
	strict.restricted = KB_RESTRICTED;
	return kb_policy_ask(&strict, action, origin);
}

bool kb_policy_allows_emergency_shell(const struct kb_emergency *known)
{
	static const struct kb_environment none = {.state = KB_ENV_NONE};
	const struct kb_diag_sink quiet = {0};
	struct kb_policy policy = {.restricted = KB_RESTRICTION_UNKNOWN};
	struct kb_settings settings = {0};
	struct kb_setting said = {.variable = KB_VAR_RESTRICTED, .rank = KB_RANK_IMAGE};
	struct kb_error err = {0};
	enum kb_answer answer = KB_ANSWER_NO;
	int r = 0;

	said.value = known->marked || known->unreadable ? "true" : known->restricted;
	if (said.value) {
		r = kb_settings_set(&settings, &said, &err);
	}
	if (r == 0) {
		r = kb_settings_from_cmdline(&settings, known->cmdline, &quiet);
	}
	if (r == 0) {
		(void)kb_policy_update(&policy, &settings, &none);
		answer = kb_policy_ask(&policy, KB_MAY_SHELL, KB_ORIGIN_OWN);
	}
	kb_settings_done(&settings);
	return answer == KB_ANSWER_YES;
}
