/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "kboot/terminal/text.h"
#include "widgets.h"

static void add_fact(const struct kb_ui *ui, struct kb_buf *facts, const char *fact)
{
	if (facts->len > 0) {
		kb_buf_printf(facts, " %s ", ui->symbols->dot);
	}
	kb_buf_puts(facts, fact);
}

/* Facts about this menu, the least important first: where there is no room the first ones go. */
static void collect_facts(const struct kb_ui *ui, struct kb_buf *facts)
{
	const struct kb_state *s = &ui->model.state;
	char text[48];

	if (ui->tty) {
		add_fact(ui, facts, ui->tty);
	}
	if (s->restricted) {
		add_fact(ui, facts, "restricted");
	}
	if (s->simulated) {
		add_fact(ui, facts, "simulation");
	}
	if (s->scanning > 0) {
		(void)snprintf(text, sizeof(text), "looking at %u %s%s", s->scanning,
			       s->scanning == 1 ? "device" : "devices", ui->symbols->ellipsis);
		add_fact(ui, facts, text);
	}
}

enum { NETWORK_LEAST_COLUMNS = 16, NETWORK_GAP = 2 };

/* Who is logged in, or else how the network is: between the name and the facts, so that it moves
 * nothing when it comes. */
static void draw_network(const struct kb_ui *ui, struct kb_grid *grid, struct kb_area room)
{
	const struct kb_state *s = &ui->model.state;
	const char *text = s->sessions ? s->sessions : s->network;

	if (text && room.cols >= NETWORK_LEAST_COLUMNS) {
		(void)kb_grid_printf(grid, room.row, room.col, room.cols, KB_STYLE_TEXT, "%s%s",
				     s->sessions ? "ssh: " : "", text);
	}
}

void kb_draw_title(const struct kb_ui *ui, struct kb_grid *grid, struct kb_area area)
{
	KB_BUF struct kb_buf facts = {0};
	const char *name = ui->model.hello[0] ? ui->model.hello : "kboot";
	int used;
	int columns;

	if (area.rows == 0) {
		return;
	}
	collect_facts(ui, &facts);
	used = kb_grid_puts(grid, area.row, area.col, area.cols, KB_STYLE_TITLE, name);
	columns = kb_text_columns(kb_buf_view(&facts), ui->symbols);
	if (columns > area.cols - used - 2) {
		columns = area.cols - used - 2;
	}
	(void)kb_grid_put(grid, area.row, area.col + area.cols - columns, columns, KB_STYLE_FAINT,
			  kb_buf_view(&facts));
	area.col += used + NETWORK_GAP;
	area.cols -= used + columns + 2 * NETWORK_GAP;
	draw_network(ui, grid, area);
}

int kb_greeting_rows(const struct kb_ui *ui, int columns)
{
	const char *text = ui->model.greeting;

	return text ? kb_text_wrapped_rows(kb_str_from(text), columns, ui->symbols) : 0;
}

void kb_draw_greeting(const struct kb_ui *ui, struct kb_grid *grid, struct kb_area area)
{
	(void)kb_grid_wrap(grid, area, KB_STYLE_TEXT, kb_str_from(ui->model.greeting));
}

static const char *key_text(const struct kb_ui *ui, const struct kb_hint *hint)
{
	return hint->key ? hint->key : ui->symbols->arrows;
}

static int hint_columns(const struct kb_ui *ui, const struct kb_hint *hint)
{
	return kb_text_columns(kb_str_from(key_text(ui, hint)), ui->symbols) + 1 +
	       kb_text_columns(kb_str_from(hint->what), ui->symbols);
}

enum { HINT_GAP = 2, MAX_HINTS = 16, MAX_RANK = 9 };

/* Those of the lowest ranks first, as long as there is room. */
static void choose_hints(const struct kb_ui *ui, int columns, const struct kb_hint *hints,
			 size_t n_hints, bool chosen[MAX_HINTS])
{
	int used = -HINT_GAP;

	for (int rank = 0; rank <= MAX_RANK; rank++) {
		for (size_t i = 0; i < n_hints && i < MAX_HINTS; i++) {
			int more = hint_columns(ui, &hints[i]) + HINT_GAP;

			if (hints[i].rank == rank && used + more <= columns) {
				chosen[i] = true;
				used += more;
			}
		}
	}
}

void kb_draw_hints(const struct kb_ui *ui, struct kb_grid *grid, struct kb_area area,
		   const struct kb_hint *hints, size_t n_hints)
{
	/* One column stays free: a character in the last cell makes some terminals scroll. */
	int end = area.col + area.cols - 1;
	bool chosen[MAX_HINTS] = {false};
	int col = area.col + 1;

	choose_hints(ui, area.cols - 2, hints, n_hints, chosen);
	for (size_t i = 0; area.rows > 0 && i < n_hints && i < MAX_HINTS; i++) {
		if (!chosen[i]) {
			continue;
		}
		col += kb_grid_puts(grid, area.row, col, end - col, KB_STYLE_KEY,
				    key_text(ui, &hints[i]));
		col += 1 + kb_grid_puts(grid, area.row, col + 1, end - col - 1, KB_STYLE_TEXT,
					hints[i].what);
		col += HINT_GAP;
	}
}

static int clamp(int value, int low, int high)
{
	return value < low ? low : value > high ? high : value;
}

struct kb_area kb_draw_box(const struct kb_ui *ui, struct kb_grid *grid, int rows, int cols,
			   const char *head)
{
	const struct kb_symbols *s = ui->symbols;
	struct kb_area box = {.rows = clamp(rows + 2, 3, grid->rows),
			      .cols = clamp(cols + 4, 8, grid->cols)};
	int right;
	int bottom;

	box.row = (grid->rows - box.rows) / 2;
	box.col = (grid->cols - box.cols) / 2;
	right = box.col + box.cols - 1;
	bottom = box.row + box.rows - 1;
	kb_grid_clear_area(grid, box);
	for (int row = box.row; row <= bottom; row++) {
		(void)kb_grid_puts(grid, row, box.col, 1, KB_STYLE_FAINT, s->wall);
		(void)kb_grid_puts(grid, row, right, 1, KB_STYLE_FAINT, s->wall);
	}
	kb_grid_repeat(grid, box.row, box.col, box.cols, KB_STYLE_FAINT, s->rule);
	kb_grid_repeat(grid, bottom, box.col, box.cols, KB_STYLE_FAINT, s->rule);
	(void)kb_grid_puts(grid, box.row, box.col, 1, KB_STYLE_FAINT, s->corners[0]);
	(void)kb_grid_puts(grid, box.row, right, 1, KB_STYLE_FAINT, s->corners[1]);
	(void)kb_grid_puts(grid, bottom, box.col, 1, KB_STYLE_FAINT, s->corners[2]);
	(void)kb_grid_puts(grid, bottom, right, 1, KB_STYLE_FAINT, s->corners[3]);
	(void)kb_grid_printf(grid, box.row, box.col + 2, box.cols - 4, KB_STYLE_TITLE, " %s ",
			     head);
	return (struct kb_area){box.row + 1, box.col + 2, box.rows - 2, box.cols - 4};
}

void kb_draw_choice(struct kb_grid *grid, struct kb_area area, int row, bool selected, char letter,
		    const char *what)
{
	(void)kb_grid_printf(grid, area.row + row, area.col, area.cols,
			     selected ? KB_STYLE_SELECTED : KB_STYLE_TEXT, "%c %c  %s ",
			     selected ? '>' : ' ', letter, what);
	if (selected) {
		grid->cursor_row = area.row + row;
		grid->cursor_col = area.col;
	}
}
