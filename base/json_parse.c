/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON text becomes jansson's values (RFC 8259). Not by jansson's own parser: where no memory is
 * left, 2.14 leaves bytes of a string out (load.c, lex_save), and when the closing quote is one of
 * them, reads and writes behind its buffers.
 */
#include <errno.h>
#include <math.h>

#include "kboot/base/bytes.h"
#include "kboot/base/json.h"

struct parser {
	struct kb_str rest;
	struct kb_buf text;  /* the string or number that was read last */
	struct kb_buf bytes; /* what the string stands for */
	unsigned depth;
};

static int parse_value(struct parser *p, json_t **ret_value);

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
		char c = head(p);
		bool digit = c >= '0' && c <= '9';
		char folded = (char)(c | 0x20);

		if (!digit && (folded < 'a' || folded > 'f')) {
			return -EINVAL;
		}
		unit = unit << 4 | (unsigned)(digit ? c - '0' : folded - 'a' + 10);
		p->rest = kb_str_skip(p->rest, 1);
	}
	*ret_unit = unit;
	return 0;
}

static void put_code_point(struct kb_buf *text, unsigned ch)
{
	if (ch < 0x80) {
		kb_buf_putc(text, (char)ch);
	} else if (ch < 0x800) {
		kb_buf_putc(text, (char)(0xc0 | ch >> 6));
	} else if (ch < 0x10000) {
		kb_buf_putc(text, (char)(0xe0 | ch >> 12));
		kb_buf_putc(text, (char)(0x80 | (ch >> 6 & 0x3f)));
	} else {
		kb_buf_putc(text, (char)(0xf0 | ch >> 18));
		kb_buf_putc(text, (char)(0x80 | (ch >> 12 & 0x3f)));
		kb_buf_putc(text, (char)(0x80 | (ch >> 6 & 0x3f)));
	}
	if (ch >= 0x80) {
		kb_buf_putc(text, (char)(0x80 | (ch & 0x3f)));
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
	put_code_point(&p->text, unit);
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
	kb_buf_putc(&p->text, meant[letter - letters]);
	return 0;
}

/* To p->text. */
static int take_string(struct parser *p)
{
	kb_buf_reset(&p->text);
	kb_buf_append(&p->text, NULL, 0);
	if (!take(p, '"')) {
		return -EINVAL;
	}
	while (!take(p, '"')) {
		size_t len = kb_str_utf8_len(p->rest);

		if (len == 0 || (unsigned char)p->rest.data[0] < 0x20) {
			return -EINVAL;
		}
		if (take(p, '\\')) {
			int r = take_escape(p);

			if (r < 0) {
				return r;
			}
			continue;
		}
		kb_buf_append(&p->text, p->rest.data, len);
		p->rest = kb_str_skip(p->rest, len);
	}
	return kb_buf_error(&p->text);
}

static int parse_string(struct parser *p, json_t **ret_value)
{
	int r = take_string(p);

	if (r < 0) {
		return r;
	}
	kb_buf_reset(&p->bytes);
	kb_buf_append(&p->bytes, NULL, 0);
	kb_bytes_from_text(&p->bytes, kb_buf_view(&p->text));
	if (kb_buf_error(&p->bytes) < 0) {
		return kb_buf_error(&p->bytes);
	}
	*ret_value = json_stringn_nocheck(p->bytes.data, p->bytes.len);
	return *ret_value ? 0 : -ENOMEM;
}

/* --- numbers and words */

static size_t take_digits(struct parser *p)
{
	size_t n = 0;

	while (head(p) >= '0' && head(p) <= '9') {
		kb_buf_putc(&p->text, head(p));
		p->rest = kb_str_skip(p->rest, 1);
		n++;
	}
	return n;
}

static bool take_to_text(struct parser *p, char c)
{
	bool taken = take(p, c);

	if (taken) {
		kb_buf_putc(&p->text, c);
	}
	return taken;
}

/* To p->text. */
static int take_number(struct parser *p, bool *ret_is_real)
{
	bool is_real = false;

	kb_buf_reset(&p->text);
	(void)take_to_text(p, '-');
	if (!take_to_text(p, '0') && take_digits(p) == 0) {
		return -EINVAL;
	}
	if (take_to_text(p, '.')) {
		is_real = true;
		if (take_digits(p) == 0) {
			return -EINVAL;
		}
	}
	if (take_to_text(p, 'e') || take_to_text(p, 'E')) {
		is_real = true;
		if (!take_to_text(p, '-')) {
			(void)take_to_text(p, '+');
		}
		if (take_digits(p) == 0) {
			return -EINVAL;
		}
	}
	*ret_is_real = is_real;
	return kb_buf_error(&p->text);
}

static int parse_number(struct parser *p, json_t **ret_value)
{
	bool is_real;
	int r = take_number(p, &is_real);

	if (r < 0) {
		return r;
	}
	errno = 0;
	if (is_real) {
		double real = strtod(p->text.data, NULL);

		if (!isfinite(real)) {
			return -EINVAL;
		}
		*ret_value = json_real(real);
	} else {
		long long integer = strtoll(p->text.data, NULL, 10);

		if (errno == ERANGE) {
			return -EINVAL;
		}
		*ret_value = json_integer(integer);
	}
	return *ret_value ? 0 : -ENOMEM;
}

static int parse_word(struct parser *p, json_t **ret_value)
{
	static const struct {
		struct kb_str word;
		json_type type;
	} words[] = {
		{KB_STR("true"), JSON_TRUE},
		{KB_STR("false"), JSON_FALSE},
		{KB_STR("null"), JSON_NULL},
	};

	for (size_t i = 0; i < KB_ARRAY_LEN(words); i++) {
		if (kb_str_starts(p->rest, words[i].word)) {
			p->rest = kb_str_skip(p->rest, words[i].word.len);
			*ret_value = words[i].type == JSON_NULL
					     ? json_null()
					     : json_boolean(words[i].type == JSON_TRUE);
			return 0;
		}
	}
	return -EINVAL;
}

/* --- arrays and objects */

static int parse_item(struct parser *p, json_t *array)
{
	json_t *value = NULL;
	int r = parse_value(p, &value);

	if (r < 0) {
		return r;
	}
	return json_array_append_new(array, value) < 0 ? -ENOMEM : 0;
}

static int parse_member(struct parser *p, json_t *object)
{
	KB_FREE char *key = NULL;
	json_t *value = NULL;
	int r;

	skip_blanks(p);
	r = take_string(p);
	if (r == 0) {
		r = kb_buf_steal(&p->text, &key);
	}
	if (r < 0) {
		return r;
	}
	skip_blanks(p);
	r = take(p, ':') ? parse_value(p, &value) : -EINVAL;
	if (r < 0) {
		return r;
	}
	return json_object_set_new_nocheck(object, key, value) < 0 ? -ENOMEM : 0;
}

/* What is between the brackets; takes the value. */
static int parse_members(struct parser *p, json_t *value, char end, json_t **ret_value)
{
	KB_JSON json_t *all = value;
	int r = all ? 0 : -ENOMEM;

	if (++p->depth > KB_JSON_MAX_DEPTH) {
		r = -EINVAL;
	}
	skip_blanks(p);
	while (r == 0 && !take(p, end)) {
		r = json_is_array(all) ? parse_item(p, all) : parse_member(p, all);
		skip_blanks(p);
		if (r == 0 && head(p) != end) {
			r = take(p, ',') ? 0 : -EINVAL;
			skip_blanks(p);
			r = head(p) == end ? -EINVAL : r;
		}
	}
	p->depth--;
	if (r == 0) {
		*ret_value = kb_steal_ptr(&all);
	}
	return r;
}

static int parse_value(struct parser *p, json_t **ret_value)
{
	skip_blanks(p);
	if (head(p) == '"') {
		return parse_string(p, ret_value);
	}
	if (head(p) == '-' || (head(p) >= '0' && head(p) <= '9')) {
		return parse_number(p, ret_value);
	}
	if (take(p, '{')) {
		return parse_members(p, json_object(), '}', ret_value);
	}
	if (take(p, '[')) {
		return parse_members(p, json_array(), ']', ret_value);
	}
	return parse_word(p, ret_value);
}

int kb_json_parse(struct kb_str text, json_t **ret_value)
{
	struct parser p = {.rest = text};
	KB_JSON json_t *value = NULL;
	int r = parse_value(&p, &value);

	skip_blanks(&p);
	kb_buf_done(&p.text);
	kb_buf_done(&p.bytes);
	if (r == 0 && p.rest.len > 0) {
		r = -EINVAL;
	}
	if (r == 0) {
		*ret_value = kb_steal_ptr(&value);
	}
	return r;
}
