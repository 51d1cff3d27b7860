/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON text becomes values in an arena (RFC 8259). */
#include <errno.h>
#include <math.h>

#include "kboot/base/bytes.h"
#include "kboot/base/json.h"

struct parser {
	struct kb_arena *arena;
	struct kb_str rest;
	char *out; /* the end of the string that is being read */
	unsigned depth;
};

static int parse_value(struct parser *p, struct kb_json *value);

static char head(const struct parser *p)
{
	if (p->rest.len == 0) {
		return '\0';
	}
	return p->rest.data[0];
}

static void skip_blanks(struct parser *p)
{
	while (head(p) == ' ' || (head(p) >= '\t' && head(p) <= '\n') || head(p) == '\r') {
		p->rest = kb_str_skip(p->rest, 1);
	}
}

static bool take(struct parser *p, char c)
{
	if (p->rest.len == 0 || p->rest.data[0] != c) {
		return false;
	}
	p->rest = kb_str_skip(p->rest, 1);
	return true;
}

/* --- strings */

static int take_hex(struct parser *p, unsigned *ret_unit)
{
	unsigned unit = 0;

	for (int i = 0; i < 4; i++) {
		unsigned value = kb_hex_value(head(p));

		if (value == 16) {
			return -EINVAL;
		}
		unit = unit << 4 | value;
		p->rest = kb_str_skip(p->rest, 1);
	}
	*ret_unit = unit;
	return 0;
}

static void put(struct parser *p, unsigned c)
{
	*p->out++ = (char)c;
}

static void put_code_point(struct parser *p, unsigned ch)
{
	if (ch < 0x80) {
		put(p, ch);
	} else if (ch < 0x800) {
		put(p, 0xc0 | ch >> 6);
	} else if (ch < 0x10000) {
		put(p, 0xe0 | ch >> 12);
		put(p, 0x80 | (ch >> 6 & 0x3f));
	} else {
		put(p, 0xf0 | ch >> 18);
		put(p, 0x80 | (ch >> 12 & 0x3f));
		put(p, 0x80 | (ch >> 6 & 0x3f));
	}
	if (ch >= 0x80) {
		put(p, 0x80 | (ch & 0x3f));
	}
}

/* Behind \u. A NUL would end our texts early; half a surrogate pair is no character. */
static int take_unicode(struct parser *p)
{
	unsigned unit;
	unsigned low = 0;
	int r = take_hex(p, &unit);

	if (r < 0 || unit == 0 || (unit >= 0xdc00 && unit < 0xe000)) {
		return -EINVAL;
	}
	if (unit >= 0xd800 && unit < 0xdc00) {
		if (!take(p, '\\') || !take(p, 'u') || take_hex(p, &low) < 0 || low < 0xdc00 ||
		    low > 0xdfff) {
			return -EINVAL;
		}
		unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
	}
	put_code_point(p, unit);
	return 0;
}

/* Behind a backslash. */
static int take_escape(struct parser *p)
{
	static const char letters[] = "\"\\/bfnrt";
	static const char meant[] = "\"\\/\b\f\n\r\t";
	const char *letter;

	if (take(p, 'u')) {
		return take_unicode(p);
	}
	letter = head(p) ? strchr(letters, head(p)) : NULL;
	if (!letter) {
		return -EINVAL;
	}
	p->rest = kb_str_skip(p->rest, 1);
	put(p, (unsigned char)meant[letter - letters]);
	return 0;
}

/* Bytes of the text up to its closing quote; what it stands for is not longer. */
static size_t quoted_len(struct kb_str rest)
{
	size_t n = 0;

	while (n < rest.len && rest.data[n] != '"') {
		n += rest.data[n] == '\\' ? 2 : 1;
	}
	return n < rest.len ? n : rest.len;
}

/* The bytes at the head that stand for themselves, one a character. */
static size_t plain_len(struct kb_str rest)
{
	size_t n = 0;

	while (n < rest.len && rest.data[n] >= ' ' && rest.data[n] < 0x7f && rest.data[n] != '"' &&
	       rest.data[n] != '\\') {
		n++;
	}
	return n;
}

/* A text of the arena. */
static int take_string(struct parser *p, char **ret_text)
{
	char *text;
	int r = take(p, '"') ? 0 : -EINVAL;

	if (r < 0) {
		return r;
	}
	text = kb_arena_alloc(p->arena, quoted_len(p->rest) + 1);
	if (!text) {
		return -ENOMEM;
	}
	p->out = text;
	while (r == 0 && !take(p, '"')) {
		size_t len = plain_len(p->rest);

		len = len > 0 ? len : kb_str_utf8_len(p->rest);
		if (len == 0 || (unsigned char)p->rest.data[0] < 0x20) {
			return -EINVAL;
		}
		if (len == 1 && take(p, '\\')) {
			r = take_escape(p);
			continue;
		}
		memcpy(p->out, p->rest.data, len);
		p->out += len;
		p->rest = kb_str_skip(p->rest, len);
	}
	*p->out = '\0';
	*ret_text = text;
	return r;
}

/* In place: a marked byte is written as four. */
static void marks_to_bytes(char *text, size_t len)
{
	struct kb_str rest = {text, len};

	if (!memchr(text, 0xf4, len)) {
		return;
	}
	while (rest.len > 0) {
		unsigned char byte = kb_bytes_marked(rest);

		*text = rest.data[0];
		if (byte) {
			*text = (char)byte;
		}
		text++;
		rest = kb_str_skip(rest, byte ? KB_BYTES_MARK_LEN : 1);
	}
	*text = '\0';
}

