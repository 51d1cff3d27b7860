/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "widgets.h"

static const struct kb_hint menu_hints[] = {
	{NULL, "choose", 5}, {"Enter", "boot", 0}, {"e", "edit", 1},
	{"d", "details", 4}, {"l", "log", 4},      {"r", "rescan", 6},
	{"c", "prompt", 3},  {"q", "power", 2},    {"?", "help", 0},
};

static const struct kb_hint restricted_hints[] = {
	{NULL, "choose", 4}, {"Enter", "boot", 0}, {"d", "details", 3}, {"l", "log", 3},
	{"r", "rescan", 5},  {"c", "prompt", 2},   {"q", "power", 1},   {"?", "help", 0},
};

static const struct kb_hint empty_hints[] = {
	{"r", "rescan", 1}, {"l", "log", 3},  {"c", "prompt", 2},
	{"q", "power", 2},  {"?", "help", 0},
};

static const struct kb_hint booting_hints[] = {
	{"Esc", "do not boot", 0},
	{"l", "log", 1},
};

static enum kb_details wished_details(const struct kb_ui *ui, const struct kb_grid *grid)
{
	/* A pane costs a serial line more bytes for each move than the move itself. */
	bool full = !ui->slow && kb_layout_has_pane(grid->rows, grid->cols);

	if (ui->model.rows.n_entries == 0) {
		return KB_DETAILS_NONE;
	}
	return full != ui->details_toggled ? KB_DETAILS_FULL : KB_DETAILS_LINE;
}

static struct kb_layout make_layout(const struct kb_ui *ui, const struct kb_grid *grid)
{
	int columns = kb_layout_text_columns(grid->cols);
	const struct kb_layout_wish wish = {
		.greeting_rows = kb_greeting_rows(ui, columns),
		.notice_rows = kb_notice_rows(ui, columns),
		.details = wished_details(ui, grid),
	};
	struct kb_layout layout;

	kb_layout_make(grid->rows, grid->cols, &wish, &layout);
	return layout;
}

static void draw_rule(const struct kb_ui *ui, struct kb_grid *grid, const struct kb_layout *l)
{
	char position[64];

	if (l->side) {
		for (int row = l->rule.row; row < l->rule.row + l->rule.rows; row++) {
			(void)kb_grid_puts(grid, row, l->rule.col, 1, KB_STYLE_FAINT,
					   ui->symbols->wall);
		}
		if (kb_list_position(ui, l->list.rows, position, sizeof(position))) {
			(void)kb_grid_puts(grid, l->list.row + l->list.rows, l->list.col + 3,
					   l->list.cols - 3, KB_STYLE_TEXT, position);
		}
		return;
	}
	if (l->rule.rows < 1) {
		return;
	}
	kb_grid_repeat(grid, l->rule.row, l->rule.col, l->rule.cols, KB_STYLE_FAINT,
		       ui->symbols->rule);
	if (kb_list_position(ui, l->list.rows, position, sizeof(position))) {
		(void)kb_grid_printf(grid, l->rule.row, l->rule.col + 2, l->rule.cols - 4,
				     KB_STYLE_TEXT, " %s ", position);
	}
}

static void draw_hints(const struct kb_ui *ui, struct kb_grid *grid, struct kb_area area)
{
	enum kb_phase phase = kb_ui_phase(ui);

	if (phase == KB_PHASE_BOOTING) {
		kb_draw_hints(ui, grid, area, booting_hints, KB_ARRAY_LEN(booting_hints));
	} else if (phase == KB_PHASE_WAITING && ui->model.rows.n_entries == 0) {
		kb_draw_hints(ui, grid, area, empty_hints, KB_ARRAY_LEN(empty_hints));
	} else if (ui->model.state.restricted) {
		kb_draw_hints(ui, grid, area, restricted_hints, KB_ARRAY_LEN(restricted_hints));
	} else {
		kb_draw_hints(ui, grid, area, menu_hints, KB_ARRAY_LEN(menu_hints));
	}
}

