/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Members by their uuid, and what is said of a set.
 * For every assembler.
 * Must not open anything.
 */
#ifndef KBOOT_STORAGE_PART_GROUP_H
#define KBOOT_STORAGE_PART_GROUP_H

#include "kboot/base/str.h"
#include "kboot/storage/assembly.h"

/* The members of one uuid that are not refused; only the first KB_SET_MAX_MEMBERS. */
struct kb_group {
	const char *uuid;
	const struct kb_member *members[KB_SET_MAX_MEMBERS];
	size_t n;
};

/* The group of the first uuid at or behind *at, which moves on; false: there is no more. */
bool kb_group_next(const struct kb_assembly *a, size_t *at, struct kb_group *ret_group);
/* A set of these members, of which more is to be said. */
struct kb_set kb_group_set(const struct kb_group *group, enum kb_set_kind kind);
/* Adds the members of that uuid that the caller refused: what is left out has to be said. */
void kb_group_put_copies(const struct kb_assembly *a, const char *uuid, struct kb_buf *why);
/* Tells of it. why may be NULL. */
KB_MUST_CHECK int kb_set_tell(const struct kb_set_sink *sink, struct kb_set set,
			      enum kb_set_state state, const char *why);

#endif
