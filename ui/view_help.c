/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "widgets.h"

enum {
	KEY_COLUMNS = 18,
	NARROW_KEY_COLUMNS = 14,
	MAX_COLUMNS = 100, /* longer lines are hard to read */
};

static const char *const paragraphs[] = {
	"Any key stops the countdown, on all consoles. Enter then boots what is chosen.",
	"An entry is loaded while it is chosen: Enter then starts it at once.",
	"(default), or * where there is little room, boots when nobody chooses. ! marks an "
	"entry with a problem; the details say which. It can be tried all the "
	"same. All consoles show the same menu, and the choice is the same on all.",
};

static const struct kb_hint hints[] = {
	{NULL, "scroll", 1},
	{"Esc", "back", 0},
};

void kb_view_help_open(struct kb_ui *ui)
{
	kb_ui_show(ui, &kb_view_help);
}

/* Draws from a row that may lie above the area; returns the row below the text. */
static int draw_text(const struct kb_ui *ui, struct kb_grid *grid, struct kb_area area, int row)
{
	int key_columns = area.cols >= 60 ? KEY_COLUMNS : NARROW_KEY_COLUMNS;

	for (const struct kb_binding *b = kb_menu_bindings; b->keys; b++) {
		if (b->edits && ui->model.state.restricted) {
			continue;
		}
		if (row >= area.row && row < area.row + area.rows) {
			(void)kb_grid_puts(grid, row, area.col, key_columns - 1, KB_STYLE_KEY,
					   b->keys);
		}
		row += kb_grid_wrap_clipped(grid, area, row, key_columns, KB_STYLE_TEXT,
					    kb_str_from(b->help));
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(paragraphs); i++) {
		row += 1 + kb_grid_wrap_clipped(grid, area, row + 1, 0, KB_STYLE_TEXT,
						kb_str_from(paragraphs[i]));
	}
	return row;
}

static void draw(struct kb_ui *ui, struct kb_grid *grid)
{
	const struct kb_layout_wish wish = {0};
	struct kb_layout l;
	struct kb_area area;
	int end;

	kb_layout_make(grid->rows, grid->cols, &wish, &l);
	area = (struct kb_area){l.title.row + l.title.rows + (grid->rows >= 20 ? 1 : 0),
				l.title.col, 0,
				l.title.cols < MAX_COLUMNS ? l.title.cols : MAX_COLUMNS};
	area.rows = l.hints.row - area.row;
	if (l.title.rows > 0) {
		(void)kb_grid_puts(grid, l.title.row, l.title.col, l.title.cols, KB_STYLE_TITLE,
				   "Help");
	}
	kb_draw_hints(ui, grid, l.hints, hints, KB_ARRAY_LEN(hints));
	end = draw_text(ui, grid, area, area.row - ui->scroll);
	if (ui->scroll > 0 && end < area.row + area.rows) {
		/* Scrolled further than there is text. */
		ui->scroll -= area.row + area.rows - end;
		ui->scroll = ui->scroll < 0 ? 0 : ui->scroll;
		kb_grid_clear_area(grid, area);
		(void)draw_text(ui, grid, area, area.row - ui->scroll);
	}
	ui->page_rows = area.rows > 1 ? area.rows - 1 : 1;
}

static void press(struct kb_ui *ui, const struct kb_key *key)
{
	const char letter = (char)(key->code == KB_KEY_CHAR ? key->text[0] : '\0');

	if (key->code == KB_KEY_DOWN || letter == 'j') {
		ui->scroll++;
	} else if (key->code == KB_KEY_UP || letter == 'k') {
		ui->scroll -= ui->scroll > 0 ? 1 : 0;
	} else if (key->code == KB_KEY_PAGE_DOWN || letter == ' ') {
		ui->scroll += ui->page_rows;
	} else if (key->code == KB_KEY_PAGE_UP) {
		ui->scroll = ui->scroll > ui->page_rows ? ui->scroll - ui->page_rows : 0;
	} else {
		kb_view_back(ui, key, '?');
	}
}

const struct kb_view kb_view_help = {.draw = draw, .press = press};
