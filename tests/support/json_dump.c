/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json_dump.h"

static void dump_parts(const struct kb_json *value, const char *key, struct kb_buf *json);

static void dump(const struct kb_json *value, const char *key, struct kb_buf *json)
{
	switch (value->type) {
	case KB_JSON_NULL:
		kb_json_put_null(json, key);
		break;
	case KB_JSON_BOOL:
		kb_json_put_bool(json, key, value->is_true);
		break;
	case KB_JSON_INT:
		kb_json_put_int(json, key, value->integer);
		break;
	case KB_JSON_REAL: /* The product writes none: the bytes of an integer, then the rest. */
		kb_json_put_int(json, key, 0);
		json->len--;
		kb_buf_puts(json, value->text);
		break;
	case KB_JSON_TEXT:
		kb_json_put_text(json, key, value->text);
		break;
	default:
		dump_parts(value, key, json);
		break;
	}
}

static void dump_parts(const struct kb_json *value, const char *key, struct kb_buf *json)
{
	bool is_object = value->type == KB_JSON_OBJECT;

	kb_json_open(json, key, is_object ? '{' : '[');
	for (const struct kb_json *part = value->parts; part; part = part->next) {
		dump(part, is_object ? part->key : NULL, json);
	}
	kb_json_close(json, is_object ? '}' : ']');
}

void json_dump(const struct kb_json *value, struct kb_buf *json)
{
	dump(value, NULL, json);
}

static void new_line(struct kb_buf *text, size_t depth)
{
	kb_buf_printf(text, "\n%*s", (int)(2 * depth), "");
}

void json_indent(struct kb_str compact, struct kb_buf *text)
{
	size_t depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < compact.len; i++) {
		char c = compact.data[i];
		bool is_empty = i + 1 < compact.len && (c == '{' || c == '[') &&
				compact.data[i + 1] == c + 2;

		if (!quoted && (c == '}' || c == ']') && compact.data[i - 1] != c - 2) {
			new_line(text, --depth);
		}
		kb_buf_putc(text, c);
		if (c == '\\') {
			kb_buf_putc(text, compact.data[++i]);
		} else if (c == '"') {
			quoted = !quoted;
		} else if (!quoted && (c == '{' || c == '[') && !is_empty) {
			new_line(text, ++depth);
		} else if (!quoted && c == ',') {
			new_line(text, depth);
		} else if (!quoted && c == ':') {
			kb_buf_putc(text, ' ');
		}
	}
}
