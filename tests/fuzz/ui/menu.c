/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A menu that is told anything and typed on at will, at any size. The input is a number of lines:
 * one that begins with { is a message, any other is typed, byte by byte, and then drawn on a screen
 * whose size its first two bytes give. No byte of it may reach the grid as a control character.
 */
#include <locale.h>
#include <wctype.h>

#include "fuzz.h"
#include "kboot/proto/intent.h"
#include "kboot/proto/message.h"
#include "ui.h"

enum { MAX_LINES = 200 };

struct menu {
	struct kb_ui ui;
	struct kb_grid grid;
	struct kb_key_decoder keys;
	int64_t now_ms;
};

static void check_grid(const struct kb_grid *grid)
{
	for (int i = 0; i < grid->rows * grid->cols; i++) {
		const struct kb_cell *cell = &grid->cells[i];

		FUZZ_CHECK(cell->columns <= 2);
		FUZZ_CHECK(cell->columns > 0 || i % grid->cols > 0);
		FUZZ_CHECK(cell->style < KB_N_STYLES);
		for (int k = 0; cell->columns > 0 && k < KB_CELL_CHARS && cell->chars[k]; k++) {
			FUZZ_CHECK(!iswcntrl((wint_t)cell->chars[k]));
			FUZZ_CHECK(!grid->symbols->ascii || cell->chars[k] < 0x7f);
		}
	}
	FUZZ_CHECK(grid->cursor_row >= 0 && grid->cursor_row < grid->rows);
	FUZZ_CHECK(grid->cursor_col >= 0 && grid->cursor_col < grid->cols);
}

static void check_intents(struct menu *m)
{
	struct kb_str rest = kb_buf_view(&m->ui.out);
	struct kb_str line;

	while (kb_str_next_line(&rest, &line)) {
		KB_ARENA struct kb_arena arena = {0};
		struct kb_intent intent;

		FUZZ_CHECK(kb_intent_decode(&arena, line, &intent) == 0);
	}
	kb_buf_reset(&m->ui.out);
}

static void tell(struct menu *m, struct kb_str line)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_message message;

	if (kb_message_decode(&arena, line, &message) == 0) {
		kb_ui_message(&m->ui, &message, m->now_ms);
	}
}

static void type(struct menu *m, struct kb_str line)
{
	struct kb_key keys[KB_KEYS_AT_ONCE];
	size_t n;

	for (size_t i = 0; i <= line.len; i++) {
		n = i < line.len ? kb_key_decode(&m->keys, (unsigned char)line.data[i], keys)
				 : kb_key_give_up(&m->keys, keys);
		FUZZ_CHECK(n <= KB_KEYS_AT_ONCE);
		for (size_t k = 0; k < n; k++) {
			kb_ui_key(&m->ui, &keys[k], m->now_ms);
		}
	}
}

static void draw(struct menu *m, struct kb_str line)
{
	int rows = line.len > 0 ? (unsigned char)line.data[0] % 64 : 24;
	int cols = line.len > 1 ? (unsigned char)line.data[1] : 80;

	FUZZ_CHECK(kb_grid_resize(&m->grid, rows, cols) == 0);
	kb_ui_draw(&m->ui, &m->grid, m->now_ms);
	check_grid(&m->grid);
	FUZZ_CHECK(kb_ui_next_ms(&m->ui) >= -1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kb_str rest = kb_str_of((const char *)data, size);
	struct menu m = {.now_ms = 1000};
	struct kb_str line;

	(void)setlocale(LC_CTYPE, "C.UTF-8");
	kb_ui_init(&m.ui, &kb_symbols[size % KB_N_CHARSETS], m.now_ms);
	m.ui.slow = size & 4;
	for (int i = 0; i < MAX_LINES && kb_str_next_line(&rest, &line); i++) {
		m.now_ms += 70;
		if (line.len > 0 && line.data[0] == '{') {
			tell(&m, line);
		} else {
			type(&m, line);
			draw(&m, line);
		}
		check_intents(&m);
	}
	kb_ui_done(&m.ui);
	kb_grid_done(&m.grid);
	return 0;
}
