/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "words.h"

#include <errno.h>

struct splitter {
	struct kb_arena *arena;
	struct kb_str line;
	size_t at;
	struct kb_buf text;
	struct kb_buf pattern;
	bool expands; /* the word has a special byte that is not quoted */
	char open;
};

static bool in_set(char c, const char *set)
{
	return c != '\0' && strchr(set, c);
}

static void put(struct splitter *s, char c, bool quoted)
{
	bool special = in_set(c, "*?[");

	kb_buf_putc(&s->text, c);
	if (quoted && (special || in_set(c, "]\\-!^"))) {
		kb_buf_putc(&s->pattern, '\\');
	}
	kb_buf_putc(&s->pattern, c);
	s->expands = s->expands || (special && !quoted);
}

/* Behind the opening quote. */
static void take_quoted(struct splitter *s, char quote)
{
	while (s->at < s->line.len) {
		char c = s->line.data[s->at++];

		if (c == quote) {
			return;
		}
		if (quote == '"' && c == '\\' && s->at < s->line.len &&
		    in_set(s->line.data[s->at], "\\\"$`")) {
			c = s->line.data[s->at++];
		}
		put(s, c, true);
	}
	s->open = quote;
}

static void take_word(struct splitter *s)
{
	while (s->at < s->line.len && !kb_is_blank(s->line.data[s->at])) {
		char c = s->line.data[s->at++];

		if (c == '\'' || c == '"') {
			take_quoted(s, c);
		} else if (c == '\\' && s->at == s->line.len) {
			s->open = c;
		} else if (c == '\\') {
			put(s, s->line.data[s->at++], true);
		} else {
			put(s, c, false);
		}
	}
}

static int keep_word(struct splitter *s, size_t start, struct kb_shell_word *word)
{
	*word = (struct kb_shell_word){
		.text = kb_arena_str(s->arena, kb_buf_view(&s->text)),
		.start = start,
		.end = s->at,
	};
	if (s->expands) {
		word->pattern = kb_arena_str(s->arena, kb_buf_view(&s->pattern));
	}
	if (kb_buf_error(&s->text) < 0 || kb_buf_error(&s->pattern) < 0 || !word->text ||
	    (s->expands && !word->pattern)) {
		return -ENOMEM;
	}
	return 0;
}

static int take_words(struct splitter *s, struct kb_shell_words *words, struct kb_error *err)
{
	for (;;) {
		size_t start;

		while (s->at < s->line.len && kb_is_blank(s->line.data[s->at])) {
			s->at++;
		}
		if (s->at == s->line.len) {
			return 0;
		}
		if (words->n == KB_SHELL_WORDS_MAX) {
			return kb_error_set(err, -E2BIG, "the line has more than %d words",
					    KB_SHELL_WORDS_MAX);
		}
		start = s->at;
		s->expands = false;
		kb_buf_reset(&s->text);
		kb_buf_reset(&s->pattern);
		take_word(s);
		if (keep_word(s, start, &words->items[words->n]) < 0) {
			return kb_error_no_memory(err);
		}
		words->n++;
	}
}

static int check_line(struct kb_str line, struct kb_error *err)
{
	if (line.len > KB_SHELL_LINE_MAX) {
		return kb_error_set(err, -E2BIG, "the line is longer than %d KiB",
				    KB_SHELL_LINE_MAX >> 10);
	}
	if (kb_str_find(line, '\0') < line.len) {
		return kb_error_set(err, -EINVAL,
				    "the line has a NUL byte, which no name can hold");
	}
	return 0;
}

/* Words cannot be more than every second byte of the line. */
static size_t most_words(struct kb_str line)
{
	size_t most = line.len / 2 + 1;

	return most < KB_SHELL_WORDS_MAX ? most : KB_SHELL_WORDS_MAX;
}

int kb_shell_split(struct kb_arena *arena, struct kb_str line, bool open_ok,
		   struct kb_shell_words *ret_words, struct kb_error *err)
{
	struct splitter s = {.arena = arena, .line = line};
	struct kb_shell_words words = {0};
	int r = check_line(line, err);

	if (r < 0) {
		return r;
	}
	words.items = kb_arena_array(arena, most_words(line), sizeof(*words.items));
	if (!words.items) {
		return kb_error_no_memory(err);
	}
	r = take_words(&s, &words, err);
	kb_buf_done(&s.text);
	kb_buf_done(&s.pattern);
	words.open = s.open;
	if (r == 0 && s.open && !open_ok) {
		r = s.open == '\\'
			    ? kb_error_set(err, -EINVAL,
					   "the backslash at the end of the line quotes nothing")
			    : kb_error_set(err, -EINVAL, "a quote is not closed: %c", s.open);
	}
	if (r == 0) {
		*ret_words = words;
	}
	return r;
}

void kb_shell_quote(struct kb_buf *buf, struct kb_str text, char open)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];

		if (open == '\'' && c == '\'') {
			kb_buf_puts(buf, "'\\''");
			continue;
		}
		if ((open == '"' && in_set(c, "\\\"$`")) ||
		    (!open && (kb_is_blank(c) || in_set(c, "\\\"'*?[")))) {
			kb_buf_putc(buf, '\\');
		}
		kb_buf_putc(buf, c);
	}
}

/* In double quotes, and what is a double quote itself in single ones. */
static void put_quoted(struct kb_buf *buf, const char *text)
{
	bool single = text[0] == '"' || (strchr(text, '"') && !strchr(text, '\''));

	kb_buf_putc(buf, single ? '\'' : '"');
	for (const char *c = text; *c; c++) {
		if (*c == (single ? '\'' : '"')) {
			kb_buf_puts(buf, single ? "'\"" : "\"'");
			single = !single;
		}
		kb_buf_putc(buf, *c);
	}
	kb_buf_putc(buf, single ? '\'' : '"');
}

char *kb_shell_plain_line(struct kb_arena *arena, struct kb_str line,
			  const struct kb_shell_words *words)
{
	KB_BUF struct kb_buf buf = {0};

	for (size_t i = 0; i < words->n; i++) {
		const struct kb_shell_word *w = &words->items[i];
		struct kb_str raw = kb_str_of(line.data + w->start, w->end - w->start);

		if (i > 0) {
			kb_buf_putc(&buf, ' ');
		}
		if (kb_str_find(raw, '\\') < raw.len) {
			put_quoted(&buf, w->text);
		} else {
			kb_buf_append(&buf, raw.data, raw.len);
		}
	}
	return kb_buf_error(&buf) < 0 ? NULL : kb_arena_str(arena, kb_buf_view(&buf));
}
