/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/formats/crypttab.h"

#include <string.h>

#include "kboot/formats/words.h"

/* It becomes a file's name, and an argument. */
static bool is_name(struct kb_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];

		if (!(kb_is_letter(c) || kb_is_digit(c) || strchr("._+-@", c))) {
			return false;
		}
	}
	return text.len > 0 && text.len <= KB_CRYPTTAB_NAME_MAX && text.data[0] != '.';
}

static bool is_printable(struct kb_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] <= ' ' || text.data[i] >= 0x7f) {
			return false;
		}
	}
	return true;
}

/* What has no header has no UUID either: swap with a new key each time, plain dm-crypt. */
static bool is_luks(struct kb_str options)
{
	static const struct kb_str others[] = {KB_STR("swap"), KB_STR("tmp"), KB_STR("plain"),
					       KB_STR("tcrypt"), KB_STR("bitlk")};

	while (options.len > 0) {
		size_t len = kb_str_find(options, ',');
		struct kb_str option = kb_str_head(options, len);

		for (size_t i = 0; i < KB_ARRAY_LEN(others); i++) {
			if (kb_str_eq(option, others[i])) {
				return false;
			}
		}
		options = kb_str_skip(options, len + 1);
	}
	return true;
}

bool kb_crypttab_next(struct kb_str *rest, struct kb_crypttab_line *ret_line)
{
	struct kb_str line;

	while (kb_str_next_line(rest, &line)) {
		struct kb_crypttab_line l = {.key = KB_STR("none")};

		line = kb_str_trim(line);
		if (line.len == 0 || line.data[0] == '#' || !kb_words_next(&line, &l.name) ||
		    !kb_words_next(&line, &l.source)) {
			continue;
		}
		if (kb_words_next(&line, &l.key)) {
			(void)kb_words_next(&line, &l.options);
		}
		if (is_name(l.name) && is_printable(l.source) && is_printable(l.key) &&
		    is_printable(l.options) && is_luks(l.options)) {
			*ret_line = l;
			return true;
		}
	}
	return false;
}

const char *kb_crypttab_condense(struct kb_arena *arena, struct kb_str text)
{
	KB_BUF struct kb_buf lines = {0};
	struct kb_crypttab_line l;

	while (kb_crypttab_next(&text, &l)) {
		if (lines.len + l.name.len + l.source.len + l.key.len + l.options.len + 8 >
		    KB_CRYPTTAB_MAX_BYTES) {
			break;
		}
		kb_buf_printf(&lines, "%.*s %.*s %.*s %.*s\n", KB_STR_ARG(l.name),
			      KB_STR_ARG(l.source), KB_STR_ARG(l.key), KB_STR_ARG(l.options));
	}
	return kb_buf_error(&lines) ? NULL : kb_arena_str(arena, kb_buf_view(&lines));
}
