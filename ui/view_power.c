/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/terminal/text.h"
#include "widgets.h"

struct choice {
	char key;
	const char *what;
	const char *again; /* asked before it is done; NULL: at once, since it harms nothing */
	enum kb_intent_type intent;
	const char *id; /* of FIRMWARE */
};

/* These are always there; behind them what the firmware offers. */
static const struct choice own[] = {
	{'r', "Restart the machine", "Once more to restart.", KB_DO_REBOOT, NULL},
	{'p', "Power off", "Once more to power off.", KB_DO_POWEROFF, NULL},
	{'x', "Leave this menu", NULL, KB_N_INTENTS, NULL},
};

static const struct kb_hint hints[] = {
	{NULL, "choose", 1},
	{"Enter", "do it", 0},
	{"Esc", "back", 0},
};

enum { MIN_COLS = 28, MARK_COLS = 6 };

static int n_own(const struct kb_ui *ui)
{
	return (int)KB_ARRAY_LEN(own) - (kb_ui_may_leave(ui) ? 0 : 1);
}

static int n_choices(const struct kb_ui *ui)
{
	return n_own(ui) + (ui->firmware.error == 0 ? (int)ui->firmware.n : 0);
}

static struct choice choice_at(const struct kb_ui *ui, int i)
{
	const char *const *cells;

	if (i < n_own(ui)) {
		return own[i];
	}
	cells = ui->firmware.rows[i - n_own(ui)].cells;
	return (struct choice){strcmp(cells[KB_FIRMWARE_ID], "setup") == 0 ? 'f' : ' ',
			       cells[KB_FIRMWARE_TITLE], "Once more to restart into it.",
			       KB_DO_FIRMWARE, cells[KB_FIRMWARE_ID]};
}

/* What the firmware offers is asked anew, and listed as soon as the answer comes. */
void kb_view_power_open(struct kb_ui *ui)
{
	ui->power_choice = 0;
	ui->power_sure = false;
	kb_ui_show(ui, &kb_view_power);
	kb_table_done(&ui->firmware);
	ui->firmware = (struct kb_table){0};
	if (!ui->firmware_asked && !ui->model.state.restricted) {
		ui->firmware_asked = true;
		kb_ui_do(ui, KB_DO_FIRMWARE);
	}
}

static int widest(const struct kb_ui *ui)
{
	int cols = MIN_COLS;

	for (int i = 0; i < n_choices(ui); i++) {
		struct choice choice = choice_at(ui, i);
		int what = MARK_COLS + kb_text_columns(kb_str_from(choice.what), ui->symbols);
		int again = choice.again ? (int)strlen(choice.again) : 0;

		cols = what > cols ? what : cols;
		cols = again > cols ? again : cols;
	}
	return cols;
}

/* The rows of the area but for the question and a free one; the selected choice is among them. */
static void draw_choices(const struct kb_ui *ui, struct kb_grid *grid, struct kb_area area)
{
	int shown = area.rows > 3 ? area.rows - 2 : area.rows;
	int top = ui->power_choice < shown ? 0 : ui->power_choice - shown + 1;

	for (int i = top; i < n_choices(ui) && i < top + shown; i++) {
		struct choice choice = choice_at(ui, i);

		kb_draw_choice(grid, area, i - top, i == ui->power_choice, choice.key, choice.what);
	}
}

static void draw(struct kb_ui *ui, struct kb_grid *grid)
{
	const struct kb_layout_wish wish = {0};
	const char *again = choice_at(ui, ui->power_choice).again;
	struct kb_layout l;
	struct kb_area area;

	kb_layout_make(grid->rows, grid->cols, &wish, &l);
	kb_view_menu.draw(ui, grid);
	kb_grid_clear_area(grid, l.hints);
	kb_draw_hints(ui, grid, l.hints, hints, KB_ARRAY_LEN(hints));
	area = kb_draw_box(ui, grid, n_choices(ui) + 2, widest(ui), "Power");
	draw_choices(ui, grid, area);
	if (ui->power_sure && again) {
		(void)kb_grid_puts(grid, area.row + area.rows - 1, area.col, area.cols,
				   KB_STYLE_WARNING, again);
	}
}

static void act(struct kb_ui *ui, int i)
{
	bool sure = ui->power_sure && ui->power_choice == i;
	struct choice choice = choice_at(ui, i);

	ui->power_choice = i;
	if (choice.intent == KB_N_INTENTS) {
		ui->wants_quit = true;
		return;
	}
	if (!sure) {
		ui->power_sure = true;
		return;
	}
	ui->firmware_asked = ui->firmware_asked || choice.id;
	kb_ui_send(ui, &(struct kb_intent){.type = choice.intent, .name = choice.id});
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
		if (letter != ' ' && letter == choice_at(ui, i).key) {
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
