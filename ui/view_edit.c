/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "complete.h"
#include "kboot/terminal/text.h"
#include "widgets.h"

enum { NAME_GAP = 2 };

static const struct kb_hint hints[] = {
	{"Enter", "boot it", 0}, {"Esc", "go back", 0},  {"Tab", "complete", 1},
	{"^Z", "undo", 2},       {"^U ^K ^W", "cut", 3}, {"^A ^E", "start, end", 4},
	{"^Y", "paste", 5},
};

static void forget_names(struct kb_ui_edit *edit)
{
	edit->waits = false;
	kb_table_done(&edit->names);
	edit->names = (struct kb_table){0};
}

void kb_view_edit_open(struct kb_ui *ui)
{
	const struct kb_entry *entry = kb_model_selected(&ui->model);
	struct kb_line_edit line = {0};
	KB_BUF struct kb_buf text = {0};
	char title[KB_ERROR_TEXT];

	if (!entry || !entry->id) {
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
	forget_names(&ui->edit);
	free(ui->edit.id);
	free(ui->edit.title);
	ui->edit = (struct kb_ui_edit){
		.asked = ui->edit.asked,
		.line = line,
		.is_command = !entry->kernel,
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

/* --- names */

static void complete_from(struct kb_ui *ui, const struct kb_table_row *rows, size_t n_rows)
{
	struct kb_ui_edit *edit = &ui->edit;
	const struct kb_name_typed typed = kb_name_typed(&edit->line);

	kb_name_candidates(&edit->line, &typed, rows, n_rows, &edit->names);
	if (edit->names.error) {
		forget_names(edit);
		kb_ui_say(ui, KB_NOTICE_ERROR, "Out of memory.");
	} else if (edit->names.n == 0) {
		kb_ui_say(ui, KB_NOTICE_INFO, "Nothing there begins so.");
	} else if (kb_name_complete(&edit->line, &typed, &edit->names) || edit->names.n == 1) {
		forget_names(edit);
	}
}

static void ask(struct kb_ui *ui, struct kb_intent *intent)
{
	ui->edit.waits = true;
	intent->request = ++ui->edit.asked;
	kb_ui_send(ui, intent);
}

static void complete(struct kb_ui *ui)
{
	static const struct kb_table_row keywords[] = {
		{{"initrd="}},
		{{"dtb="}},
		{{"root="}},
	};
	struct kb_ui_edit *edit = &ui->edit;
	const struct kb_name_typed typed = kb_name_typed(&edit->line);
	struct kb_str name =
		kb_str_skip(kb_str_head(kb_buf_view(&edit->line.text), edit->line.cursor),
			    typed.start);
	KB_ARENA struct kb_arena arena = {0};
	struct kb_intent intent = {.type = KB_DO_DEVICES, .want = "now"};

	switch (typed.wants) {
	case KB_WANTS_NOTHING:
		break;
	case KB_WANTS_KEYWORD:
		complete_from(ui, keywords, KB_ARRAY_LEN(keywords));
		break;
	case KB_WANTS_FILE:
		intent = (struct kb_intent){
			.type = KB_DO_VISIT,
			.id = edit->id,
			.name = kb_arena_str(&arena, kb_str_head(name, typed.last - typed.start)),
			.value = kb_arena_str(&arena, kb_str_skip(name, typed.last - typed.start)),
			.want = "list",
		};
		ask(ui, &intent);
		break;
	default:
		ask(ui, &intent);
		break;
	}
}

void kb_view_edit_take(struct kb_ui *ui, const struct kb_message *reply)
{
	const struct kb_name_typed typed = kb_name_typed(&ui->edit.line);
	KB_TABLE struct kb_table devices = {0};

	ui->edit.waits = false;
	if (!reply->ok) {
		return;
	}
	if (typed.wants == KB_WANTS_FILE) {
		complete_from(ui, reply->rows, reply->n_rows);
		return;
	}
	for (size_t i = 0; i < reply->n_rows; i++) {
		kb_table_add(&devices,
			     (struct kb_table_row){{reply->rows[i].cells[KB_DEVICES_NAME],
						    typed.wants == KB_WANTS_ROOT ? "" : ":"}});
	}
	complete_from(ui, devices.rows, devices.n);
}

static int name_columns(const struct kb_ui *ui)
{
	const struct kb_table *names = &ui->edit.names;
	int widest = 0;

	for (size_t i = 0; i < names->n; i++) {
		int columns = kb_text_columns(kb_str_from(names->rows[i].cells[0]), ui->symbols) +
			      (int)strlen(names->rows[i].cells[1]);

		widest = columns > widest ? columns : widest;
	}
	return widest + NAME_GAP;
}

/* In columns, over the foot of the list, which lends what is needed. */
static void draw_names(const struct kb_ui *ui, struct kb_grid *grid, struct kb_area text)
{
	const struct kb_table *names = &ui->edit.names;
	int widest = name_columns(ui);
	int across = text.cols >= 2 * widest ? text.cols / widest : 1;
	int rows = ((int)names->n + across - 1) / across;
	int shown = rows < text.rows ? rows : text.rows;
	int top = text.row + text.rows - shown;

	kb_grid_clear_area(grid, (struct kb_area){top, 0, shown, grid->cols});
	for (int i = 0; i < (int)names->n; i++) {
		int col = i / rows * widest;
		const char *const *cells = names->rows[i].cells;

		if (i % rows < shown - (rows > shown)) {
			(void)kb_grid_printf(grid, top + i % rows, text.col + col, text.cols - col,
					     KB_STYLE_TEXT, "%s%s", cells[0], cells[1]);
		}
	}
	if (rows > shown) {
		(void)kb_grid_printf(grid, top + shown - 1, text.col, text.cols, KB_STYLE_FAINT,
				     "%zu names: type more of one", names->n);
	}
}

/* --- the line */

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
	if (ui->edit.waits) {
		(void)snprintf(hidden, sizeof(hidden), " looking ... ");
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
	l.notice = (struct kb_area){line.row - 1 - wish.notice_rows, line.col, wish.notice_rows,
				    line.cols};
	if (l.notice.row < l.list.row) {
		l.notice.rows = 0;
		l.notice.row = line.row - 1;
	}
	l.list.rows = l.notice.row - l.list.row;
	kb_draw_list(ui, grid, l.list);
	if (ui->edit.names.n > 0 && l.list.rows > 0) {
		draw_names(ui, grid,
			   (struct kb_area){l.list.row, line.col, l.list.rows, line.cols});
	}
	kb_draw_notice(ui, grid, l.notice);
	draw_line(ui, grid, line);
	draw_head(ui, grid, line);
	kb_draw_hints(ui, grid, l.hints, hints, KB_ARRAY_LEN(hints));
}

static void press(struct kb_ui *ui, const struct kb_key *key)
{
	struct kb_ui_edit *edit = &ui->edit;

	forget_names(edit);
	switch (key->code) {
	case KB_KEY_ESCAPE:
		leave(ui);
		break;
	case KB_KEY_TAB:
		if (!edit->is_command) {
			complete(ui);
		}
		break;
	case KB_KEY_ENTER:
		kb_ui_show(ui, &kb_view_menu);
		if (edit->is_command) {
			kb_ui_open_prompt(ui, edit->line.text.data);
		} else {
			kb_ui_boot(ui, edit->id, edit->line.text.data);
		}
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
