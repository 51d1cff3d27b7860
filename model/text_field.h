/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text members of a struct as a table, so that copying, writing and reading JSON share one
 * list. For model's own sources. Must not be used for text that is not NUL-terminated.
 */
#ifndef KBOOT_MODEL_TEXT_FIELD_H
#define KBOOT_MODEL_TEXT_FIELD_H

#include "kboot/base/arena.h"
#include "kboot/base/json.h"

struct text_field {
	const char *key;
	size_t offset; /* of a const char * */
};

KB_MUST_CHECK int text_copy(struct kb_arena *arena, const char *from, const char **ret_text);
/* null and a missing value are NULL; anything else than text, or a NUL in it, is -EINVAL. */
KB_MUST_CHECK int text_from_json(struct kb_arena *arena, const json_t *value,
				 const char **ret_text);

KB_MUST_CHECK int text_fields_copy(struct kb_arena *arena, const struct text_field *fields,
				   size_t n_fields, const void *from, void *to);
KB_MUST_CHECK int text_fields_to_json(const struct text_field *fields, size_t n_fields,
				      const void *from, json_t *object);
KB_MUST_CHECK int text_fields_from_json(struct kb_arena *arena, const struct text_field *fields,
					size_t n_fields, const json_t *object, void *to);

#endif