static void draw(struct kb_ui *ui, struct kb_grid *grid)
{
	struct kb_layout l = make_layout(ui, grid);

	kb_draw_title(ui, grid, l.title);
	kb_draw_greeting(ui, grid, l.greeting);
	kb_draw_list(ui, grid, l.list);
	draw_rule(ui, grid, &l);
	kb_draw_details(ui, grid, l.details, kb_ui_described(ui));
	kb_draw_notice(ui, grid, l.notice);
	kb_draw_status(ui, grid, l.status);
	draw_hints(ui, grid, l.hints);
}

static void boot_selected(struct kb_ui *ui)
{
	const struct kb_entry *entry = kb_model_selected(&ui->model);

	if (entry && entry->id) {
		kb_ui_boot(ui, entry->id, NULL);
	}
}

/* Digits that follow each other closely are one number; where there is no such entry the last digit
 * starts a new one. */
static void digit(struct kb_ui *ui, size_t value)
{
	bool goes_on = ui->now_ms - ui->number_ms < KB_UI_NUMBER_MS;
	size_t number = goes_on ? ui->number * 10 + value : value;
	size_t row;

	if (number > ui->model.rows.n_entries) {
		number = value;
	}
	ui->number = number;
	ui->number_ms = ui->now_ms;
	row = kb_rows_of_number(&ui->model.rows, number);
	if (row < ui->model.rows.n_rows) {
		kb_ui_select(ui, row);
	}
}

/* Whatever number was being typed, it ends here. */
static void go_to(struct kb_ui *ui, size_t row)
{
	ui->number = 0;
	kb_ui_select(ui, row);
}

static void move(struct kb_ui *ui, long count)
{
	go_to(ui, kb_rows_move(&ui->model.rows, ui->model.selected_row, count));
}

static void press_letter(struct kb_ui *ui, char letter)
{
	switch (letter) {
	case 'j':
		move(ui, 1);
		break;
	case 'k':
		move(ui, -1);
		break;
	case 'e':
		/* The engine would refuse what comes of it: no use in typing it. */
		if (ui->model.state.restricted) {
			kb_ui_say(ui, KB_NOTICE_WARNING, KB_NO_EDITING);
		} else {
			kb_view_edit_open(ui);
		}
		break;
	case 'd':
		ui->details_toggled = !ui->details_toggled;
		break;
	case 'l':
		kb_view_log_open(ui);
		break;
	case 'r':
		kb_ui_dismiss(ui);
		kb_ui_do(ui, KB_DO_RESCAN);
		break;
	case 'c':
		kb_ui_do(ui, KB_DO_SHELL);
		break;
	case 'q':
		kb_view_power_open(ui);
		break;
	case '?':
		kb_view_help_open(ui);
		break;
	default:
		if (letter >= '0' && letter <= '9') {
			digit(ui, (size_t)(letter - '0'));
		}
		break;
	}
}

/* Somebody chose already: only what calls it off, or looks on. */
static void key_while_booting(struct kb_ui *ui, const struct kb_key *key)
{
	if (key->code == KB_KEY_ESCAPE) {
		kb_ui_do(ui, KB_DO_CANCEL);
	} else if (key->code == KB_KEY_CHAR && key->text[0] == 'l') {
		kb_view_log_open(ui);
	}
}

static void press(struct kb_ui *ui, const struct kb_key *key)
{
	if (kb_ui_phase(ui) == KB_PHASE_BOOTING) {
		key_while_booting(ui, key);
		return;
	}
	switch (key->code) {
	case KB_KEY_UP:
		move(ui, -1);
		break;
	case KB_KEY_DOWN:
		move(ui, 1);
		break;
	case KB_KEY_PAGE_UP:
		move(ui, -ui->page_rows);
		break;
	case KB_KEY_PAGE_DOWN:
		move(ui, ui->page_rows);
		break;
	case KB_KEY_HOME:
		go_to(ui, kb_rows_nearest(&ui->model.rows, 0));
		break;
	case KB_KEY_END:
		go_to(ui, kb_rows_nearest(&ui->model.rows, ui->model.rows.n_rows));
		break;
	case KB_KEY_ENTER:
		boot_selected(ui);
		break;
	case KB_KEY_ESCAPE:
		kb_ui_dismiss(ui);
		break;
	case KB_KEY_CHAR:
		press_letter(ui, key->text[0]);
		break;
	default:
		break;
	}
}

const struct kb_view kb_view_menu = {.draw = draw, .press = press};
