/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/formats/words.h"

static bool is_quote(char c)
{
	return c == '\'' || c == '"';
}

/* The offset of the partner of the quote at s.data[at], or s.len. */
static size_t partner(struct kb_str s, size_t at)
{
	return at + 1 + kb_str_find(kb_str_skip(s, at + 1), s.data[at]);
}

bool kb_words_next(struct kb_str *rest, struct kb_str *ret_word)
{
	struct kb_str s = *rest;
	size_t end = 0;

	while (s.len > 0 && kb_is_blank(s.data[0])) {
		s = kb_str_skip(s, 1);
	}
	while (end < s.len && !kb_is_blank(s.data[end])) {
		size_t close = is_quote(s.data[end]) ? partner(s, end) : s.len;

		end = close < s.len ? close + 1 : end + 1;
	}
	*rest = kb_str_skip(s, end);
	if (end == 0) {
		return false;
	}
	*ret_word = kb_str_head(s, end);
	return true;
}

char *kb_word_unquote(struct kb_arena *arena, struct kb_str word)
{
	char *text = kb_arena_alloc(arena, word.len + 1);
	size_t len = 0;

	if (!text) {
		return NULL;
	}
	for (size_t i = 0; i < word.len; i++) {
		size_t close = is_quote(word.data[i]) ? partner(word, i) : word.len;

		if (close < word.len) {
			memcpy(text + len, word.data + i + 1, close - i - 1);
			len += close - i - 1;
			i = close;
		} else {
			text[len++] = word.data[i];
		}
	}
	return text;
}

bool kb_words_unbalanced(struct kb_str line, size_t *ret_at)
{
	for (size_t i = 0; i < line.len; i++) {
		if (!is_quote(line.data[i])) {
			continue;
		}
		if (partner(line, i) == line.len) {
			if (ret_at) {
				*ret_at = i;
			}
			return true;
		}
		i = partner(line, i);
	}
	return false;
}

void kb_words_add(struct kb_buf *line, const char *key, struct kb_str value)
{
	bool has_blank =
		kb_str_find(value, ' ') < value.len || kb_str_find(value, '\t') < value.len;
	const char *quote = has_blank ? "\"" : "";

	kb_buf_printf(line, "%s%s%s%.*s%s", line->len > 0 ? " " : "", key, quote, KB_STR_ARG(value),
		      quote);
}

/* Where a lone "--" stands, or the end. */
static size_t find_dashes(struct kb_str line)
{
	struct kb_str rest = line;
	struct kb_str word;

	while (kb_words_next(&rest, &word)) {
		if (kb_str_eq(word, KB_STR("--"))) {
			return (size_t)(word.data - line.data);
		}
	}
	return line.len;
}

void kb_words_join(struct kb_str args, struct kb_str more, struct kb_buf *out)
{
	size_t at = find_dashes(args);
	size_t more_at = find_dashes(more);
	const struct kb_str parts[] = {
		kb_str_head(args, at),
		kb_str_head(more, more_at),
		kb_str_skip(args, at),
		kb_str_skip(more, at < args.len && more_at < more.len ? more_at + 2 : more_at),
	};

	for (size_t i = 0; i < KB_ARRAY_LEN(parts); i++) {
		struct kb_str part = kb_str_trim(parts[i]);

		kb_buf_puts(out, out->len > 0 && part.len > 0 ? " " : "");
		kb_buf_str(out, part);
	}
}

bool kb_words_find(struct kb_str line, struct kb_str key, struct kb_str *ret_value)
{
	struct kb_str word;
	bool found = false;

	while (kb_words_next(&line, &word)) {
		if (kb_str_starts(word, key)) {
			*ret_value = kb_str_skip(word, key.len);
			found = true;
		}
	}
	return found;
}
