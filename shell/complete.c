/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "complete.h"

#include "assignment.h"
#include "kboot/model/setting.h"
#include "offers.h"

static void offer_first_words(struct kb_completion *c)
{
	if (kb_part_is_inside(c->part) || kb_part_names_place(c->part)) {
		kb_offer_names(c);
		return;
	}
	kb_offer_labels(c);
	kb_offer_builtins(c);
	kb_offer_variables(c, "=");
	kb_offer_devices(c, ":");
	/* By the thousand: they would bury everything else. */
	if (c->part.len > 0) {
		kb_offer_programs(c);
	}
	kb_offer_files(c);
}

/* Behind NAME=. What is no variable is a label, whose value is a line, or a kernel's argument: it
 * may begin with a file as well. */
static void offer_values(struct kb_completion *c)
{
	enum kb_variable variable = KB_N_VARIABLES;
	struct kb_str name = kb_str_head(c->fixed, kb_str_find(c->fixed, '='));
	bool is_variable = kb_variable_find(name, &variable) == 0;

	if (!is_variable || kb_variables[variable].type == KB_TYPE_FILE ||
	    (variable == KB_VAR_DEFAULT && kb_part_names_place(c->part))) {
		kb_offer_names(c);
	} else if (variable == KB_VAR_ROOT) {
		kb_offer_whole_devices(c);
	} else if (variable == KB_VAR_DEFAULT) {
		kb_offer_labels(c);
	} else if (kb_variables[variable].type == KB_TYPE_BOOL) {
		kb_offer(c, "true", NULL, NULL, false);
		kb_offer(c, "false", NULL, NULL, false);
	}
}

/* The name of a label may have commas. */
static bool takes_list(struct kb_str name)
{
	enum kb_variable variable;

	return kb_variable_find(name, &variable) < 0 || kb_variables[variable].type == KB_TYPE_FILE;
}

/* Behind NAME= and, of several files, behind the comma, a name begins; UUID=…:/x is one. */
static void split_value(struct kb_completion *c)
{
	size_t equals = kb_str_find(c->part, '=');
	struct kb_str name = kb_str_head(c->part, equals);
	size_t start = equals + 1;

	if (equals == c->part.len || kb_part_names_place(name) || kb_shell_is_tag(name)) {
		return;
	}
	for (size_t i = start; takes_list(name) && i < c->part.len; i++) {
		if (c->part.data[i] == ',') {
			start = i + 1;
		}
	}
	c->fixed = kb_str_head(c->part, start);
	c->part = kb_str_skip(c->part, start);
}

/* A label that is typed as it stands, blanks and all: it begins at that word. False: there is none,
 * or nothing of it but the word that is completed. */
static bool offer_spaced_label(struct kb_completion *c, size_t first)
{
	struct kb_completion whole = *c;
	KB_BUF struct kb_buf text = {0};

	if (first >= c->before->n) {
		return false;
	}
	for (size_t i = first; i < c->before->n; i++) {
		kb_buf_printf(&text, "%s ", c->before->items[i].text);
	}
	kb_buf_str(&text, c->part);
	whole.part = kb_buf_view(&text);
	if (kb_buf_error(&text) == 0) {
		kb_offer_labels(&whole);
	}
	if (c->to->n > 0) {
		c->to->word_start = c->before->items[first].start;
		c->to->open = '\0';
	}
	return c->to->n > 0;
}

/* What else a command takes, in the order of the table's bits. */
static void offer_taken(struct kb_completion *c, unsigned takes, size_t at)
{
	const char *word = c->before->items[at - 1].text;

	if (takes & (KB_TAKES_NAMES | KB_TAKES_FOLDERS)) {
		c->only_folders = takes & KB_TAKES_FOLDERS;
		kb_offer_names(c);
	}
	if (takes & KB_TAKES_DEVICES) {
		kb_offer_whole_devices(c);
	}
	if (takes & KB_TAKES_BUILTINS) {
		kb_offer_builtins(c);
	}
	if (takes & KB_TAKES_VARIABLES) {
		kb_offer_variables(c, "");
	}
	if (takes & KB_TAKES_VALUES) {
		kb_offer_variables(c, "=");
	}
	if (takes & KB_TAKES_FIRMWARE) {
		kb_offer_firmware(c);
	}
	if ((takes & KB_TAKES_INTERFACES) &&
	    (at == 1 || (at == 2 && (strcmp(word, "up") == 0 || strcmp(word, "down") == 0)))) {
		kb_offer_interfaces(c);
	}
}

static void offer_arguments(struct kb_completion *c, const struct kb_builtin *builtin)
{
	size_t at = c->before->n;
	size_t first = 1; /* of a line, or a label, behind options */

	if (builtin->max_words > 0 && at >= builtin->max_words) {
		return;
	}
	while (first < at && c->before->items[first].text[0] == '-') {
		first++;
	}
	if ((builtin->takes & KB_TAKES_LABELS) && offer_spaced_label(c, first)) {
		return;
	}
	if (at <= KB_BUILTIN_WORDS) {
		kb_offer_own_words(c, builtin->own[at - 1]);
	}
	if (at == first && (builtin->takes & KB_TAKES_COMMANDS)) {
		offer_first_words(c);
		return;
	}
	if (at == first && (builtin->takes & KB_TAKES_LABELS) && !kb_part_names_place(c->part)) {
		kb_offer_labels(c);
	}
	offer_taken(c, builtin->takes, at);
}

static void offer_words(struct kb_completion *c)
{
	bool is_first = c->before->n == 0;
	const struct kb_builtin *builtin =
		is_first ? NULL : kb_builtin_find(c->shell, c->before->items[0].text);

	split_value(c);
	if (kb_part_is_url(c->part)) {
		kb_offer_urls(c);
	} else if (c->fixed.len > 0) {
		offer_values(c);
	} else if (is_first) {
		offer_first_words(c);
	} else if (builtin) {
		offer_arguments(c, builtin);
	} else if (!offer_spaced_label(c, 0)) {
		/* A program knows no devices by their names. */
		kb_offer_files(c);
	}
}

/* The word before the cursor: the last one, or none yet behind a blank. */
static bool take_word(struct kb_completion *c, struct kb_str line, struct kb_shell_words *before)
{
	struct kb_shell_words words = {0};
	struct kb_error err;
	struct kb_shell_word *last;

	if (kb_shell_split(&c->arena, line, true, &words, &err) < 0) {
		return false;
	}
	last = words.n > 0 ? &words.items[words.n - 1] : NULL;
	c->to->word_start = line.len;
	if (last && last->end == line.len) {
		c->part = kb_str_from(last->text);
		c->to->word_start = last->start;
		/* Only a quote around the whole word is kept; others become backslashes. */
		if (words.open != '\\' && line.data[last->start] == words.open) {
			c->to->open = words.open;
		}
		words.n--;
	}
	*before = words;
	return true;
}

void kb_shell_complete(void *owner, struct kb_str line, struct kb_candidates *candidates)
{
	struct kb_completion c = {.shell = owner, .to = candidates, .part = KB_STR("")};
	struct kb_shell_words before = {0};

	c.before = &before;
	if (take_word(&c, line, &before)) {
		if (!kb_shell_is_restricted(c.shell)) {
			offer_words(&c);
		} else if (!offer_spaced_label(&c, 0) && before.n == 0) {
			kb_offer_labels(&c);
		}
	}
	kb_candidates_sort(candidates);
	kb_arena_done(&c.arena);
}
