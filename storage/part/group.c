/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "part/group.h"

#include <string.h>

static bool counts(const struct kb_member *member)
{
	return !member->is_refused && member->uuid && member->uuid[0];
}

static bool is_first(const struct kb_assembly *a, size_t at)
{
	for (size_t i = 0; i < at; i++) {
		if (counts(&a->members[i]) &&
		    strcmp(a->members[i].uuid, a->members[at].uuid) == 0) {
			return false;
		}
	}
	return true;
}

bool kb_group_next(const struct kb_assembly *a, size_t *at, struct kb_group *ret_group)
{
	for (; *at < a->n_members; (*at)++) {
		const struct kb_member *first = &a->members[*at];

		if (!counts(first) || !is_first(a, *at)) {
			continue;
		}
		*ret_group = (struct kb_group){.uuid = first->uuid};
		for (size_t i = (*at)++; i < a->n_members && ret_group->n < KB_SET_MAX_MEMBERS;
		     i++) {
			if (counts(&a->members[i]) &&
			    strcmp(a->members[i].uuid, first->uuid) == 0) {
				ret_group->members[ret_group->n++] = &a->members[i];
			}
		}
		return true;
	}
	return false;
}

struct kb_set kb_group_set(const struct kb_group *group, enum kb_set_kind kind)
{
	struct kb_set set = {.kind = kind, .uuid = group->uuid, .n_members = group->n};

	for (size_t i = 0; i < group->n; i++) {
		set.members[i] = group->members[i]->name;
	}
	return set;
}

void kb_group_put_copies(const struct kb_assembly *a, const char *uuid, struct kb_buf *why)
{
	for (size_t i = 0; i < a->n_members; i++) {
		const struct kb_member *member = &a->members[i];

		if (member->is_refused && member->uuid && strcmp(member->uuid, uuid) == 0) {
			kb_buf_printf(why, "%s%s is left out: it is a copy",
				      why->len > 0 ? "; " : "", member->name);
		}
	}
}

int kb_set_tell(const struct kb_set_sink *sink, struct kb_set set, enum kb_set_state state,
		const char *why)
{
	set.state = state;
	set.why = why && why[0] ? why : NULL;
	return sink->take(sink->ctx, &set);
}
