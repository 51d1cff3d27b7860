/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "operators.h"

static const struct {
	char sign;
	const char *why;
} operators[] = {
	{'|', "there are no pipes here, `sh` has them (as a word: '|')"},
	{'>', "there are no redirections here, `sh` has them (as a word: '>')"},
	{'<', "there are no redirections here, `sh` has them (as a word: '<')"},
	{';', "there is one command in a line here, `sh` takes more (as a word: ';')"},
	{'&', "a line is one command, which is waited for; `sh` can do more (as a word: '&')"},
};

static const char *why_not(char sign)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(operators); i++) {
		if (operators[i].sign == sign) {
			return operators[i].why;
		}
	}
	return NULL;
}

/* `| x`, `>x`, `2>x`, `x;` and `x &`; in the middle of a word it may be a URL's, unless that word
 * is the command: `ls|wc`. */
static const char *in_word(struct kb_str raw, bool is_command)
{
	bool has_number = raw.len > 1 && kb_is_digit(raw.data[0]) && raw.data[1] == '>';
	size_t last = raw.len - 1;
	const char *why = why_not(raw.data[has_number]);

	if (!why && (last == 0 || raw.data[last - 1] != '\\')) {
		why = why_not(raw.data[last]);
	}
	for (size_t i = 0; is_command && !why && i < raw.len && !strchr("'\"\\", raw.data[i]);
	     i++) {
		why = why_not(raw.data[i]);
	}
	return why;
}

const char *kb_shell_operator(struct kb_str line, const struct kb_shell_words *words)
{
	const char *why = NULL;

	for (size_t i = 0; !why && i < words->n; i++) {
		const struct kb_shell_word *w = &words->items[i];

		why = in_word(kb_str_of(line.data + w->start, w->end - w->start), i == 0);
	}
	return why;
}
