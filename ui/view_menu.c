/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <strings.h>

#include "widgets.h"

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

/* On a slow line the hints stay as they are from row to row: a key that has no use on one says so.
 */
static unsigned hints_now(const struct kb_ui *ui, bool on_submenu)
{
	unsigned folds = ui->model.rows.n_submenus > 0 ? KB_WITH_SUBMENUS : 0;

	if (kb_ui_phase(ui) == KB_PHASE_BOOTING) {
		return KB_IN_BOOT;
	}
	if (ui->model.rows.n_entries == 0) {
		return KB_IN_EMPTY;
	}
	return (on_submenu && !ui->slow ? KB_IN_SUBMENU : KB_IN_LIST) | folds;
}

static void draw_hints(const struct kb_ui *ui, struct kb_grid *grid, struct kb_area area)
{
	struct kb_hint hints[KB_MENU_MAX_BINDINGS];
	const struct kb_row *row = kb_model_row(&ui->model);
	bool on_submenu = row && row->kind == KB_ROW_SUBMENU;
	unsigned where = hints_now(ui, on_submenu);
	size_t n = 0;

	for (const struct kb_binding *b = kb_menu_bindings; b->keys; b++) {
		if ((b->hint_in & where) && !(b->edits && ui->model.state.restricted)) {
			const char *other = ui->slow     ? b->submenu_hints[2]
					    : on_submenu ? b->submenu_hints[row->open]
							 : NULL;

			hints[n++] = (struct kb_hint){b->codes[0] == KB_KEY_UP ? NULL : b->keys,
						      other && (where & KB_WITH_SUBMENUS) ? other
											  : b->hint,
						      b->rank};
		}
	}
	kb_draw_hints(ui, grid, area, hints, n);
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

/* --- what the keys do */

static void boot(struct kb_ui *ui, const struct kb_key *key)
{
	const struct kb_row *row = kb_model_row(&ui->model);

	(void)key;
	if (row && row->kind == KB_ROW_SUBMENU) {
		kb_ui_fold(ui, ui->model.selected_row, !row->open);
	} else if (row && row->entry->id) {
		kb_ui_boot(ui, row->entry->id, NULL);
	}
}

/* Left closes the submenu of the row, or else the one around it. */
static void fold(struct kb_ui *ui, const struct kb_key *key)
{
	const struct kb_row *row = kb_model_row(&ui->model);
	size_t around = kb_rows_around(&ui->model.rows, ui->model.selected_row);
	bool open = key->code == KB_KEY_RIGHT;

	if (row && row->kind == KB_ROW_SUBMENU && row->open != open) {
		kb_ui_fold(ui, ui->model.selected_row, open);
	} else if (!open && around < ui->model.rows.n_rows) {
		kb_ui_fold(ui, around, false);
	}
}

/* Digits that follow each other closely are one number; where there is no such entry the last digit
 * starts a new one. */
static void type_number(struct kb_ui *ui, const struct kb_key *key)
{
	bool goes_on = ui->now_ms - ui->number_ms < KB_UI_NUMBER_MS;
	size_t value = (size_t)(key->text[0] - '0');
	size_t number = goes_on ? ui->number * 10 + value : value;
	size_t row;

	if (number > ui->model.rows.n_entries) {
		number = value;
	}
	ui->number = number;
	ui->number_ms = ui->now_ms;
	row = kb_rows_show_number(&ui->model.rows, &ui->model.folds, number);
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

static void choose(struct kb_ui *ui, const struct kb_key *key)
{
	move(ui, key->code == KB_KEY_UP || key->text[0] == 'k' ? -1 : 1);
}

static void turn_page(struct kb_ui *ui, const struct kb_key *key)
{
	move(ui, key->code == KB_KEY_PAGE_UP ? -ui->page_rows : ui->page_rows);
}

static void go_to_end(struct kb_ui *ui, const struct kb_key *key)
{
	const struct kb_rows *rows = &ui->model.rows;

	go_to(ui, kb_rows_nearest(rows, key->code == KB_KEY_HOME ? 0 : rows->n_rows));
}

static void call_off(struct kb_ui *ui, const struct kb_key *key)
{
	(void)key;
	if (kb_ui_phase(ui) == KB_PHASE_BOOTING) {
		kb_ui_do(ui, KB_DO_CANCEL);
		return;
	}
	kb_ui_dismiss(ui);
	if (ui->boot_asked) {
		kb_ui_do(ui, KB_DO_CANCEL); /* it waits for a disk */
	}
}

static void edit(struct kb_ui *ui, const struct kb_key *key)
{
	const struct kb_entry *selected = kb_model_selected(&ui->model);

	(void)key;
	/* The engine would refuse what comes of it: no use in typing it. */
	if (ui->model.state.restricted) {
		kb_ui_say(ui, KB_NOTICE_WARNING, KB_NO_EDITING);
	} else if (ui->model.selected_key) {
		kb_ui_say(ui, KB_NOTICE_INFO, "This is a submenu: choose an entry in it.");
	} else if (selected && selected->is_predicted) {
		kb_ui_say(ui, KB_NOTICE_INFO,
			  "This is from the last time: it can be edited when its disk has been "
			  "read.");
	} else {
		kb_view_edit_open(ui);
	}
}

static void toggle_details(struct kb_ui *ui, const struct kb_key *key)
{
	(void)key;
	ui->details_toggled = !ui->details_toggled;
}

static void rescan(struct kb_ui *ui, const struct kb_key *key)
{
	(void)key;
	kb_ui_dismiss(ui);
	kb_ui_do(ui, KB_DO_RESCAN);
}

static void open_prompt(struct kb_ui *ui, const struct kb_key *key)
{
	(void)key;
	kb_ui_open_prompt(ui, NULL);
}

static void open_rescue(struct kb_ui *ui, const struct kb_key *key)
{
	(void)key;
	if (ui->model.state.restricted) {
		kb_ui_say(ui, KB_NOTICE_WARNING, KB_NO_RESCUE);
	} else {
		kb_ui_open_prompt_only(ui, "rescue");
	}
}

static void open_log(struct kb_ui *ui, const struct kb_key *key)
{
	(void)key;
	kb_view_log_open(ui);
}

static void open_power(struct kb_ui *ui, const struct kb_key *key)
{
	(void)key;
	kb_view_power_open(ui);
}

static void open_ssh(struct kb_ui *ui, const struct kb_key *key)
{
	(void)key;
	kb_view_ssh_open(ui);
}

static void open_help(struct kb_ui *ui, const struct kb_key *key)
{
	(void)key;
	kb_view_help_open(ui);
}

enum { IN_ROWS = KB_IN_LIST | KB_IN_SUBMENU, ALWAYS = IN_ROWS | KB_IN_EMPTY };

/* Of the entries that are listed the first with that hotkey. Syslinux's menu only moves there. */
static void take_hotkey(struct kb_ui *ui, const struct kb_key *key)
{
	const struct kb_rows *rows = &ui->model.rows;

	for (size_t i = 0; key->code == KB_KEY_CHAR && !key->meta && i < rows->n_rows; i++) {
		const struct kb_entry *entry = rows->rows[i].entry;
		bool boots = entry->format == KB_FORMAT_GRUB;

		if (rows->rows[i].kind == KB_ROW_ENTRY && entry->hotkey && entry->id &&
		    (boots ? strcmp : strcasecmp)(entry->hotkey, key->text) == 0) {
			go_to(ui, i);
			if (boots) {
				kb_ui_boot(ui, entry->id, NULL);
			}
			return;
		}
	}
}

const struct kb_binding kb_menu_bindings[] = {
	{.keys = "Up Down, j k",
	 .help = "choose an entry",
	 .codes = {KB_KEY_UP, KB_KEY_DOWN},
	 .letters = "jk",
	 .act = choose,
	 .hint = "choose",
	 .rank = 5,
	 .hint_in = IN_ROWS},
	{.keys = "PgUp PgDn",
	 .help = "a page up or down",
	 .codes = {KB_KEY_PAGE_UP, KB_KEY_PAGE_DOWN},
	 .act = turn_page},
	{.keys = "Home End",
	 .help = "the first, the last entry",
	 .codes = {KB_KEY_HOME, KB_KEY_END},
	 .act = go_to_end},
	{.keys = "0...9",
	 .help = "type the number of an entry",
	 .letters = "0123456789",
	 .act = type_number},
	{.keys = "a letter", .help = "of an entry's own boot loader: its details tell"},
	{.keys = "Enter",
	 .help = "boot the chosen entry; open or close a submenu",
	 .codes = {KB_KEY_ENTER},
	 .act = boot,
	 .hint = "boot",
	 .submenu_hints = {"open", "fold", "boot/open"},
	 .hint_in = IN_ROWS},
	{.keys = "Right Left",
	 .help = "open a submenu; close it, or the one around an entry",
	 .codes = {KB_KEY_RIGHT, KB_KEY_LEFT},
	 .act = fold,
	 .hint = "open, close",
	 .rank = 7,
	 .hint_in = KB_WITH_SUBMENUS},
	{.keys = "Esc",
	 .help = "call a boot off; go back; put a message away",
	 .codes = {KB_KEY_ESCAPE},
	 .act = call_off,
	 .in_boot = true,
	 .hint = "do not boot",
	 .hint_in = KB_IN_BOOT},
	{.keys = "e",
	 .help = "edit all that the chosen entry starts, for one boot",
	 .letters = "e",
	 .act = edit,
	 .edits = true,
	 .hint = "edit",
	 .rank = 1,
	 .hint_in = KB_IN_LIST},
	{.keys = "d",
	 .help = "more or fewer details",
	 .letters = "d",
	 .act = toggle_details,
	 .hint = "details",
	 .rank = 4,
	 .hint_in = IN_ROWS},
	{.keys = "l",
	 .help = "the log: what kboot did, and why something is missing",
	 .letters = "l",
	 .act = open_log,
	 .in_boot = true,
	 .hint = "log",
	 .rank = 4,
	 .hint_in = ALWAYS | KB_IN_BOOT},
	{.keys = "r",
	 .help = "look at all devices again",
	 .letters = "r",
	 .act = rescan,
	 .hint = "rescan",
	 .rank = 6,
	 .hint_in = ALWAYS},
	{.keys = "R",
	 .help = "rescue: repair a system, or write a report",
	 .letters = "R",
	 .act = open_rescue,
	 .edits = true,
	 .hint = "rescue",
	 .rank = 8,
	 .hint_in = ALWAYS},
	{.keys = "c",
	 .help = "open kboot's prompt",
	 .letters = "c",
	 .act = open_prompt,
	 .hint = "prompt",
	 .rank = 3,
	 .hint_in = ALWAYS},
	{.keys = "S",
	 .help = "SSH: who is logged in; let people in, or out",
	 .letters = "S",
	 .act = open_ssh,
	 .in_boot = true},
	{.keys = "q",
	 .help = "restart, power off, firmware",
	 .letters = "q",
	 .act = open_power,
	 .hint = "power",
	 .rank = 2,
	 .hint_in = ALWAYS},
	{.keys = "?",
	 .help = "this page",
	 .letters = "?",
	 .act = open_help,
	 .hint = "help",
	 .hint_in = ALWAYS},
	{0},
};

static_assert(KB_ARRAY_LEN(kb_menu_bindings) <= KB_MENU_MAX_BINDINGS, "hints have room for each");

static bool means(const struct kb_binding *b, const struct kb_key *key)
{
	bool is_letter = key->code == KB_KEY_CHAR && key->text[0] && !key->text[1];

	return is_letter ? b->letters && strchr(b->letters, key->text[0])
			 : key->code != KB_KEY_OTHER &&
				   (key->code == b->codes[0] || key->code == b->codes[1]);
}

/* Once somebody has chosen, only what calls it off, or looks on. */
static void press(struct kb_ui *ui, const struct kb_key *key)
{
	bool in_boot = kb_ui_phase(ui) == KB_PHASE_BOOTING;

	for (const struct kb_binding *b = kb_menu_bindings; b->keys; b++) {
		if (means(b, key)) {
			if (b->in_boot || !in_boot) {
				b->act(ui, key);
			}
			return;
		}
	}
	if (!in_boot) {
		take_hotkey(ui, key);
	}
}

const struct kb_view kb_view_menu = {.draw = draw, .press = press};
