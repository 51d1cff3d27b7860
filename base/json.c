/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/base/json.h"

#include <errno.h>
#include <inttypes.h>

#include "kboot/base/bytes.h"
#include "kboot/base/replace.h"

/* --- writing */

static void put_escape(struct kb_buf *b, char c)
{
	static const char meant[] = "\"\\\b\f\n\r\t";
	static const char letters[] = "\"\\bfnrt";
	const char *at = strchr(meant, c);

	if (at) {
		kb_buf_putc(b, '\\');
		kb_buf_putc(b, letters[at - meant]);
	} else {
		kb_buf_printf(b, "\\u%04X", (unsigned)c);
	}
}

/* How many bytes at the head of text are ASCII that stands for itself. */
static size_t plain_run(struct kb_str text)
{
	size_t n = 0;

	while (n < text.len && text.data[n] >= ' ' && text.data[n] < 0x7f && text.data[n] != '"' &&
	       text.data[n] != '\\') {
		n++;
	}
	return n;
}

static void put_quoted(struct kb_buf *b, struct kb_str text)
{
	kb_buf_putc(b, '"');
	while (text.len > 0) {
		size_t n = plain_run(text);

		kb_buf_str(b, kb_str_head(text, n));
		text = kb_str_skip(text, n);
		if (text.len == 0) {
			break;
		}
		n = kb_str_utf8_len(text);
		n = n > 0 ? n : 1;
		if (n == 1 && text.data[0] >= 0 && text.data[0] < 0x7f) {
			put_escape(b, text.data[0]);
		} else {
			kb_bytes_to_text(b, kb_str_head(text, n));
		}
		text = kb_str_skip(text, n);
	}
	kb_buf_putc(b, '"');
}

/* What a value stands behind says whether a comma is due: no text ends in one of these. */
static void put_key(struct kb_buf *b, const char *key)
{
	if (b->len > 0 && !strchr("{[:\n", b->data[b->len - 1])) {
		kb_buf_putc(b, ',');
	}
	if (key) {
		put_quoted(b, kb_str_from(key));
		kb_buf_putc(b, ':');
	}
}

void kb_json_open(struct kb_buf *b, const char *key, char bracket)
{
	put_key(b, key);
	kb_buf_putc(b, bracket);
}

void kb_json_close(struct kb_buf *b, char bracket)
{
	kb_buf_putc(b, bracket);
}

void kb_json_put_str(struct kb_buf *b, const char *key, struct kb_str text)
{
	put_key(b, key);
	put_quoted(b, text);
}

void kb_json_put_text(struct kb_buf *b, const char *key, const char *text)
{
	if (text) {
		kb_json_put_str(b, key, kb_str_from(text));
	} else {
		kb_json_put_null(b, key);
	}
}

void kb_json_put_int(struct kb_buf *b, const char *key, int64_t value)
{
	put_key(b, key);
	kb_buf_printf(b, "%" PRIi64, value);
}

void kb_json_put_bool(struct kb_buf *b, const char *key, bool value)
{
	put_key(b, key);
	kb_buf_puts(b, value ? "true" : "false");
}

void kb_json_put_null(struct kb_buf *b, const char *key)
{
	put_key(b, key);
	kb_buf_puts(b, "null");
}

int kb_json_end_line(struct kb_buf *b, size_t start, size_t max, int r)
{
	kb_buf_puts(b, "}\n");
	r = r < 0 ? r : kb_buf_error(b);
	if (r == 0 && b->len - start > max) {
		r = -EMSGSIZE;
	}
	if (r < 0 && b->data) {
		b->len = start;
		b->data[start] = '\0';
	}
	return r;
}

void kb_json_tell(int fd, struct kb_buf *b)
{
	if (kb_json_end_line(b, 0, SIZE_MAX, 0) == 0) {
		(void)!kb_write_all(fd, kb_buf_view(b));
	}
}

/* --- access */

const struct kb_json *kb_json_get(const struct kb_json *object, const char *key)
{
	const struct kb_json *found = NULL;

	if (!kb_json_is(object, KB_JSON_OBJECT)) {
		return NULL;
	}
	for (const struct kb_json *part = object->parts; part; part = part->next) {
		if (part->key[0] == key[0] && strcmp(part->key, key) == 0) {
			found = part;
		}
	}
	return kb_json_is(found, KB_JSON_NULL) ? NULL : found;
}

const char *kb_json_get_str(const struct kb_json *object, const char *key, const char *otherwise)
{
	const struct kb_json *value = kb_json_get(object, key);

	return kb_json_is(value, KB_JSON_TEXT) ? value->text : otherwise;
}

int64_t kb_json_get_int(const struct kb_json *object, const char *key, int64_t otherwise)
{
	const struct kb_json *value = kb_json_get(object, key);

	return kb_json_is(value, KB_JSON_INT) ? value->integer : otherwise;
}

bool kb_json_get_bool(const struct kb_json *object, const char *key, bool otherwise)
{
	const struct kb_json *value = kb_json_get(object, key);

	return kb_json_is(value, KB_JSON_BOOL) ? value->is_true : otherwise;
}

int kb_json_copy_str(struct kb_arena *arena, const struct kb_json *object, const char *key,
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
