/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/base/netrc.h"

#include <errno.h>

static const struct kb_str blanks = KB_STR(" \t\r\n");

static bool is_blank(char c)
{
	return kb_str_find(blanks, c) < blanks.len;
}

static void skip_blanks(struct kb_str *rest)
{
	while (rest->len > 0 && is_blank(rest->data[0])) {
		*rest = kb_str_skip(*rest, 1);
	}
}

static void skip_line(struct kb_str *rest)
{
	*rest = kb_str_skip(*rest, kb_str_find(*rest, '\n') + 1);
}

static char unescaped(char c)
{
	return (char)(c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c);
}

/* What follows a quote, up to the next one. NULL: out of memory. */
static const char *take_quoted(struct kb_netrc *n)
{
	char *text = kb_arena_alloc(n->arena, n->rest.len + 1);
	size_t len = 0;

	while (text && n->rest.len > 0 && n->rest.data[0] != '"') {
		bool is_escape = n->rest.data[0] == '\\' && n->rest.len > 1;

		text[len++] = (char)(is_escape ? unescaped(n->rest.data[1]) : n->rest.data[0]);
		n->rest = kb_str_skip(n->rest, is_escape ? 2 : 1);
	}
	n->rest = kb_str_skip(n->rest, 1);
	return text;
}

/* *ret_word NULL: the end. -ENOMEM. */
static int take_word(struct kb_netrc *n, const char **ret_word)
{
	size_t len = 0;
	const char *word;

	skip_blanks(&n->rest);
	*ret_word = NULL;
	if (n->rest.len == 0) {
		return 0;
	}
	if (n->rest.data[0] == '"') {
		n->rest = kb_str_skip(n->rest, 1);
		word = take_quoted(n);
	} else {
		while (len < n->rest.len && !is_blank(n->rest.data[len])) {
			len++;
		}
		word = kb_arena_str(n->arena, kb_str_head(n->rest, len));
		n->rest = kb_str_skip(n->rest, len);
	}
	*ret_word = word;
	return word ? 0 : -ENOMEM;
}

/* The lines of a macro, up to an empty one. */
static void skip_macro(struct kb_str *rest)
{
	skip_line(rest);
	while (rest->len > 0 && rest->data[0] != '\n' && rest->data[0] != '\r') {
		skip_line(rest);
	}
}

static bool is_word(const char *word, const char *other)
{
	return strcmp(word, other) == 0;
}

/* The values of an entry, up to the word that begins the next one, which stays. */
static int take_values(struct kb_netrc *n, struct kb_netrc_entry *entry)
{
	const char *unused;
	int r = 0;

	while (r == 0) {
		struct kb_str before;
		const char *word;

		skip_blanks(&n->rest);
		before = n->rest;
		if (kb_str_starts(n->rest, KB_STR("#"))) {
			skip_line(&n->rest);
			continue;
		}
		r = take_word(n, &word);
		if (r < 0 || !word) {
			return r;
		}
		if (is_word(word, "machine") || is_word(word, "default")) {
			n->rest = before;
			return 0;
		}
		if (is_word(word, "login")) {
			r = take_word(n, &entry->login);
		} else if (is_word(word, "password")) {
			r = take_word(n, &entry->password);
		} else if (is_word(word, "account")) {
			r = take_word(n, &unused);
		} else if (is_word(word, "macdef")) {
			skip_macro(&n->rest);
		}
	}
	return r;
}

int kb_netrc_next(struct kb_netrc *netrc, struct kb_netrc_entry *ret_entry)
{
	struct kb_netrc_entry entry = {0};
	const char *word = NULL;
	int r;

	/* What stands before the first entry belongs to nobody. */
	r = take_values(netrc, &entry);
	r = r < 0 ? r : take_word(netrc, &word);
	if (r < 0 || !word) {
		return r;
	}
	entry = (struct kb_netrc_entry){0};
	if (is_word(word, "machine")) {
		r = take_word(netrc, &entry.machine);
		if (r < 0 || !entry.machine) {
			return r;
		}
	}
	r = take_values(netrc, &entry);
	if (r < 0) {
		return r;
	}
	*ret_entry = entry;
	return 1;
}

bool kb_netrc_find(struct kb_arena *arena, struct kb_str text, const char *host, const char *user,
		   struct kb_netrc_entry *ret_entry)
{
	struct kb_netrc netrc = {.arena = arena, .rest = text};
	struct kb_netrc_entry entry = {0};

	while (kb_netrc_next(&netrc, &entry) > 0) {
		if (entry.machine &&
		    !kb_str_eq_nocase(kb_str_from(entry.machine), kb_str_from(host))) {
			continue;
		}
		if (!user || !entry.login || strcmp(entry.login, user) == 0) {
			*ret_entry = entry;
			return true;
		}
	}
	return false;
}
