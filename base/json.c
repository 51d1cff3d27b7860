/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/base/json.h"

#include <errno.h>
#include <unistd.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* C0, DEL, and C1, which some terminals obey even as UTF-8. */
static bool is_control(struct kb_str at, size_t len)
{
	unsigned char first = (unsigned char)at.data[0];

	return first < 0x20 || first == 0x7f ||
	       (len == 2 && first == 0xc2 && (unsigned char)at.data[1] < 0xa0);
}

static json_t *clean_text(const char *text, bool keep_line_feeds)
{
	KB_BUF struct kb_buf clean = {0};
	struct kb_str rest = kb_str_from(text);

	if (!text) {
		return json_null();
	}
	while (rest.len > 0) {
		size_t len = kb_str_utf8_len(rest);
		bool kept = keep_line_feeds && rest.data[0] == '\n';

		if (!kept && (len == 0 || is_control(rest, len))) {
			kb_buf_puts(&clean, REPLACEMENT);
		} else {
			kb_buf_append(&clean, rest.data, len);
		}
		rest = kb_str_skip(rest, len ? len : 1);
	}
	if (kb_buf_error(&clean)) {
		return NULL;
	}
	return json_stringn_nocheck(clean.len ? clean.data : "", clean.len);
}

json_t *kb_json_text(const char *text)
{
	return clean_text(text, false);
}

json_t *kb_json_lines(const char *text)
{
	return clean_text(text, true);
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

static int append(const char *data, size_t len, void *ctx)
{
	struct kb_buf *buf = ctx;

	kb_buf_append(buf, data, len);
	return kb_buf_error(buf);
}

int kb_json_line(const json_t *value, struct kb_buf *buf)
{
	size_t start = buf->len;
	int r = json_dump_callback(value, append, buf, JSON_COMPACT | JSON_ENCODE_ANY);

	kb_buf_putc(buf, '\n');
	if (r == 0 && kb_buf_error(buf) == 0) {
		return 0;
	}
	if (buf->data) {
		buf->len = start;
		buf->data[start] = '\0';
	}
	return kb_buf_error(buf) ? kb_buf_error(buf) : -ENOMEM;
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
