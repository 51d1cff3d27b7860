/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "expand.h"

#include <errno.h>
#include <fnmatch.h>

#include "devices.h"

enum { MAX_NAMES = 4096 };

struct expansion {
	struct grub *g;
	struct grub_arguments *args;
	size_t cap;
	struct kb_buf word;
	struct kb_buf pattern; /* the word with what was quoted behind backslashes */
	bool is_open;          /* a word has begun, though it may be empty */
	bool has_wildcard;
};

static void add_argument(struct expansion *e, struct kb_str text)
{
	struct grub_arguments *args = e->args;

	if (args->n == GRUB_MAX_WORDS) {
		grub_stop(e->g, GRUB_TROUBLE_SIZE, "more than %d words in a command",
			  GRUB_MAX_WORDS);
		return;
	}
	if (args->n == e->cap) {
		size_t cap = e->cap ? e->cap * 2 : 16;
		char **words = kb_arena_array(args->arena, cap, sizeof(*words));

		if (!words) {
			grub_check(e->g, -ENOMEM);
			return;
		}
		if (args->n > 0) {
			memcpy(words, args->words, args->n * sizeof(*words));
		}
		args->words = words;
		e->cap = cap;
	}
	args->words[args->n] = kb_arena_str(args->arena, text);
	if (!args->words[args->n]) {
		grub_check(e->g, -ENOMEM);
		return;
	}
	args->n++;
}

/* --- wildcards */

struct glob {
	struct expansion *e;
	const struct kb_tree *tree;
	const char *device; /* "(hd0,gpt2)", "": as the word had it */
	char **found;
	size_t n;
	const char *folder;
	const char *part; /* the component of the pattern */
	struct kb_arena arena;
};

static int keep_match(void *ctx, const char *name)
{
	struct glob *glob = ctx;
	char *path;

	if (glob->n == MAX_NAMES || fnmatch(glob->part, name, FNM_PERIOD) != 0) {
		return 0;
	}
	path = kb_arena_printf(&glob->arena, "%s/%s", glob->folder, name);
	if (!path) {
		return -ENOMEM;
	}
	glob->found[glob->n++] = path;
	return 0;
}

/* One component further, for each folder that matched so far. */
static int glob_part(struct glob *glob, const char *part)
{
	char **before = glob->found;
	size_t n = glob->n;
	int r = 0;

	glob->found = calloc(MAX_NAMES, sizeof(*glob->found));
	glob->n = 0;
	glob->part = part;
	r = glob->found ? 0 : -ENOMEM;
	for (size_t i = 0; r == 0 && i < n && grub_spend(glob->e->g, 8); i++) {
		glob->folder = before[i];
		r = kb_tree_list(glob->tree, *before[i] ? before[i] : "/", MAX_NAMES, keep_match,
				 glob);
		r = r == -ENOMEM ? r : 0;
	}
	free(before);
	return r;
}

static int glob_path(struct glob *glob, char *pattern)
{
	char *rest = NULL;
	int r = 0;

	glob->found = calloc(1, sizeof(*glob->found));
	if (!glob->found) {
		return -ENOMEM;
	}
	glob->found[glob->n++] = (char *)"";
	for (char *part = strtok_r(pattern, "/", &rest); r == 0 && part;
	     part = strtok_r(NULL, "/", &rest)) {
		r = glob_part(glob, part);
	}
	return r;
}

/* In byte order, where GRUB has the order of the folder. False: no match, the word stays. */
static bool expand_wildcards(struct expansion *e)
{
	struct glob glob = {.e = e};
	struct grub_place place;
	struct kb_str word = kb_buf_view(&e->word);
	size_t end = word.data[0] == '(' ? kb_str_find(word, ')') + 1 : 0;
	KB_BUF struct kb_buf pattern = {0};
	int r = -ENOENT;

	/* A device may not hold a wildcard; in it nothing is escaped. */
	kb_buf_str(&pattern, kb_str_skip(kb_buf_view(&e->pattern), end));
	if (kb_buf_error(&e->pattern) == 0 && kb_buf_error(&pattern) == 0 && end < word.len) {
		grub_place_of(e->g, grub_get(e->g, "root"), e->word.data, &place);
		glob.tree = grub_place_tree(e->g, &place);
		r = glob.tree ? glob_path(&glob, pattern.data) : -ENOENT;
	}
	for (size_t i = 0; r == 0 && i < glob.n; i++) {
		KB_BUF struct kb_buf found = {0};

		kb_buf_str(&found, kb_str_head(word, end));
		kb_buf_puts(&found, glob.found[i]);
		add_argument(e, kb_buf_view(&found));
	}
	grub_check(e->g, r == -ENOMEM ? r : 0);
	free(glob.found);
	kb_arena_done(&glob.arena);
	return r == 0 && glob.n > 0;
}

/* --- words */

