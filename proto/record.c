/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "record.h"

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

static int put_number(const struct kb_field *field, json_int_t value, void *at)
{
	if (value < 0) {
		return -EINVAL;
	}
	switch (field->type) {
	case KB_FIELD_UINT:
	case KB_FIELD_ENUM:
		if (value > (json_int_t)UINT_MAX) {
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
		return field->type == KB_FIELD_REQUEST && value == 0 ? -EINVAL : 0;
	}
}

static json_t *number_to_json(uint64_t value)
{
	return json_integer(value > (uint64_t)INT64_MAX ? INT64_MAX : (json_int_t)value);
}

static int encode_field(const struct kb_field *field, const void *at, json_t *object)
{
	const char *text;

	switch (field->type) {
	case KB_FIELD_TEXT:
		text = *(const char *const *)at;
		return text ? kb_json_set(object, field->name, kb_json_text(text)) : 0;
	case KB_FIELD_ARRAY:
		return kb_json_set(object, field->name, kb_json_text(at));
	case KB_FIELD_BOOL:
		return *(const bool *)at ? kb_json_set(object, field->name, json_true()) : 0;
	case KB_FIELD_REQUEST:
		return get_number(field, at) ? kb_json_set(object, field->name,
							   number_to_json(get_number(field, at)))
					     : 0;
	case KB_FIELD_ENUM:
		if (get_number(field, at) >= field->size) {
			return -EINVAL;
		}
		return kb_json_set(object, field->name,
				   json_string(field->names[get_number(field, at)]));
	default:
		return kb_json_set(object, field->name, number_to_json(get_number(field, at)));
	}
}

int kb_record_encode(const struct kb_field *fields, size_t n_fields, int record, const void *from,
		     json_t *object)
{
	for (size_t i = 0; i < n_fields; i++) {
		int r = fields[i].record == record
				? encode_field(&fields[i], (const char *)from + fields[i].offset,
					       object)
				: 0;

		if (r < 0) {
			return r;
		}
	}
	return 0;
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

static int decode_text(const struct kb_field *field, struct kb_arena *arena, const char *text,
		       void *at)
{
	char *copy;

	if (field->type == KB_FIELD_ARRAY) {
		copy_cut(at, field->size, text);
		return 0;
	}
	copy = kb_arena_strdup(arena, text);
	if (!copy) {
		return -ENOMEM;
	}
	*(const char **)at = copy;
	return 0;
}

static int decode_field(const struct kb_field *field, struct kb_arena *arena, const json_t *value,
			void *at)
{
	int index;

	if (!value || json_is_null(value)) {
		return 0;
	}
	switch (field->type) {
	case KB_FIELD_TEXT:
	case KB_FIELD_ARRAY:
		return json_is_string(value)
			       ? decode_text(field, arena, json_string_value(value), at)
			       : -EINVAL;
	case KB_FIELD_BOOL:
		*(bool *)at = json_is_true(value);
		return json_is_boolean(value) ? 0 : -EINVAL;
	case KB_FIELD_ENUM:
		index = json_is_string(value) ? kb_record_name(field->names, field->size,
							       json_string_value(value))
					      : -1;
		return put_number(field, index, at);
	default:
		return json_is_integer(value) ? put_number(field, json_integer_value(value), at)
					      : -EINVAL;
	}
}

int kb_record_decode(const struct kb_field *fields, size_t n_fields, int record,
		     struct kb_arena *arena, const json_t *object, void *to)
{
	for (size_t i = 0; i < n_fields; i++) {
		int r = fields[i].record == record
				? decode_field(&fields[i], arena,
					       json_object_get(object, fields[i].name),
					       (char *)to + fields[i].offset)
				: 0;

		if (r < 0) {
			return r;
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

int kb_record_line(const json_t *object, size_t max, struct kb_buf *buf)
{
	size_t start = buf->len;
	int r = kb_json_line(object, buf);

	if (r == 0 && buf->len - start > max) {
		buf->len = start;
		buf->data[start] = '\0';
		r = -EMSGSIZE;
	}
	return r;
}
