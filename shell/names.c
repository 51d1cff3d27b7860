/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "names.h"

#include <glob.h>
#include <stdio.h>
#include <sys/stat.h>

struct names {
	struct kb_shell *shell;
	struct kb_arena *arena;
	bool may_be_new;
};

/* Room for as many as a program's arguments may be. */
static int make_room(const struct names *n, struct kb_shell_words *list)
{
	list->items = kb_arena_array(n->arena, KB_SHELL_WORDS_MAX, sizeof(*list->items));
	return list->items ? 0 : kb_shell_fail("out of memory");
}

/* text NULL: there was no memory for it. */
static int add(struct kb_shell_words *list, const char *text)
{
	if (!text) {
		return kb_shell_fail("out of memory");
	}
	if (list->n == KB_SHELL_WORDS_MAX) {
		return kb_shell_fail("the names come to more than %d words", KB_SHELL_WORDS_MAX);
	}
	list->items[list->n++].text = text;
	return 0;
}

static int add_as(struct kb_shell_words *list, const char *path, const char *shown)
{
	int status = add(list, path);

	if (status == 0) {
		list->items[list->n - 1].shown = shown;
	}
	return status;
}

/* NULL: it is not there. Only what a person wrote is told to be missing. */
static const struct kb_message *look(const struct names *n, const char *name, const char *want,
				     bool tell)
{
	const struct kb_intent intent = {.type = KB_DO_VISIT,
					 .name = name,
					 .from = n->shell->place,
					 .want = want};
	const struct kb_message *reply = NULL;
	struct kb_error err;

	if (tell) {
		return kb_shell_visit(n->shell, name, want);
	}
	return kb_shell_engine_ask(&n->shell->engine, &intent, -1, &reply, &err) == 0 &&
			       reply->ok && reply->path
		       ? reply
		       : NULL;
}

/* Where a folder is; NULL: nowhere. */
static const char *visit_folder(const struct names *n, const char *folder, bool tell)
{
	const struct kb_message *reply = look(n, folder[0] ? folder : ".", "dir", tell);

	return reply ? kb_arena_strdup(n->arena, reply->path) : NULL;
}

/* A file that is to be written: its folder is there. */
static int visit_new(const struct names *n, const char *name, struct kb_shell_words *list)
{
	size_t end = strlen(name);
	const char *folder;

	while (end > 0 && name[end - 1] != '/' && name[end - 1] != ':') {
		end--;
	}
	if (end == 0 && n->shell->arrived) {
		return add(list, name);
	}
	folder = visit_folder(n, kb_arena_str(n->arena, kb_str_of(name, end)), true);
	return folder ? add_as(list, kb_arena_printf(n->arena, "%s/%s", folder, name + end), name)
		      : 1;
}

static int visit(const struct names *n, const char *name, struct kb_shell_words *list)
{
	const struct kb_message *reply = look(n, name, "any", !n->may_be_new);
	KB_FREE char *here = reply && n->shell->arrived ? getcwd(NULL, 0) : NULL;
	const char *rest = here ? kb_path_below(reply->path, here) : NULL;

	if (!reply) {
		return n->may_be_new ? visit_new(n, name, list) : 1;
	}
	/* Where one is needs no path before it, and what begins with - is no option. */
	if (rest && rest[0] && strcmp(rest + 1, name) == 0 && name[0] != '-') {
		return add(list, kb_arena_strdup(n->arena, name));
	}
	return add_as(list, kb_arena_strdup(n->arena, reply->path), name);
}

/* --- patterns: one component after the other, each looked for in the folders that the one before
 * it gave */

/* The part of a pattern that names its folder, and the pattern itself behind it. */
static size_t folder_of(const char *pattern)
{
	size_t folder = strcspn(pattern, "*?[\\");

	while (folder > 0 && pattern[folder - 1] != '/' && pattern[folder - 1] != ':') {
		folder--;
	}
	return folder;
}

