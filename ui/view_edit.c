/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "widgets.h"

static const struct kb_hint hints[] = {
	{"Enter", "boot with it", 0}, {"Esc", "go back", 0},   {"^A ^E", "start, end", 1},
	{"^U ^K", "cut", 2},          {"^W", "cut a word", 3}, {"^Y", "paste", 4},
};

void kb_view_edit_open(struct kb_ui *ui)
{
	const struct kb_entry *entry = kb_model_selected(&ui->model);
	struct kb_line_edit line = {0};

	if (!entry || !entry->id) {
		return;
	}
	if (ui->edit.id && strcmp(ui->edit.id, entry->id) == 0) {
		/* A boot with it failed: nothing that was typed is lost. */
		kb_ui_show(ui, &kb_view_edit);
		return;
	}
	if (kb_line_edit_init(&line, entry->args) < 0) {
		kb_ui_say(ui, KB_NOTICE_ERROR, "This command line is too long to be edited.");
		return;
	}
	kb_line_edit_done(&ui->edit.line);
	free(ui->edit.id);
	free(ui->edit.title);
	ui->edit = (struct kb_ui_edit){
		.line = line,
		.id = strdup(entry->id),
		.title = strdup(kb_entry_title(entry)),
	};
	if (!ui->edit.id || !ui->edit.title) {
		free(ui->edit.id);
		ui->edit.id = NULL;
		kb_ui_say(ui, KB_NOTICE_ERROR, "Out of memory.");
		return;
	}
	kb_ui_show(ui, &kb_view_edit);
}

static void leave(struct kb_ui *ui)
{
	free(ui->edit.id);
	ui->edit.id = NULL;
	kb_ui_show(ui, &kb_view_menu);
}

static void draw_line(struct kb_ui *ui, struct kb_grid *grid, struct kb_area area)
{
	struct kb_ui_edit *edit = &ui->edit;
	struct kb_line_place cursor;

	edit->columns = area.cols;
	cursor = kb_line_edit_place(&edit->line, area.cols, ui->symbols);
	if (cursor.row < edit->top) {
		edit->top = cursor.row;
	}
	if (cursor.row >= edit->top + area.rows) {
		edit->top = cursor.row - area.rows + 1;
	}
	for (int row = 0; row < area.rows; row++) {
		(void)kb_grid_put(grid, area.row + row, area.col, area.cols, KB_STYLE_TEXT,
				  kb_line_edit_row(&edit->line, area.cols, edit->top + row,
						   ui->symbols));
	}
	grid->cursor_row = area.row + cursor.row - edit->top;
	grid->cursor_col = area.col + cursor.col;
	grid->cursor_visible = true;
}

/* The list stays above, so that one sees where one is; the line gets what details and status have
 * in the menu, and more while it needs more. */
static void draw(struct kb_ui *ui, struct kb_grid *grid)
{
	int columns = kb_layout_text_columns(grid->cols);
	const struct kb_layout_wish wish = {
		.greeting_rows = kb_greeting_rows(ui, columns),
		.notice_rows = kb_notice_rows(ui, columns),
	};
	int rows = grid->rows >= 20 ? 6 : grid->rows >= 10 ? 3 : 1;
	struct kb_layout l;
	struct kb_area line;

	kb_layout_make(grid->rows, grid->cols, &wish, &l);
	kb_draw_title(ui, grid, l.title);
	kb_draw_greeting(ui, grid, l.greeting);
	line = (struct kb_area){l.status.row + l.status.rows - rows, l.status.col, rows,
				l.status.cols};
	l.list.rows = line.row - 1 - l.list.row;
	kb_draw_list(ui, grid, l.list);
	kb_grid_repeat(grid, line.row - 1, 0, grid->cols, KB_STYLE_FAINT, ui->symbols->rule);
	(void)kb_grid_printf(grid, line.row - 1, 2, grid->cols - 4, KB_STYLE_TITLE,
			     " Command line of %s%s%s, for one boot ", ui->symbols->open,
			     ui->edit.title, ui->symbols->close);
	draw_line(ui, grid, line);
	kb_draw_hints(ui, grid, l.hints, hints, KB_ARRAY_LEN(hints));
}

static void press(struct kb_ui *ui, const struct kb_key *key)
{
	struct kb_ui_edit *edit = &ui->edit;

	switch (key->code) {
	case KB_KEY_ESCAPE:
		leave(ui);
		break;
	case KB_KEY_ENTER:
		kb_ui_show(ui, &kb_view_menu);
		kb_ui_boot(ui, edit->id, edit->line.text.data);
		break;
	case KB_KEY_UP:
		kb_line_edit_vertical(&edit->line, edit->columns, -1, ui->symbols);
		break;
	case KB_KEY_DOWN:
		kb_line_edit_vertical(&edit->line, edit->columns, 1, ui->symbols);
		break;
	default:
		if (key->code == KB_KEY_CTRL && (key->text[0] == 'c' || key->text[0] == 'g')) {
			leave(ui);
		} else {
			(void)kb_line_edit_key(&edit->line, key, ui->symbols);
		}
		break;
	}
}

const struct kb_view kb_view_edit = {.draw = draw, .press = press};
