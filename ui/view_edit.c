/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "widgets.h"

static const struct kb_hint hints[] = {
	{"Enter", "boot it", 0},    {"Esc", "go back", 0},  {"^Z", "undo", 1},
	{"^A ^E", "start, end", 3}, {"^U ^K ^W", "cut", 2}, {"^Y", "paste", 4},
};

void kb_view_edit_open(struct kb_ui *ui)
{
	const struct kb_entry *entry = kb_model_selected(&ui->model);
	struct kb_line_edit line = {0};
	KB_BUF struct kb_buf text = {0};
	char title[KB_ERROR_TEXT];

	if (!entry || !entry->id) {
		return;
	}
	if (!entry->kernel && entry->command) {
		kb_ui_say(ui, KB_NOTICE_INFO,
			  "It is a command of the prompt: press c, and edit it there.");
		return;
	}
	if (ui->edit.id && strcmp(ui->edit.id, entry->id) == 0) {
		/* A boot with it failed: nothing that was typed is lost. */
		kb_ui_show(ui, &kb_view_edit);
		return;
	}
	kb_entry_put_line(entry, &text);
	if (kb_buf_error(&text) || kb_line_edit_init(&line, text.data) < 0) {
		kb_ui_say(ui, KB_NOTICE_ERROR, "This entry is too long to be edited.");
		return;
	}
	kb_line_edit_done(&ui->edit.line);
	free(ui->edit.id);
	free(ui->edit.title);
	ui->edit = (struct kb_ui_edit){
		.line = line,
		.id = strdup(entry->id),
		.title = strdup(kb_model_title(&ui->model, entry, title, sizeof(title))),
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

/* How many rows the line has; and how many the box gets: what it needs, and never the most. */
static int line_rows(const struct kb_ui *ui, int columns)
{
	struct kb_line_edit end = ui->edit.line;

	end.cursor = end.text.len;
	return kb_line_edit_place(&end, columns, ui->symbols).row + 1;
}

static void draw_head(struct kb_ui *ui, struct kb_grid *grid, struct kb_area line)
{
	int below = line_rows(ui, line.cols) - ui->edit.top - line.rows;
	char hidden[64] = "";
	int columns;

	kb_grid_repeat(grid, line.row - 1, 0, grid->cols, KB_STYLE_FAINT, ui->symbols->rule);
	if (ui->edit.top > 0 || below > 0) {
		(void)snprintf(hidden, sizeof(hidden), " %d above, %d below ", ui->edit.top,
			       below > 0 ? below : 0);
	}
	columns = (int)strlen(hidden);
	(void)kb_grid_printf(grid, line.row - 1, 2, grid->cols - 4 - columns, KB_STYLE_TITLE,
			     " Edit %s%s%s, for one boot ", ui->symbols->open, ui->edit.title,
			     ui->symbols->close);
	(void)kb_grid_puts(grid, line.row - 1, grid->cols - columns - 2, columns, KB_STYLE_TEXT,
			   hidden);
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
	int most = grid->rows / 2;
	int wanted = line_rows(ui, columns);
	struct kb_layout l;
	struct kb_area line;

	rows = wanted < rows || most < rows ? rows : wanted < most ? wanted : most;
	kb_layout_make(grid->rows, grid->cols, &wish, &l);
	kb_draw_title(ui, grid, l.title);
	kb_draw_greeting(ui, grid, l.greeting);
	line = (struct kb_area){l.status.row + l.status.rows - rows, l.status.col, rows,
				l.status.cols};
	l.list.rows = line.row - 1 - l.list.row;
	kb_draw_list(ui, grid, l.list);
	draw_line(ui, grid, line);
	draw_head(ui, grid, line);
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
