/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/base/table.h"

#include <errno.h>
#include <stdarg.h>

void kb_table_add(struct kb_table *t, struct kb_table_row row)
{
	if (t->n == t->cap) {
		size_t cap = t->cap > 0 ? t->cap * 2 : 16;
		struct kb_table_row *rows = kb_arena_array(&t->arena, cap, sizeof(*rows));

		if (!rows) {
			t->error = -ENOMEM;
			return;
		}
		if (t->n > 0) {
			memcpy(rows, t->rows, t->n * sizeof(*rows));
		}
		t->rows = rows;
		t->cap = cap;
	}
	t->rows[t->n++] = row;
}

const char *kb_table_printf(struct kb_table *t, const char *fmt, ...)
{
	KB_BUF struct kb_buf text = {0};
	const char *kept;
	va_list args;

	va_start(args, fmt);
	kb_buf_vprintf(&text, fmt, args);
	va_end(args);
	kept = kb_buf_error(&text) < 0 ? NULL : kb_arena_str(&t->arena, kb_buf_view(&text));
	t->error = kept ? t->error : -ENOMEM;
	return kept;
}

void kb_table_done(struct kb_table *t)
{
	kb_arena_done(&t->arena);
	*t = (struct kb_table){0};
}
