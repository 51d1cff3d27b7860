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
/* null and a missing value are NULL; anything else than text is -EINVAL. Borrowed from the object.
 */
KB_MUST_CHECK int text_from_json(const struct kb_json *object, const char *key,
				 const char **ret_text);

KB_MUST_CHECK int text_fields_copy(struct kb_arena *arena, const struct text_field *fields,
				   size_t n_fields, const void *from, void *to);
void text_fields_to_json(const struct text_field *fields, size_t n_fields, const void *from,
			 struct kb_buf *json);
/* Without those that are NULL. */
void text_fields_known_to_json(const struct text_field *fields, size_t n_fields, const void *from,
			       struct kb_buf *json);
KB_MUST_CHECK int text_fields_from_json(const struct text_field *fields, size_t n_fields,
					const struct kb_json *object, void *to);

#endif