static bool is_file(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* What matches in one folder, as one would have typed it. */
static int match(const struct names *n, const char *folder, const char *path,
		 struct kb_str component, bool is_last, struct kb_shell_words *list)
{
	KB_BUF struct kb_buf pattern = {0};
	glob_t found;
	int status = 0;

	kb_shell_quote(&pattern, kb_str_from(path), '\0');
	kb_buf_printf(&pattern, "/%.*s", KB_STR_ARG(component));
	if (kb_buf_error(&pattern) < 0) {
		return kb_shell_fail("out of memory");
	}
	if (glob(pattern.data, 0, NULL, &found) != 0) {
		return 0;
	}
	for (size_t i = 0; status == 0 && i < found.gl_pathc; i++) {
		const char *base = strrchr(found.gl_pathv[i], '/');

		if (is_last || !is_file(found.gl_pathv[i])) {
			status = add(list, kb_arena_printf(n->arena, "%s%s%s", folder, base + 1,
							   is_last ? "" : "/"));
		}
	}
	globfree(&found);
	return status;
}

/* One component of the pattern, in all folders that came out so far. */
static int match_component(const struct names *n, struct kb_str component, bool is_first,
			   bool is_last, struct kb_shell_words *list)
{
	const struct kb_shell_words before = *list;
	int status;

	*list = (struct kb_shell_words){0};
	status = make_room(n, list);
	for (size_t i = 0; status == 0 && i < before.n; i++) {
		const char *folder = before.items[i].text;
		const char *path = visit_folder(n, folder, is_first);

		if (path) {
			status = match(n, folder, path, component, is_last, list);
		} else if (is_first) {
			status = 1;
		}
	}
	return status;
}

/* The names that match. */
static int find_matches(const struct names *n, const char *pattern, struct kb_shell_words *list)
{
	size_t folder = folder_of(pattern);
	struct kb_str rest = kb_str_from(pattern + folder);
	int status = make_room(n, list);

	if (status == 0) {
		status = add(list, kb_arena_str(n->arena, kb_str_of(pattern, folder)));
	}
	for (bool is_first = true; status == 0 && rest.len > 0; is_first = false) {
		struct kb_str component = kb_str_head(rest, kb_str_find(rest, '/'));

		rest = kb_str_skip(rest, component.len);
		status = match_component(n, component, is_first, rest.len == 0, list);
		while (rest.len > 0 && rest.data[0] == '/') {
			rest = kb_str_skip(rest, 1);
		}
	}
	return status;
}

static int add_pattern(const struct names *n, const struct kb_shell_word *item,
		       struct kb_shell_words *list)
{
	struct kb_shell_words matches = {0};
	int status = find_matches(n, item->pattern, &matches);
	size_t found = 0;

	if (status == 0 && matches.n == 0) {
		return kb_shell_fail("%s: nothing matches", item->text);
	}
	for (size_t i = 0; status == 0 && i < matches.n; i++) {
		const char *name = matches.items[i].text;
		/* A file is what it is; a folder may be a mount point, and a link may lead through
		 * one. */
		bool is_plain = name[0] != '-' && !strpbrk(name, "/:") && is_file(name);

		found += (is_plain ? add(list, name) : visit(n, name, list)) == 0;
	}
	return found > 0 ? 0 : 1;
}

/* Without an engine there is kboot's own root, which needs nobody to find the way. */
static int add_alone(const struct names *n, const struct kb_shell_word *item,
		     struct kb_shell_words *list)
{
	glob_t found;
	int status = 0;

	if (!item->pattern) {
		return add(list, item->text);
	}
	if (glob(item->pattern, 0, NULL, &found) != 0) {
		return kb_shell_fail("%s: nothing matches", item->text);
	}
	for (size_t i = 0; status == 0 && i < found.gl_pathc; i++) {
		status = add(list, kb_arena_strdup(n->arena, found.gl_pathv[i]));
	}
	globfree(&found);
	return status;
}

static int add_word(const struct names *n, const struct kb_shell_word *item,
		    struct kb_shell_words *list)
{
	struct kb_error err;

	if (kb_shell_engine_connect(&n->shell->engine, &err) < 0) {
		return add_alone(n, item, list);
	}
	return item->pattern ? add_pattern(n, item, list) : visit(n, item->text, list);
}

int kb_names_find(struct kb_shell *s, struct kb_arena *arena, const struct kb_shell_words *words,
		  bool may_be_new, struct kb_shell_words *ret_found, size_t *ret_named)
{
	const struct names n = {s, arena, may_be_new};
	bool only_names = false;
	size_t found = 0;
	int status = make_room(&n, ret_found);

	for (size_t i = 0; i < words->n && ret_found->items; i++) {
		const char *text = words->items[i].text;
		/* vi +10 NAME */
		bool marked = text[0] == '-' || (may_be_new && text[0] == '+');
		bool option = i == 0 || (!only_names && marked && text[1]);

		only_names = only_names || (i > 0 && strcmp(text, "--") == 0);
		if (option) {
			(void)add(ret_found, text);
		} else {
			int r = add_word(&n, &words->items[i], ret_found);

			status = r != 0 ? r : status;
			found += r == 0;
			++*ret_named;
		}
	}
	return found == 0 ? status : 0;
}
