/* SPDX-License-Identifier: GPL-2.0-or-later */
/* As next_arg() in the kernel's lib/cmdline.c: a double quote anywhere keeps blanks together; one
 * pair goes from around the parameter or from around its value. */
#include "kboot/base/cmdline.h"

/* isspace() of the kernel, which knows the blank of Latin-1 too. */
static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == '\xa0';
}

/* Where the parameter ends. ret_equals: its first "=" that is not its first byte; 0: none. */
static size_t end_of(struct kb_str s, bool quoted, size_t *ret_equals)
{
	size_t i;

	*ret_equals = 0;
	for (i = 0; i < s.len && (quoted || !is_blank(s.data[i])); i++) {
		if (s.data[i] == '=' && *ret_equals == 0) {
			*ret_equals = i;
		}
		if (s.data[i] == '"') {
			quoted = !quoted;
		}
	}
	return i;
}

static bool starts_quoted(struct kb_str s)
{
	return s.len > 0 && s.data[0] == '"';
}

bool kb_cmdline_next(struct kb_str *rest, struct kb_cmdline_param *ret_param)
{
	struct kb_str s = *rest;
	bool quoted;
	bool value_quoted;
	size_t equals;
	size_t end;

	while (s.len > 0 && is_blank(s.data[0])) {
		s = kb_str_skip(s, 1);
	}
	quoted = starts_quoted(s);
	if (s.len == 0) {
		return false;
	}
	s = kb_str_skip(s, quoted);
	end = end_of(s, quoted, &equals);
	*rest = kb_str_skip(s, end);
	s = kb_str_head(s, end);
	value_quoted = equals > 0 && starts_quoted(kb_str_skip(s, equals + 1));
	if ((quoted || value_quoted) && end > 0 && s.data[end - 1] == '"') {
		s.len--;
	}
	*ret_param = (struct kb_cmdline_param){
		.name = kb_str_head(s, equals > 0 ? equals : s.len),
		.value = kb_str_skip(s, equals > 0 ? equals + 1 + value_quoted : s.len),
		.has_value = equals > 0,
	};
	return true;
}
