/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/terminal/text.h"
#include "widgets.h"

/* One quiet line. In its moment no other key than "any" exists: see wake() in ui.c. */
static void draw(struct kb_ui *ui, struct kb_grid *grid)
{
	const struct kb_entry *entry = kb_model_find(&ui->model, ui->model.state.default_id);
	int64_t remaining = kb_model_remaining_ms(&ui->model, ui->now_ms);
	int col = kb_layout_text_columns(grid->cols) < grid->cols ? 1 : 0;
	char title[KB_ERROR_TEXT];
	char after[64];
	int room;

	(void)snprintf(after, sizeof(after), " starts in %lld s, any key for the menu",
		       (long long)((remaining + 999) / 1000));
	room = grid->cols - col - (int)strlen(after);
	if (!entry || ui->model.state.total_ms == 0 || room < 4) {
		(void)kb_grid_puts(grid, 0, col, grid->cols - col, KB_STYLE_TEXT,
				   "Any key for the menu");
		return;
	}
	col += kb_grid_puts(grid, 0, col, room, KB_STYLE_TEXT,
			    kb_model_title(&ui->model, entry, title, sizeof(title)));
	(void)kb_grid_puts(grid, 0, col, grid->cols - col, KB_STYLE_TEXT, after);
}

static void press(struct kb_ui *ui, const struct kb_key *key)
{
	(void)ui;
	(void)key;
}

const struct kb_view kb_view_delay = {.draw = draw, .press = press};
