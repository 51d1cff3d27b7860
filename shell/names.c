/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "names.h"

#include <glob.h>
#include <stdio.h>
#include <sys/stat.h>

/* A list of names in the arena, as long as a program's arguments may be. */
struct level {
	const char *items[KB_SHELL_WORDS_MAX];
	size_t n;
};

static int too_many(void)
{
	return kb_shell_fail("the names come to more than %d words", KB_SHELL_WORDS_MAX);
}

static int add_name(struct kb_names *names, const char *text)
{
	struct kb_shell_word *item = &names->words.items[names->words.n];

	if (names->words.n == KB_SHELL_WORDS_MAX) {
		return too_many();
	}
	*item = (struct kb_shell_word){.text = kb_arena_strdup(&names->arena, text)};
	names->words.n++;
	return item->text ? 0 : kb_shell_fail("out of memory");
}

/* Where one is needs no path before it, and what begins with - is no option. */
static int add_path(struct kb_shell *s, struct kb_names *names, const char *typed, const char *path)
{
	KB_FREE char *here = s->arrived ? getcwd(NULL, 0) : NULL;
	size_t len = here ? strlen(here) : 0;

	if (here && strncmp(path, here, len) == 0 && path[len] == '/' &&
	    strcmp(path + len + 1, typed) == 0 && typed[0] != '-') {
		return add_name(names, typed);
	}
	return add_name(names, path);
}

static int add_visited(struct kb_shell *s, struct kb_names *names, const char *name)
{
	const struct kb_message *reply = kb_shell_visit(s, name, "any");

	return reply ? add_path(s, names, name, reply->path) : 1;
}

/* --- patterns: one component after the other, each looked for in the folders that the one before
 * it gave */

/* The part of a pattern that names its folder, and the pattern itself behind it. */
static size_t folder_of(const char *pattern)
{
	size_t special = strcspn(pattern, "*?[\\");
	size_t folder = 0;

	for (size_t i = 0; i < special; i++) {
		if (pattern[i] == '/' || pattern[i] == ':') {
			folder = i + 1;
		}
	}
	return folder;
}

/* Where a folder is; NULL: nowhere. Only what a person wrote is told to be missing. */
static const char *visit_folder(struct kb_shell *s, struct kb_arena *arena, const char *folder,
				bool tell)
{
	const struct kb_intent intent = {.type = KB_DO_VISIT,
					 .name = folder[0] ? folder : ".",
					 .from = s->place,
					 .want = "dir"};
	const struct kb_message *reply = NULL;
	struct kb_error err;

	if (tell) {
		reply = kb_shell_visit(s, intent.name, intent.want);
	} else if (kb_shell_engine_ask(&s->engine, &intent, -1, &reply, &err) < 0 || !reply->ok) {
		reply = NULL;
	}
	return reply && reply->path ? kb_arena_strdup(arena, reply->path) : NULL;
}

static int keep(struct kb_arena *arena, struct level *level, const char *folder, const char *path,
		const char *behind)
{
	const char *base = strrchr(path, '/');

	if (level->n == KB_SHELL_WORDS_MAX) {
		return too_many();
	}
	level->items[level->n] =
		kb_arena_printf(arena, "%s%s%s", folder, base ? base + 1 : path, behind);
	return level->items[level->n++] ? 0 : kb_shell_fail("out of memory");
}

static bool is_file(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* What matches in one folder. */
static int match(struct kb_names *names, const char *folder, const char *path,
		 struct kb_str component, bool is_last, struct level *level)
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
		if (is_last || !is_file(found.gl_pathv[i])) {
			status = keep(&names->arena, level, folder, found.gl_pathv[i],
				      is_last ? "" : "/");
		}
	}
	globfree(&found);
	return status;
}

