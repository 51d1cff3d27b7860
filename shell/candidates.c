/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "candidates.h"

#include <errno.h>

#include "kboot/base/escape.h"
#include "kboot/terminal/table.h"
#include "kboot/terminal/text.h"
#include "words.h"

enum { GAP = 2, KEEP_LINES = 3 }; /* lines that stay for what was there and the prompt */

static const char *shown(struct kb_arena *arena, const char *text)
{
	KB_BUF struct kb_buf buf = {0};

	kb_escape(&buf, kb_str_from(text));
	return kb_buf_error(&buf) < 0 ? NULL : kb_arena_str(arena, kb_buf_view(&buf));
}

int kb_candidates_add(struct kb_candidates *c, const struct kb_candidate *candidate)
{
	struct kb_candidate copy = {.goes_on = candidate->goes_on};

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

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct kb_candidate *)a)->text,
		      ((const struct kb_candidate *)b)->text);
}

void kb_candidates_sort(struct kb_candidates *c)
{
	size_t kept = 0;

	if (c->n == 0) {
		return;
	}
	qsort(c->items, c->n, sizeof(*c->items), compare);
	for (size_t i = 1; i < c->n; i++) {
		if (strcmp(c->items[i].text, c->items[kept].text) != 0) {
			c->items[++kept] = c->items[i];
		}
	}
	c->n = kept + 1;
}

void kb_candidates_done(struct kb_candidates *c)
{
	kb_arena_done(&c->arena);
	*c = (struct kb_candidates){0};
}

/* Never the half of a character. */
static struct kb_str common(const struct kb_candidates *c)
{
	struct kb_str whole = kb_str_from(c->items[0].text);
	struct kb_str shared = whole;
	size_t len = 0;

	for (size_t i = 1; i < c->n; i++) {
		size_t same = 0;

		while (same < shared.len && c->items[i].text[same] == shared.data[same]) {
			same++;
		}
		shared = kb_str_head(shared, same);
	}
	while (len < shared.len) {
		size_t next = kb_str_utf8_len(kb_str_skip(whole, len));

		next = next > 0 ? next : 1;
		if (next > shared.len - len) {
			break;
		}
		len += next;
	}
	return kb_str_head(shared, len);
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

/* Both answer how many they showed. */
static size_t list_notes(const struct kb_candidates *c, size_t n, unsigned columns, unsigned cut,
			 struct kb_buf *text)
{
	KB_TABLE struct kb_table t = {0};

	for (size_t i = 0; i < n; i++) {
		kb_table_add(&t, (struct kb_table_row){{c->items[i].show, c->items[i].note}});
	}
	kb_table_lines(&t, columns - 1, cut, text);
	return n;
}

static size_t list_grid(const struct kb_candidates *c, size_t rows, size_t across, size_t cell,
			struct kb_buf *text)
{
	size_t all_rows = (c->n + across - 1) / across;
	size_t shown = 0;

	for (size_t row = 0; row < rows; row++) {
		for (size_t at = row; at < c->n; at += all_rows) {
			const char *show = c->items[at].show;
			size_t blanks = at + all_rows < c->n ? cell - width(show) : 0;

			kb_buf_printf(text, "%s%*s", show, (int)blanks, "");
			shown++;
		}
		kb_buf_putc(text, '\n');
	}
	return shown;
}

void kb_candidates_list(const struct kb_candidates *c, unsigned columns, unsigned lines,
			struct kb_buf *text)
{
	size_t most = lines > 2 * KEEP_LINES ? lines - KEEP_LINES : KEEP_LINES;
	size_t widest = 0;
	bool notes = false;
	size_t across;
	size_t shown;
	size_t rows;

	for (size_t i = 0; i < c->n; i++) {
		size_t wanted = width(c->items[i].show);

		widest = wanted > widest ? wanted : widest;
		notes = notes || c->items[i].note[0];
	}
	across = notes || widest + GAP > columns ? 1 : columns / (widest + GAP);
	rows = (c->n + across - 1) / across;
	rows = rows > most ? most : rows;
	shown = notes ? list_notes(c, rows, columns, widest + GAP < columns ? 1 << 1 : 0, text)
		      : list_grid(c, rows, across, widest + GAP, text);
	if (shown < c->n) {
		kb_buf_printf(text, "... and %zu more\n", c->n - shown);
	}
}