static void close_word(struct expansion *e)
{
	bool may_match = e->has_wildcard && e->g->has_regexp && e->word.len > 0 &&
			 (e->word.data[0] == '/' || e->word.data[0] == '(');

	if (kb_buf_error(&e->word) == -EFBIG) {
		grub_stop(e->g, GRUB_TROUBLE_SIZE, "a word above %d KiB", GRUB_MAX_WORD >> 10);
	} else if (kb_buf_error(&e->word) < 0) {
		grub_check(e->g, kb_buf_error(&e->word));
	} else if (e->is_open && !(may_match && expand_wildcards(e))) {
		add_argument(e, kb_buf_view(&e->word));
	}
	kb_buf_reset(&e->word);
	kb_buf_reset(&e->pattern);
	e->is_open = false;
	e->has_wildcard = false;
}

static void put(struct expansion *e, struct kb_str text, bool quoted)
{
	kb_buf_str(&e->word, text);
	for (size_t i = 0; e->g->has_regexp && i < text.len; i++) {
		bool special = strchr("*?[]\\", text.data[i]) && text.data[i];

		e->has_wildcard = e->has_wildcard ||
				  (!quoted && (text.data[i] == '*' || text.data[i] == '?'));
		if (special && (quoted || (text.data[i] != '*' && text.data[i] != '?'))) {
			kb_buf_putc(&e->pattern, '\\');
		}
		kb_buf_putc(&e->pattern, text.data[i]);
	}
	e->is_open = true;
	(void)grub_spend(e->g, text.len / 64);
}

/* Without quotes: the value's words, of which the first and the last are glued to what stands
 * beside the variable, blanks at its ends or not. */
static void put_split(struct expansion *e, const char *value, bool *is_first)
{
	for (value += strspn(value, " \t\n"); *value; value += strspn(value, " \t\n")) {
		size_t n = strcspn(value, " \t\n");

		if (!*is_first) {
			close_word(e);
		}
		put(e, kb_str_of(value, n), false);
		*is_first = false;
		value += n;
	}
}

static void put_value(struct expansion *e, const char *value, bool quoted)
{
	bool is_first = true;

	if (quoted) {
		put(e, kb_str_from(value), true);
	} else {
		put_split(e, value, &is_first);
	}
}

/* $@ and $*: in quotes each a word of its own, or one with blanks between; else the words of all.
 */
static void put_all(struct expansion *e, bool quoted, bool joined)
{
	const struct grub_scope *scope = e->g->scope;
	bool is_first = true;

	for (size_t i = 0; scope && i < scope->n; i++) {
		if (!quoted) {
			put_split(e, scope->words[i], &is_first);
			continue;
		}
		if (i > 0 && joined) {
			put(e, KB_STR(" "), true);
		} else if (i > 0) {
			close_word(e);
		}
		put(e, kb_str_from(scope->words[i]), true);
	}
}

static void put_variable(struct expansion *e, struct kb_str name, bool quoted)
{
	struct grub *g = e->g;
	const struct grub_scope *scope = g->scope;
	char number[24] = "";
	const char *value = number;
	uint64_t n = 0;

	if (quoted) {
		e->is_open = true;
	}
	if (name.data[0] == '@' || name.data[0] == '*') {
		put_all(e, quoted, name.data[0] == '*');
		return;
	}
	if (name.data[0] == '?') {
		if (g->has_status) {
			(void)snprintf(number, sizeof(number), "%d", g->status);
		}
	} else if (name.data[0] == '#') {
		if (scope) {
			(void)snprintf(number, sizeof(number), "%zu", scope->n);
		}
	} else if (kb_is_digit(name.data[0])) {
		if (scope && kb_str_to_u64(name, &n) == 0 && n > 0 && n <= scope->n) {
			value = scope->words[n - 1];
		}
	} else {
		value = grub_variable_get(g->context, name);
	}
	if (value) {
		put_value(e, value, quoted);
	}
}

/* With the braces that stand around it in the script, without the lines that GRUB has not read. */
static void put_block(struct expansion *e, const struct grub_source *block)
{
	struct kb_str rest = kb_str_of(block->text.data - 1, block->text.len + 2);

	while (rest.len > 0) {
		size_t n = kb_str_find(rest, '\n') + 1;

		if (!block->is_file || rest.data[0] != '#') {
			put(e, kb_str_head(rest, n), true);
		}
		rest = kb_str_skip(rest, n);
	}
	close_word(e);
}

static bool opens_menu(const char *command)
{
	return strcmp(command, "menuentry") == 0 || strcmp(command, "submenu") == 0;
}

void grub_expand(struct grub *g, const struct grub_word *words, struct grub_arguments *args,
		 const struct grub_source *block)
{
	struct expansion e = {
		.g = g,
		.args = args,
		.word = {.max_bytes = GRUB_MAX_WORD},
		.pattern = {.max_bytes = (size_t)2 * GRUB_MAX_WORD},
	};

	for (; words && !g->is_stopped; words = words->next) {
		for (const struct grub_piece *p = words->pieces; p; p = p->next) {
			if (p->type == GRUB_TEXT || p->type == GRUB_QUOTED) {
				put(&e, p->text, p->type == GRUB_QUOTED);
			} else {
				put_variable(&e, p->text, p->type == GRUB_QUOTED_VARIABLE);
			}
		}
		close_word(&e);
	}
	if (block && args->n > 0 && !opens_menu(args->words[0])) {
		put_block(&e, block);
	}
	kb_buf_done(&e.word);
	kb_buf_done(&e.pattern);
}
