/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words come in order, do not overlap, and leave nothing but blanks between them. */
#include "kboot/formats/words.h"

#include <string.h>

#include "fuzz.h"

static bool is_blank(struct kb_str s)
{
	return kb_str_trim(s).len == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_str line = kb_str_of((const char *)data, size);
	struct kb_str rest = line;
	struct kb_str word;
	size_t end = 0;
	size_t odd;

	while (kb_words_next(&rest, &word)) {
		size_t start = (size_t)(word.data - line.data);
		const char *plain = kb_word_unquote(&arena, word);

		FUZZ_CHECK(word.len > 0 && start >= end && start + word.len <= size);
		FUZZ_CHECK(is_blank(kb_str_of(line.data + end, start - end)));
		FUZZ_CHECK(!is_blank(kb_str_head(word, 1)));
		FUZZ_CHECK(plain && strlen(plain) <= word.len);
		end = start + word.len;
	}
	FUZZ_CHECK(size == 0 || is_blank(kb_str_skip(line, end)));
	if (kb_words_unbalanced(line, &odd)) {
		FUZZ_CHECK(odd < size && (data[odd] == '"' || data[odd] == '\''));
	}
	return 0;
}
