/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "netrc.h"

/* A word, or what stands between quotes, with \" and \\. NULL: the end, or no memory. */
static char *next_token(struct kb_arena *arena, struct kb_str *rest)
{
	struct kb_str word;
	char *token;
	size_t n = 0;

	*rest = kb_str_trim(*rest);
	if (rest->len == 0 || rest->data[0] != '"') {
		return kb_str_next_word(rest, &word) ? kb_arena_str(arena, word) : NULL;
	}
	token = kb_arena_alloc(arena, rest->len);
	*rest = kb_str_skip(*rest, 1);
	while (rest->len > 0 && rest->data[0] != '"') {
		*rest = kb_str_skip(*rest, rest->data[0] == '\\' && rest->len > 1 ? 1 : 0);
		if (token) {
			token[n++] = rest->data[0];
		}
		*rest = kb_str_skip(*rest, 1);
	}
	*rest = kb_str_skip(*rest, 1);
	return token;
}

/* The text of a macro ends with an empty line. */
static void pass_macro(struct kb_str *rest)
{
	struct kb_str line;

	(void)kb_str_next_line(rest, &line); /* where its name stands */
	while (kb_str_next_line(rest, &line) && kb_str_trim(line).len > 0) {
	}
}

static bool is_wanted(const struct kb_netrc *entry, const char *user)
{
	return !user || !entry->login || strcmp(entry->login, user) == 0;
}

static bool is(const char *token, const char *word)
{
	return strcmp(token, word) == 0;
}

bool kb_netrc_find(struct kb_arena *arena, struct kb_str text, const char *host, const char *user,
		   struct kb_netrc *ret_entry)
{
	struct kb_netrc entry = {0};
	bool is_ours = false;
	char *token;

	while ((token = next_token(arena, &text))) {
		bool begins = is(token, "machine") || is(token, "default");
		const char *value = NULL;

		if (begins && is_ours && is_wanted(&entry, user)) {
			break;
		}
		if (is(token, "default")) {
			is_ours = true;
			entry = (struct kb_netrc){0};
			continue;
		}
		if (token[0] == '#') {
			(void)kb_str_next_line(&text, &(struct kb_str){0});
			continue;
		}
		value = next_token(arena, &text);
		if (is(token, "machine")) {
			is_ours = value && kb_str_eq_nocase(kb_str_from(value), kb_str_from(host));
			entry = (struct kb_netrc){0};
		} else if (is(token, "macdef")) {
			pass_macro(&text);
		} else if (is(token, "login")) {
			entry.login = value;
		} else if (is(token, "password")) {
			entry.password = value;
		}
	}
	if (!is_ours || !is_wanted(&entry, user)) {
		return false;
	}
	*ret_entry = entry;
	return true;
}
