/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/base/record.h"

#include <errno.h>
#include <limits.h>

static uint64_t get_number(const struct kb_field *field, const void *at)
{
	switch (field->type) {
	case KB_FIELD_UINT:
	case KB_FIELD_ENUM:
		return *(const unsigned *)at;
	case KB_FIELD_INT64:
		return *(const int64_t *)at < 0 ? 0 : (uint64_t) * (const int64_t *)at;
	case KB_FIELD_SIZE:
		return *(const size_t *)at;
	default:
		return *(const uint64_t *)at;
	}
}

static int put_number(const struct kb_field *field, int64_t value, void *at)
{
	if (value < 0) {
		return -EINVAL;
	}
	switch (field->type) {
	case KB_FIELD_UINT:
	case KB_FIELD_ENUM:
		if (value > (int64_t)UINT_MAX) {
			return -EINVAL;
		}
		*(unsigned *)at = (unsigned)value;
		return 0;
	case KB_FIELD_INT64:
		*(int64_t *)at = value;
		return 0;
	case KB_FIELD_SIZE:
		if ((uint64_t)value > SIZE_MAX) {
			return -EINVAL;
		}
		*(size_t *)at = (size_t)value;
		return 0;
	default:
		*(uint64_t *)at = (uint64_t)value;
		return field->type == KB_FIELD_NONZERO && value == 0 ? -EINVAL : 0;
	}
}

static void encode_number(const struct kb_field *field, uint64_t value, struct kb_buf *json)
{
	if (value > 0 || field->type != KB_FIELD_NONZERO) {
		kb_json_put_int(json, field->name,
				value > (uint64_t)INT64_MAX ? INT64_MAX : (int64_t)value);
	}
}

static int encode_field(const struct kb_field *field, const void *at, struct kb_buf *json)
{
	switch (field->type) {
	case KB_FIELD_TEXT:
		if (*(const char *const *)at) {
			kb_json_put_text(json, field->name, *(const char *const *)at);
		}
		return 0;
	case KB_FIELD_ARRAY:
		kb_json_put_text(json, field->name, at);
		return 0;
	case KB_FIELD_BOOL:
		if (*(const bool *)at) {
			kb_json_put_bool(json, field->name, true);
		}
		return 0;
	case KB_FIELD_ENUM:
		if (get_number(field, at) >= field->size) {
			return -EINVAL;
		}
		kb_json_put_text(json, field->name, field->names[get_number(field, at)]);
		return 0;
	default:
		encode_number(field, get_number(field, at), json);
		return 0;
	}
}

int kb_record_encode(const struct kb_field *fields, size_t n_fields, int record, const void *from,
		     struct kb_buf *json)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n_fields; i++) {
		if (fields[i].record == record) {
			r = encode_field(&fields[i], (const char *)from + fields[i].offset, json);
		}
	}
	return r;
}

static void copy_cut(char *to, size_t size, const char *text)
{
	struct kb_str rest = kb_str_from(text);
	size_t used = 0;

	while (rest.len > 0) {
		size_t len = kb_str_utf8_len(rest);

		len = len ? len : 1;
		if (used + len >= size) {
			break;
		}
		memcpy(to + used, rest.data, len);
		used += len;
		rest = kb_str_skip(rest, len);
	}
	to[used] = '\0';
}

static int decode_text(const struct kb_field *field, const struct kb_json *value, void *at)
{
	if (value->type != KB_JSON_TEXT) {
		return -EINVAL;
	}
	if (field->type == KB_FIELD_ARRAY) {
		copy_cut(at, field->size, value->text);
	} else {
		*(const char **)at = value->text;
	}
	return 0;
}

static int decode_field(const struct kb_field *field, const struct kb_json *value, void *at)
{
	if (!value) {
		return 0;
	}
	switch (field->type) {
	case KB_FIELD_TEXT:
	case KB_FIELD_ARRAY:
		return decode_text(field, value, at);
	case KB_FIELD_BOOL:
		*(bool *)at = value->is_true;
		return value->type == KB_JSON_BOOL ? 0 : -EINVAL;
	case KB_FIELD_ENUM:
		return value->type == KB_JSON_TEXT
			       ? put_number(field,
					    kb_record_name(field->names, field->size, value->text),
					    at)
			       : -EINVAL;
	default:
		return value->type == KB_JSON_INT ? put_number(field, value->integer, at) : -EINVAL;
	}
}

int kb_record_decode(const struct kb_field *fields, size_t n_fields, int record,
		     const struct kb_json *object, void *to)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n_fields; i++) {
		if (fields[i].record == record) {
			r = decode_field(&fields[i], kb_json_get(object, fields[i].name),
					 (char *)to + fields[i].offset);
		}
	}
	return r;
}

int kb_record_copy_texts(const struct kb_field *fields, size_t n_fields, int record,
			 struct kb_arena *arena, void *at)
{
	for (size_t i = 0; i < n_fields; i++) {
		const char **text = (const char **)((char *)at + fields[i].offset);

		if (fields[i].record == record && fields[i].type == KB_FIELD_TEXT && *text) {
			*text = kb_arena_strdup(arena, *text);
			if (!*text) {
				return -ENOMEM;
			}
		}
	}
	return 0;
}

int kb_record_name(const char *const *names, size_t n_names, const char *name)
{
	for (size_t i = 0; name && i < n_names; i++) {
		if (strcmp(names[i], name) == 0) {
			return (int)i;
		}
	}
	return -1;
}

int kb_record_read(const struct kb_field *fields, size_t n_fields, int record,
		   struct kb_arena *arena, struct kb_str line, void *to)
{
	KB_ARENA struct kb_arena scratch = {0};
	const struct kb_json *object = NULL;
	int r = kb_json_parse(&scratch, line, &object);

	if (r == 0) {
		r = object->type == KB_JSON_OBJECT ? 0 : -EINVAL;
	}
	if (r == 0) {
		r = kb_record_decode(fields, n_fields, record, object, to);
	}
	return r < 0 ? r : kb_record_copy_texts(fields, n_fields, record, arena, to);
}
