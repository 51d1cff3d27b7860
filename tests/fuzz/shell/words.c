/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words come in order with blanks between them, and each, quoted, splits into itself again. */
#include "words.h"

#include <errno.h>

#include "fuzz.h"

static void check_quoted(struct kb_str text, char open)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf line = {0};
	struct kb_shell_words words;
	struct kb_error err;

	if (open) {
		kb_buf_putc(&line, open);
	}
	kb_shell_quote(&line, text, open);
	if (open) {
		kb_buf_putc(&line, open);
	}
	if (line.len > KB_SHELL_LINE_MAX || (!open && text.len == 0)) {
		return;
	}
	FUZZ_CHECK(kb_shell_split(&arena, kb_buf_view(&line), false, &words, &err) == 0);
	FUZZ_CHECK(words.n == 1 && !words.items[0].pattern);
	FUZZ_CHECK(kb_str_eq(kb_str_from(words.items[0].text), text));
}

static void check_words(struct kb_str line, const struct kb_shell_words *words)
{
	size_t end = 0;

	for (size_t i = 0; i < words->n; i++) {
		const struct kb_shell_word *word = &words->items[i];
		struct kb_str between = kb_str_of(line.data + end, word->start - end);

		FUZZ_CHECK(word->start >= end && word->end > word->start && word->end <= line.len);
		FUZZ_CHECK(kb_str_trim(between).len == 0 && (i == 0 || between.len > 0));
		FUZZ_CHECK(strlen(word->text) <= word->end - word->start);
		FUZZ_CHECK(!word->pattern || strlen(word->pattern) >= strlen(word->text));
		check_quoted(kb_str_from(word->text), '\0');
		check_quoted(kb_str_from(word->text), '\'');
		check_quoted(kb_str_from(word->text), '"');
		end = word->end;
	}
	FUZZ_CHECK(line.len == 0 || kb_str_trim(kb_str_skip(line, end)).len == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_str line = kb_str_of((const char *)data, size);
	struct kb_shell_words words;
	struct kb_error err = {0};
	int r = kb_shell_split(&arena, line, true, &words, &err);

	if (r < 0) {
		FUZZ_CHECK((r == -EINVAL || r == -E2BIG) && err.text[0]);
		return 0;
	}
	FUZZ_CHECK(words.n <= KB_SHELL_WORDS_MAX);
	check_words(line, &words);
	r = kb_shell_split(&arena, line, false, &words, &err);
	FUZZ_CHECK(words.open ? r == -EINVAL : r == 0);
	return 0;
}
