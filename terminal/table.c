/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/terminal/table.h"

#include <errno.h>
#include <unistd.h>

#include "kboot/base/escape.h"
#include "kboot/terminal/size.h"
#include "kboot/terminal/text.h"

enum { GAP = 2, MIN_WIDTH = 12, MAX_WIDTH = 200 }; /* of a column */

static const struct kb_symbols *const symbols = &kb_symbols[KB_CHARSET_UTF8];

unsigned kb_table_columns(void)
{
	struct kb_terminal_size size = {.cols = KB_TERMINAL_COLS};

	if (!isatty(STDOUT_FILENO)) {
		return 0;
	}
	(void)kb_terminal_size_known(STDOUT_FILENO, &size);
	return (unsigned)size.cols;
}

static const char *harmless(struct kb_table *t, const char *text)
{
	KB_BUF struct kb_buf buf = {0};

	kb_escape(&buf, kb_str_from(text));
	t->error = kb_buf_error(&buf) < 0 ? kb_buf_error(&buf) : t->error;
	return kb_table_printf(t, "%.*s", KB_STR_ARG(kb_buf_view(&buf)));
}

static void measure(struct kb_table *t, int width[KB_TABLE_CELLS])
{
	for (size_t i = 0; i < t->n * KB_TABLE_CELLS; i++) {
		const char **cell = &t->rows[i / KB_TABLE_CELLS].cells[i % KB_TABLE_CELLS];
		int *widest = &width[i % KB_TABLE_CELLS];
		int columns;

		*cell = *cell ? harmless(t, *cell) : NULL;
		columns = kb_text_columns(kb_str_from(*cell), symbols);
		columns = columns > MAX_WIDTH ? MAX_WIDTH : columns;
		*widest = columns > *widest ? columns : *widest;
	}
}

/* What is long gives way. */
static void squeeze(int width[KB_TABLE_CELLS], int columns, unsigned cut)
{
	int used = -GAP;

	for (size_t i = 0; i < KB_TABLE_CELLS; i++) {
		used += width[i] > 0 ? width[i] + GAP : 0;
	}
	for (; used > columns; used--) {
		int least = MIN_WIDTH;
		int *longest = &least;

		for (size_t i = 0; i < KB_TABLE_CELLS; i++) {
			bool gives = cut == 0 || (cut & 1U << i);

			longest = gives && width[i] > *longest ? &width[i] : longest;
		}
		if (longest == &least) {
			break;
		}
		(*longest)--;
	}
}

static void put_row(const struct kb_table_row *row, const int width[KB_TABLE_CELLS], unsigned cut,
		    struct kb_buf *line)
{
	int missing = 0;

	for (size_t i = 0; i < KB_TABLE_CELLS; i++) {
		struct kb_str text = kb_str_from(row->cells[i]);

		text = cut & 1U << i ? kb_text_fit(text, width[i], symbols) : text;
		if (text.len > 0) {
			kb_buf_printf(line, "%*s%.*s", missing, "", KB_STR_ARG(text));
			missing = 0;
		}
		missing += width[i] > 0 ? GAP + width[i] - kb_text_columns(text, symbols) : 0;
		missing = missing < GAP && line->len > 0 ? GAP : missing;
	}
}

void kb_table_lines(struct kb_table *t, unsigned columns, unsigned cut, struct kb_buf *to)
{
	KB_BUF struct kb_buf line = {0};
	int width[KB_TABLE_CELLS] = {0};
	bool clip = columns > 0 && cut != 0;

	measure(t, width);
	if (columns > 0) {
		squeeze(width, (int)columns, cut);
	}
	for (size_t i = 0; i < t->n; i++) {
		struct kb_str whole;

		kb_buf_reset(&line);
		put_row(&t->rows[i], width, clip ? cut : 0, &line);
		t->error = kb_buf_error(&line) < 0 ? kb_buf_error(&line) : t->error;
		whole = kb_buf_view(&line);
		kb_buf_str(to, clip ? kb_text_fit(whole, (int)columns, symbols) : whole);
		kb_buf_putc(to, '\n');
	}
	to->error = to->error < 0 ? to->error : t->error;
}
