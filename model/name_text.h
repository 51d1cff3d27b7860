/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pieces that names are made of.
 * For name.c and smb_name.c.
 * Must not know which kinds of names there are.
 */
#ifndef KBOOT_MODEL_NAME_TEXT_H
#define KBOOT_MODEL_NAME_TEXT_H

#include "kboot/model/name.h"

/* The next component of a path that is neither empty nor ".". False at the end. */
bool name_next_component(struct kb_str *rest, struct kb_str *ret_component);
/* Without "." and empty components. NULL when out of memory. */
char *name_normalise(struct kb_arena *arena, bool absolute, struct kb_str path);
/* Is a component empty, "." or ".."? */
bool name_has_odd_component(struct kb_str place);
/* path NULL: out of memory. An empty place is none. */
KB_MUST_CHECK int name_fill(struct kb_arena *arena, enum kb_name_kind kind, struct kb_str place,
			    const char *path, struct kb_name *ret_name, struct kb_error *err);

#endif