/* One component of the pattern, in all folders that came out so far. */
static int match_component(struct kb_shell *s, struct kb_names *names, struct kb_str component,
			   bool is_first, bool is_last, struct level *level)
{
	struct level *before = malloc(sizeof(*before));
	int status = 0;

	if (!before) {
		return kb_shell_fail("out of memory");
	}
	*before = *level;
	level->n = 0;
	for (size_t i = 0; status == 0 && i < before->n; i++) {
		const char *folder = before->items[i];
		const char *path = visit_folder(s, &names->arena, folder, is_first);

		if (path) {
			status = match(names, folder, path, component, is_last, level);
		} else if (is_first) {
			status = 1;
		}
	}
	free(before);
	return status;
}

/* The names that match, as one would have typed them. */
static int find_matches(struct kb_shell *s, struct kb_names *names, const char *pattern,
			struct level *level)
{
	size_t folder = folder_of(pattern);
	struct kb_str rest = kb_str_from(pattern + folder);
	int status = 0;

	level->items[0] = kb_arena_str(&names->arena, kb_str_of(pattern, folder));
	level->n = 1;
	if (!level->items[0]) {
		return kb_shell_fail("out of memory");
	}
	for (bool is_first = true; status == 0 && rest.len > 0; is_first = false) {
		struct kb_str component = kb_str_head(rest, kb_str_find(rest, '/'));

		rest = kb_str_skip(rest, component.len);
		status = match_component(s, names, component, is_first, rest.len == 0, level);
		while (rest.len > 0 && rest.data[0] == '/') {
			rest = kb_str_skip(rest, 1);
		}
	}
	return status;
}

/* A file is what it is; a folder may be a mount point, and a link may lead through one. */
static int add_match(struct kb_shell *s, struct kb_names *names, const char *name)
{
	return name[0] != '-' && !strpbrk(name, "/:") && is_file(name)
		       ? add_name(names, name)
		       : add_visited(s, names, name);
}

static int add_pattern(struct kb_shell *s, struct kb_names *names, const struct kb_shell_word *item)
{
	struct level *level = calloc(1, sizeof(*level));
	int status;

	if (!level) {
		return kb_shell_fail("out of memory");
	}
	status = find_matches(s, names, item->pattern, level);
	if (status == 0 && level->n == 0) {
		status = kb_shell_fail("%s: nothing matches", item->text);
	}
	if (status == 0) {
		size_t found = 0;

		for (size_t i = 0; i < level->n; i++) {
			found += add_match(s, names, level->items[i]) == 0;
		}
		status = found > 0 ? 0 : 1;
	}
	free(level);
	return status;
}

/* Without an engine there is kboot's own root, which needs nobody to find the way. */
static int add_alone(struct kb_names *names, const struct kb_shell_word *item)
{
	glob_t found;
	int status = 0;

	if (!item->pattern) {
		return add_name(names, item->text);
	}
	if (glob(item->pattern, 0, NULL, &found) != 0) {
		return kb_shell_fail("%s: nothing matches", item->text);
	}
	for (size_t i = 0; status == 0 && i < found.gl_pathc; i++) {
		status = add_name(names, found.gl_pathv[i]);
	}
	globfree(&found);
	return status;
}

static int add_word(struct kb_shell *s, struct kb_names *names, const struct kb_shell_word *item)
{
	struct kb_error err;

	if (kb_shell_engine_connect(&s->engine, &err) < 0) {
		return add_alone(names, item);
	}
	return item->pattern ? add_pattern(s, names, item) : add_visited(s, names, item->text);
}

int kb_names_add(struct kb_shell *s, struct kb_names *names, const struct kb_shell_words *words,
		 size_t *ret_named)
{
	bool only_names = false;
	size_t found = 0;
	int status = 0;

	for (size_t i = 0; i < words->n; i++) {
		const char *text = words->items[i].text;
		bool option = i == 0 || (!only_names && text[0] == '-' && text[1]);

		only_names = only_names || (i > 0 && strcmp(text, "--") == 0);
		if (option) {
			(void)add_name(names, text);
		} else {
			int r = add_word(s, names, &words->items[i]);

			status = r != 0 ? r : status;
			found += r == 0;
			++*ret_named;
		}
	}
	return found == 0 ? status : 0;
}