static int parse_string(struct parser *p, struct kb_json *value)
{
	char *text = NULL;
	int r = take_string(p, &text);

	if (r == 0) {
		marks_to_bytes(text, (size_t)(p->out - text));
		value->type = KB_JSON_TEXT;
		value->text = text;
	}
	return r;
}

/* --- numbers and words */

static size_t take_digits(struct parser *p)
{
	size_t n = 0;

	while (head(p) >= '0' && head(p) <= '9') {
		p->rest = kb_str_skip(p->rest, 1);
		n++;
	}
	return n;
}

static int take_number(struct parser *p, bool *ret_is_real)
{
	bool is_real = false;

	(void)take(p, '-');
	if (!take(p, '0') && take_digits(p) == 0) {
		return -EINVAL;
	}
	if (take(p, '.')) {
		is_real = true;
		if (take_digits(p) == 0) {
			return -EINVAL;
		}
	}
	if (take(p, 'e') || take(p, 'E')) {
		is_real = true;
		if (!take(p, '-')) {
			(void)take(p, '+');
		}
		if (take_digits(p) == 0) {
			return -EINVAL;
		}
	}
	*ret_is_real = is_real;
	return 0;
}

static int parse_number(struct parser *p, struct kb_json *value)
{
	struct kb_str number = p->rest;
	bool is_real;
	int r = take_number(p, &is_real);

	if (r < 0) {
		return r;
	}
	value->type = is_real ? KB_JSON_REAL : KB_JSON_INT;
	value->text = kb_arena_str(p->arena, kb_str_head(number, number.len - p->rest.len));
	if (!value->text) {
		return -ENOMEM;
	}
	errno = 0;
	if (is_real) {
		return isfinite(strtod(value->text, NULL)) ? 0 : -EINVAL;
	}
	value->integer = strtoll(value->text, NULL, 10);
	return errno == ERANGE ? -EINVAL : 0;
}

static int parse_word(struct parser *p, struct kb_json *value)
{
	static const struct {
		struct kb_str word;
		struct kb_json value;
	} words[] = {
		{KB_STR("true"), {.type = KB_JSON_BOOL, .is_true = true}},
		{KB_STR("false"), {.type = KB_JSON_BOOL}},
		{KB_STR("null"), {.type = KB_JSON_NULL}},
	};

	for (size_t i = 0; i < KB_ARRAY_LEN(words); i++) {
		if (kb_str_starts(p->rest, words[i].word)) {
			p->rest = kb_str_skip(p->rest, words[i].word.len);
			value->type = words[i].value.type;
			value->is_true = words[i].value.is_true;
			return 0;
		}
	}
	return -EINVAL;
}

/* --- arrays and objects */

static int take_key(struct parser *p, const char **ret_key)
{
	char *key;
	int r;

	skip_blanks(p);
	r = take_string(p, &key);
	if (r < 0) {
		return r;
	}
	skip_blanks(p);
	marks_to_bytes(key, (size_t)(p->out - key));
	*ret_key = key;
	return take(p, ':') ? 0 : -EINVAL;
}

/* Behind the opening bracket. */
static int parse_parts(struct parser *p, enum kb_json_type type, char end, struct kb_json *value)
{
	const struct kb_json **at = &value->parts;
	int r = ++p->depth > KB_JSON_MAX_DEPTH ? -EINVAL : 0;

	value->type = type;
	skip_blanks(p);
	while (r == 0 && !take(p, end)) {
		struct kb_json *part = kb_arena_alloc(p->arena, sizeof(*part));

		if (!part) {
			return -ENOMEM;
		}
		*at = part;
		at = &part->next;
		r = type == KB_JSON_OBJECT ? take_key(p, &part->key) : 0;
		r = r == 0 ? parse_value(p, part) : r;
		skip_blanks(p);
		if (r == 0 && head(p) != end) {
			r = take(p, ',') ? 0 : -EINVAL;
			skip_blanks(p);
			r = head(p) == end ? -EINVAL : r;
		}
	}
	p->depth--;
	return r;
}

static int parse_value(struct parser *p, struct kb_json *value)
{
	skip_blanks(p);
	if (head(p) == '"') {
		return parse_string(p, value);
	}
	if (head(p) == '-' || (head(p) >= '0' && head(p) <= '9')) {
		return parse_number(p, value);
	}
	if (take(p, '{')) {
		return parse_parts(p, KB_JSON_OBJECT, '}', value);
	}
	if (take(p, '[')) {
		return parse_parts(p, KB_JSON_ARRAY, ']', value);
	}
	return parse_word(p, value);
}

int kb_json_parse(struct kb_arena *arena, struct kb_str text, const struct kb_json **ret_value)
{
	struct parser p = {.arena = arena, .rest = text};
	struct kb_json *value = kb_arena_alloc(arena, sizeof(*value));
	int r = value ? parse_value(&p, value) : -ENOMEM;

	skip_blanks(&p);
	if (r == 0 && p.rest.len > 0) {
		r = -EINVAL;
	}
	if (r == 0) {
		*ret_value = value;
	}
	return r;
}
