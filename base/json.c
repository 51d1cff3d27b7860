/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/base/json.h"

#include <errno.h>
#include <unistd.h>

#include "kboot/base/bytes.h"

json_t *kb_json_text(const char *text)
{
	/* Not json_string(): it refuses what is not UTF-8. */
	return text ? json_string_nocheck(text) : json_null();
}

const char *kb_json_get_str(const json_t *object, const char *key, const char *otherwise)
{
	const json_t *value = json_object_get(object, key);

	return json_is_string(value) ? json_string_value(value) : otherwise;
}

int64_t kb_json_get_int(const json_t *object, const char *key, int64_t otherwise)
{
	const json_t *value = json_object_get(object, key);

	return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

bool kb_json_get_bool(const json_t *object, const char *key, bool otherwise)
{
	const json_t *value = json_object_get(object, key);

	return json_is_boolean(value) ? json_is_true(value) : otherwise;
}

/* --- writing */

static bool is_all_text(json_t *value)
{
	const char *key;
	json_t *part;
	size_t i;

	switch (json_typeof(value)) {
	case JSON_STRING:
		return kb_bytes_are_text(
			kb_str_of(json_string_value(value), json_string_length(value)));
	case JSON_ARRAY:
		json_array_foreach (value, i, part) {
			if (!is_all_text(part)) {
				return false;
			}
		}
		return true;
	case JSON_OBJECT:
		json_object_foreach (value, key, part) {
			if (!is_all_text(part)) {
				return false;
			}
		}
		return true;
	default:
		return true;
	}
}

static int string_to_text(json_t *value)
{
	KB_BUF struct kb_buf text = {0};

	kb_bytes_to_text(&text, kb_str_of(json_string_value(value), json_string_length(value)));
	return kb_buf_error(&text) < 0 || text.len == 0
		       ? kb_buf_error(&text)
		       : json_string_setn_nocheck(value, text.data, text.len);
}

/* Not 0 where memory is gone. */
static int make_text(json_t *value)
{
	const char *key;
	json_t *part;
	size_t i;
	int r = 0;

	if (json_is_string(value)) {
		return string_to_text(value);
	}
	json_array_foreach (value, i, part) {
		r = r ? r : make_text(part);
	}
	json_object_foreach (value, key, part) {
		r = r ? r : make_text(part);
	}
	return r;
}

static int append(const char *data, size_t len, void *ctx)
{
	struct kb_buf *buf = ctx;

	kb_buf_append(buf, data, len);
	return kb_buf_error(buf);
}

int kb_json_write(const json_t *value, size_t flags, struct kb_buf *buf)
{
	KB_JSON json_t *copy = NULL;
	size_t start = buf->len;
	int r = 0;

	/* Names with stray bytes are rare: most of what is written needs no copy. */
	if (value && !is_all_text((json_t *)value)) {
		copy = json_deep_copy(value);
		r = copy ? make_text(copy) : -ENOMEM;
		value = copy;
	}
	if (r == 0) {
		r = json_dump_callback(value, append, buf, flags | JSON_ENCODE_ANY);
	}
	if (r == 0 && kb_buf_error(buf) == 0) {
		return 0;
	}
	if (buf->data) {
		buf->len = start;
		buf->data[start] = '\0';
	}
	return kb_buf_error(buf) ? kb_buf_error(buf) : -ENOMEM;
}

int kb_json_line(const json_t *value, struct kb_buf *buf)
{
	size_t start = buf->len;
	int r = kb_json_write(value, JSON_COMPACT, buf);

	if (r < 0) {
		return r;
	}
	kb_buf_putc(buf, '\n');
	if (kb_buf_error(buf) < 0) {
		buf->len = start;
		buf->data[start] = '\0';
	}
	return kb_buf_error(buf);
}

int kb_json_set(json_t *object, const char *key, json_t *value)
{
	return json_object_set_new(object, key, value) < 0 ? -ENOMEM : 0;
}

int kb_json_copy_str(struct kb_arena *arena, const json_t *object, const char *key,
		     const char **ret_text)
{
	const char *text = kb_json_get_str(object, key, NULL);
	const char *copy = kb_arena_strdup(arena, text);

	if (text && !copy) {
		return -ENOMEM;
	}
	if (text) {
		*ret_text = copy;
	}
	return 0;
}

void kb_json_tell(int fd, json_t *object)
{
	KB_BUF struct kb_buf line = {0};
	size_t done = 0;

	if (object && kb_json_line(object, &line) == 0) {
		while (done < line.len) {
			ssize_t n = write(fd, line.data + done, line.len - done);

			if (n < 0 && errno != EINTR) {
				break;
			}
			done += n > 0 ? (size_t)n : 0;
		}
	}
	json_decref(object);
}
