/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TEMPORARY */
#ifndef TMP_POLICY_H
#define TMP_POLICY_H
#include "catalog/choice.h"
enum kb_environment_status { KB_ENV_UNKNOWN, KB_ENV_FOUND, KB_ENV_NONE };
struct kb_environment_id {
	uint64_t place;
	char uuid[64];
	bool removable;
};
enum kb_restricted { KB_RESTRICTED_NOT_YET, KB_RESTRICTED_NO, KB_RESTRICTED_YES };
struct kb_policy {
	enum kb_restricted restricted;
	struct kb_environment_id environment;
};
enum kb_action {
	KB_ACTION_SEE,
	KB_ACTION_BOOT,
	KB_ACTION_ARM,
	KB_ACTION_JUMP,
	KB_ACTION_EDIT,
	KB_ACTION_TYPE,
	KB_ACTION_SHELL,
	KB_ACTION_LOOK,
	KB_ACTION_WRITE,
	KB_ACTION_SET,
	KB_ACTION_POWER
};
enum kb_answer { KB_YES, KB_NOT_YET, KB_NO };
#define KB_RESTRICTED_TEXT "this kboot is restricted: only its labels may be used, as they are"

static inline bool kb_environment_is(const struct kb_environment_id *id, const struct kb_place *p)
{
	return id->place && id->place == (uint64_t)(uintptr_t)p;
}
static inline void kb_environment_id_of(const struct kb_place *p, struct kb_environment_id *id)
{
	*id = (struct kb_environment_id){.place = (uint64_t)(uintptr_t)p,
					 .removable = p && p->block.removable};
}
static inline void kb_policy_update(struct kb_policy *p, const struct kb_settings *s,
				    enum kb_environment_status st,
				    const struct kb_environment_id *id)
{
	p->environment = *id;
	if (p->restricted != KB_RESTRICTED_YES)
		p->restricted = kb_settings_bool(s, KB_VAR_RESTRICTED) ? KB_RESTRICTED_YES
				: st == KB_ENV_UNKNOWN                 ? KB_RESTRICTED_NOT_YET
								       : KB_RESTRICTED_NO;
}
struct kb_provenance {
	int x;
};
static inline struct kb_provenance kb_provenance_of(const struct kb_places *p,
						    const struct kb_entry *e)
{
	(void)p;
	return (struct kb_provenance){e && e->device ? 1 : 0};
}
static inline enum kb_answer kb_policy_may(const struct kb_policy *p, enum kb_action a,
					   struct kb_provenance o)
{
	(void)o;
	if (p->restricted == KB_RESTRICTED_YES && a > KB_ACTION_JUMP && a != KB_ACTION_POWER)
		return KB_NO;
	return p->restricted == KB_RESTRICTED_NOT_YET && o.x ? KB_NOT_YET : KB_YES;
}
#endif
