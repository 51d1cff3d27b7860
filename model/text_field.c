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

int text_from_json(const struct kb_json *object, const char *key, const char **ret_text)
{
	const struct kb_json *value = kb_json_get(object, key);

	if (value && value->type != KB_JSON_TEXT) {
		return -EINVAL;
	}
	*ret_text = value ? value->text : NULL;
	return 0;
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

void text_fields_to_json(const struct text_field *fields, size_t n_fields, const void *from,
			 struct kb_buf *json)
{
	for (size_t i = 0; i < n_fields; i++) {
		kb_json_put_text(json, fields[i].key, field_get(&fields[i], from));
	}
}

void text_fields_known_to_json(const struct text_field *fields, size_t n_fields, const void *from,
			       struct kb_buf *json)
{
	for (size_t i = 0; i < n_fields; i++) {
		if (field_get(&fields[i], from)) {
			text_fields_to_json(&fields[i], 1, from, json);
		}
	}
}

int text_fields_from_json(const struct text_field *fields, size_t n_fields,
			  const struct kb_json *object, void *to)
{
	for (size_t i = 0; i < n_fields; i++) {
		const char *text;
		int r = text_from_json(object, fields[i].key, &text);

		if (r < 0) {
			return r;
		}
		field_set(&fields[i], to, text);
	}
	return 0;
}
