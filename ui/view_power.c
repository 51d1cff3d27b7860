/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "widgets.h"

/* Each needs its key twice, but leaving, which harms nothing. */
static const struct {
	char key;
	const char *what;
	const char *again; /* asked before it is done; NULL: at once */
	enum kb_intent_type intent;
} choices[] = {
	{'r', "Restart the machine", "Once more to restart.", KB_DO_REBOOT},
	{'p', "Power off", "Once more to power off.", KB_DO_POWEROFF},
	{'x', "Leave this menu", NULL, KB_N_INTENTS},
};

static const struct kb_hint hints[] = {
	{NULL, "choose", 1},
	{"Enter", "do it", 0},
	{"Esc", "back", 0},
};

static int n_choices(const struct kb_ui *ui)
{
	return (int)KB_ARRAY_LEN(choices) - (kb_ui_may_leave(ui) ? 0 : 1);
}

void kb_view_power_open(struct kb_ui *ui)
{
	ui->power_choice = 0;
	ui->power_sure = false;
	kb_ui_show(ui, &kb_view_power);
}

static void draw(struct kb_ui *ui, struct kb_grid *grid)
{
	struct kb_area bottom = {grid->rows - 1, 0, grid->rows >= 8 ? 1 : 0, grid->cols};
	const char *again = choices[ui->power_choice].again;
	struct kb_area area;
	int row;

	kb_view_menu.draw(ui, grid);
	kb_grid_clear_area(grid, bottom);
	kb_draw_hints(ui, grid, bottom, hints, KB_ARRAY_LEN(hints));
	area = kb_draw_box(ui, grid, n_choices(ui) + 2, 28, "Power");
	row = area.row;
	for (int i = 0; i < n_choices(ui) && i < area.rows; i++) {
		bool selected = i == ui->power_choice;

		(void)kb_grid_printf(grid, row + i, area.col, area.cols,
				     selected ? KB_STYLE_SELECTED : KB_STYLE_TEXT, "%c %c  %s ",
				     selected ? '>' : ' ', choices[i].key, choices[i].what);
		if (selected) {
			grid->cursor_row = row + i;
			grid->cursor_col = area.col;
		}
	}
	if (ui->power_sure && again) {
		(void)kb_grid_puts(grid, area.row + area.rows - 1, area.col, area.cols,
				   KB_STYLE_WARNING, again);
	}
}

static void act(struct kb_ui *ui, int choice)
{
	bool sure = ui->power_sure && ui->power_choice == choice;

	ui->power_choice = choice;
	if (choices[choice].intent == KB_N_INTENTS) {
		ui->wants_quit = true;
		return;
	}
	if (!sure) {
		ui->power_sure = true;
		return;
	}
	kb_ui_do(ui, choices[choice].intent);
	kb_ui_show(ui, &kb_view_menu);
}

static void move(struct kb_ui *ui, int by)
{
	int choice = ui->power_choice + by;

	ui->power_sure = false;
	if (choice >= 0 && choice < n_choices(ui)) {
		ui->power_choice = choice;
	}
}

static void press(struct kb_ui *ui, const struct kb_key *key)
{
	const char letter = (char)(key->code == KB_KEY_CHAR ? key->text[0] : '\0');

	for (int i = 0; i < n_choices(ui); i++) {
		if (letter == choices[i].key) {
			act(ui, i);
			return;
		}
	}
	if (key->code == KB_KEY_UP || letter == 'k') {
		move(ui, -1);
	} else if (key->code == KB_KEY_DOWN || letter == 'j') {
		move(ui, 1);
	} else if (key->code == KB_KEY_ENTER) {
		act(ui, ui->power_choice);
	} else {
		kb_ui_show(ui, &kb_view_menu);
	}
}

const struct kb_view kb_view_power = {.draw = draw, .press = press};
