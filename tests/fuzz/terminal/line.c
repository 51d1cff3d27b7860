/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line that is typed on a terminal of any width: behind a NUL stands another width. The decoder
 * never gives more keys than there is room for, the line stays whole, nothing is written but what
 * any terminal knows, never in the last column, and the row shows what a new one would show.
 */
#include <locale.h>

#include "fuzz.h"
#include "kboot/terminal/row.h"
#include "row_screen.h"

struct typing {
	struct kb_key_decoder keys;
	struct kb_line_edit edit;
	struct kb_row row;
	struct row_screen screen;
	const struct kb_symbols *symbols;
};

static void draw_on(const struct typing *t, struct kb_row *row, struct row_screen *screen)
{
	const struct kb_row_line line = {.prompt = KB_STR("kboot sda2:/\xe6\x97\xa5: "),
					 .edit = &t->edit,
					 .columns = screen->columns,
					 .symbols = t->symbols};
	KB_BUF struct kb_buf out = {0};

	kb_row_draw(row, &line, &out);
	FUZZ_CHECK(row_screen_feed(screen, kb_buf_view(&out)));
}

static void draw(struct typing *t)
{
	struct kb_row fresh = {.start = t->row.start};
	struct row_screen other = {.columns = t->screen.columns};
	KB_BUF struct kb_buf seen = {0};
	KB_BUF struct kb_buf expected = {0};

	draw_on(t, &t->row, &t->screen);
	draw_on(t, &fresh, &other);
	row_screen_text(&t->screen, &seen);
	row_screen_text(&other, &expected);
	FUZZ_CHECK(kb_str_eq(kb_buf_view(&seen), kb_buf_view(&expected)));
	FUZZ_CHECK(t->screen.col == other.col);
	FUZZ_CHECK(t->screen.col >= 0 && t->screen.col < t->screen.columns);
}

static void resize(struct typing *t, unsigned char width)
{
	t->screen = (struct row_screen){.columns = width ? width : ROW_SCREEN_COLS};
	t->row.lost = true;
}

static void press(struct typing *t, unsigned char byte)
{
	struct kb_key keys[KB_KEYS_AT_ONCE];
	size_t n = kb_key_decode(&t->keys, byte, keys);

	FUZZ_CHECK(n <= KB_KEYS_AT_ONCE);
	for (size_t i = 0; i < n; i++) {
		(void)kb_line_edit_key(&t->edit, &keys[i], t->symbols);
		FUZZ_CHECK(t->edit.cursor <= t->edit.text.len);
		FUZZ_CHECK(t->edit.text.len <= KB_LINE_EDIT_MAX);
		FUZZ_CHECK(strlen(t->edit.text.data) == t->edit.text.len);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct typing t = {.screen = {.columns = 80}, .row = {.erase = size & 1}};

	(void)setlocale(LC_CTYPE, "C.UTF-8");
	t.symbols = &kb_symbols[size & 2 ? KB_CHARSET_UTF8 : KB_CHARSET_ASCII];
	FUZZ_CHECK(kb_line_edit_init(&t.edit, "") == 0);
	for (size_t i = 0; i < size && i < 1024; i++) {
		if (data[i] == 0 && i + 1 < size) {
			resize(&t, data[++i]);
		} else {
			press(&t, data[i]);
		}
		/* Not behind each of them: what was pasted is drawn once. */
		if (i + 1 == size || data[i + 1] % 16 == 0) {
			draw(&t);
		}
	}
	kb_line_edit_done(&t.edit);
	return 0;
}
