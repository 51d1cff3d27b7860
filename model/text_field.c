/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text_field.h"

#include <errno.h>

static const char *field_get(const struct text_field *field, const void *from)
{
	const char *text;

	memcpy(&text, (const char *)from + field->offset, sizeof(text));
	return text;
}

static void field_set(const struct text_field *field, void *to, const char *text)
{
	memcpy((char *)to + field->offset, &text, sizeof(text));
}

int text_copy(struct kb_arena *arena, const char *from, const char **ret_text)
{
	const char *copy = kb_arena_strdup(arena, from);

	if (from && !copy) {
		return -ENOMEM;
	}
	*ret_text = copy;
	return 0;
}

int text_from_json(struct kb_arena *arena, const json_t *value, const char **ret_text)
{
	const char *text = json_string_value(value);

	if (!value || json_is_null(value)) {
		*ret_text = NULL;
		return 0;
	}
	if (!text || strlen(text) != json_string_length(value)) {
		return -EINVAL;
	}
	return text_copy(arena, text, ret_text);
}

int text_fields_copy(struct kb_arena *arena, const struct text_field *fields, size_t n_fields,
		     const void *from, void *to)
{
	for (size_t i = 0; i < n_fields; i++) {
		const char *text;
		int r = text_copy(arena, field_get(&fields[i], from), &text);

		if (r < 0) {
			return r;
		}
		field_set(&fields[i], to, text);
	}
	return 0;
}

int text_fields_to_json(const struct text_field *fields, size_t n_fields, const void *from,
			json_t *object)
{
	for (size_t i = 0; i < n_fields; i++) {
		int r = kb_json_set(object, fields[i].key,
				    kb_json_text(field_get(&fields[i], from)));

		if (r < 0) {
			return r;
		}
	}
	return 0;
}

int text_fields_from_json(struct kb_arena *arena, const struct text_field *fields, size_t n_fields,
			  const json_t *object, void *to)
{
	for (size_t i = 0; i < n_fields; i++) {
		const char *text;
		int r = text_from_json(arena, json_object_get(object, fields[i].key), &text);

		if (r < 0) {
			return r;
		}
		field_set(&fields[i], to, text);
	}
	return 0;
}
