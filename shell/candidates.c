/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "candidates.h"

#include <errno.h>

#include "kboot/base/escape.h"
#include "kboot/terminal/table.h"
#include "kboot/terminal/text.h"
#include "words.h"

enum { GAP = 2 };

static const char *shown(struct kb_arena *arena, const char *text)
{
	KB_BUF struct kb_buf buf = {0};

	kb_escape(&buf, kb_str_from(text));
	return kb_buf_error(&buf) < 0 ? NULL : kb_arena_str(arena, kb_buf_view(&buf));
}

int kb_candidates_add(struct kb_candidates *c, const struct kb_candidate *candidate)
{
	struct kb_candidate copy = {.group = candidate->group, .goes_on = candidate->goes_on};

	if (c->n >= KB_CANDIDATES_MAX || !candidate->text[0]) {
		return 0;
	}
	if (!c->items) {
		c->items = kb_arena_array(&c->arena, KB_CANDIDATES_MAX, sizeof(*c->items));
	}
	copy.text = kb_arena_strdup(&c->arena, candidate->text);
	copy.show = shown(&c->arena, candidate->show ? candidate->show : candidate->text);
	copy.note = shown(&c->arena, candidate->note ? candidate->note : "");
	if (!copy.text || !copy.show || !copy.note || !c->items) {
		return -ENOMEM;
	}
	c->items[c->n++] = copy;
	return 0;
}

static int compare_text(const void *a, const void *b)
{
	const struct kb_candidate *x = a;
	const struct kb_candidate *y = b;
	int order = strcmp(x->text, y->text);

	return order != 0 ? order : (int)x->group - (int)y->group;
}

static int compare_group(const void *a, const void *b)
{
	const struct kb_candidate *x = a;
	const struct kb_candidate *y = b;
	int order = (int)x->group - (int)y->group;

	return order != 0 ? order : strcmp(x->text, y->text);
}

void kb_candidates_sort(struct kb_candidates *c)
{
	size_t kept = 0;

	if (c->n == 0) {
		return;
	}
	qsort(c->items, c->n, sizeof(*c->items), compare_text);
	for (size_t i = 1; i < c->n; i++) {
		if (strcmp(c->items[i].text, c->items[kept].text) != 0) {
			c->items[++kept] = c->items[i];
		}
	}
	c->n = kept + 1;
	qsort(c->items, c->n, sizeof(*c->items), compare_group);
}

void kb_candidates_done(struct kb_candidates *c)
{
	kb_arena_done(&c->arena);
	*c = (struct kb_candidates){0};
}

static struct kb_str common(const struct kb_candidates *c)
{
	struct kb_str shared = kb_str_from(c->items[0].text);

	for (size_t i = 1; i < c->n; i++) {
		shared = kb_str_common(shared, kb_str_from(c->items[i].text));
	}
	return shared;
}

void kb_candidates_word(const struct kb_candidates *c, struct kb_buf *word)
{
	if (c->n == 0) {
		return;
	}
	if (c->open) {
		kb_buf_putc(word, c->open);
	}
	kb_shell_quote(word, common(c), c->open);
	if (c->n > 1 || c->items[0].goes_on) {
		return;
	}
	if (c->open) {
		kb_buf_putc(word, c->open);
	}
	kb_buf_putc(word, ' ');
}

static const struct kb_symbols *const symbols = &kb_symbols[KB_CHARSET_UTF8];

static size_t width(const char *text)
{
	return (size_t)kb_text_columns(kb_str_from(text), symbols);
}

static void list_notes(const struct kb_candidate *items, size_t n, size_t widest, unsigned columns,
		       struct kb_buf *text)
{
	KB_TABLE struct kb_table t = {0};

	for (size_t i = 0; i < n; i++) {
		kb_table_add(&t, (struct kb_table_row){{items[i].show, items[i].note}});
	}
	kb_table_lines(&t, columns - 1, widest + GAP < columns ? 1 << 1 : 0, text);
}

static void list_grid(const struct kb_candidate *items, size_t n, size_t across, size_t cell,
		      struct kb_buf *text)
{
	size_t rows = (n + across - 1) / across;

	for (size_t row = 0; row < rows; row++) {
		for (size_t at = row; at < n; at += rows) {
			const char *show = items[at].show;
			size_t blanks = at + rows < n ? cell - width(show) : 0;

			kb_buf_printf(text, "%s%*s", show, (int)blanks, "");
		}
		kb_buf_putc(text, '\n');
	}
}

static void list_group(const struct kb_candidate *items, size_t n, unsigned columns,
		       struct kb_buf *text)
{
	size_t widest = 0;
	bool notes = false;

	for (size_t i = 0; i < n; i++) {
		size_t wanted = width(items[i].show);

		widest = wanted > widest ? wanted : widest;
		notes = notes || items[i].note[0];
	}
	if (notes) {
		list_notes(items, n, widest, columns, text);
	} else {
		list_grid(items, n, widest + GAP > columns ? 1 : columns / (widest + GAP),
			  widest + GAP, text);
	}
}

void kb_candidates_list(const struct kb_candidates *c, unsigned columns, struct kb_buf *text)
{
	static const char *const headings[KB_N_GROUPS] = {
		[KB_GROUP_WORDS] = "Words",       [KB_GROUP_LABELS] = "Labels",
		[KB_GROUP_DEVICES] = "Devices",   [KB_GROUP_FILES] = "Files",
		[KB_GROUP_COMMANDS] = "Commands", [KB_GROUP_VARIABLES] = "Variables",
	};
	size_t n;

	for (size_t at = 0; at < c->n; at += n) {
		const struct kb_candidate *items = &c->items[at];

		for (n = 1; at + n < c->n && items[n].group == items->group; n++) {
		}
		if (n < c->n) {
			kb_buf_printf(text, "%s:\n", headings[items->group]);
		}
		list_group(items, n, columns, text);
	}
}
