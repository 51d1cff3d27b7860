/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SSH: whether people may log in, by which host key the machine is known, and who has. */
#include "kboot/terminal/text.h"
#include "widgets.h"

static const struct kb_hint hints[] = {
	{NULL, "choose", 1},
	{"Enter", "do it", 0},
	{"Esc", "back", 0},
};

enum { COLS = 70, WHO_MAX = 40 };

/* Asked anew: what it shows is as old as the answer. */
void kb_view_ssh_open(struct kb_ui *ui)
{
	ui->ssh_choice = 0;
	kb_ui_show(ui, &kb_view_ssh);
	kb_table_done(&ui->sessions);
	ui->sessions = (struct kb_table){0};
	kb_ui_do(ui, KB_DO_SESSIONS);
}

void kb_view_ssh_take(struct kb_ui *ui, const struct kb_message *reply)
{
	struct kb_table *t = &ui->sessions;

	kb_table_done(t);
	*t = (struct kb_table){0};
	for (size_t i = 0; i < reply->n_rows && t->n < KB_UI_MAX_SESSIONS; i++) {
		const char *const *cells = reply->rows[i].cells;

		if (cells[KB_SESSIONS_ID] && cells[KB_SESSIONS_WHO]) {
			kb_table_add(t, (struct kb_table_row){
						{kb_table_printf(t, "%s", cells[KB_SESSIONS_ID]),
						 kb_table_printf(t, "%.*s from %s", WHO_MAX,
								 cells[KB_SESSIONS_WHO],
								 cells[KB_SESSIONS_FROM]
									 ? cells[KB_SESSIONS_FROM]
									 : "somewhere")}});
		}
	}
}

static int n_sessions(const struct kb_ui *ui)
{
	return ui->sessions.error == 0 ? (int)ui->sessions.n : 0;
}

static void put_state(const struct kb_ui *ui, struct kb_buf *text)
{
	const struct kb_state *s = &ui->model.state;

	if (s->ssh) {
		kb_buf_printf(text, "ssh kboot@this machine: %s.", s->ssh);
	} else {
		kb_buf_puts(text, "Nobody can log in.");
	}
	if (s->ssh && s->network) {
		kb_buf_printf(text, " %s.", s->network);
	}
}

static void draw_choice(const struct kb_ui *ui, struct kb_grid *grid, struct kb_area area, int i,
			const char *what)
{
	if (i < area.rows) {
		kb_draw_choice(grid, area, i, i == ui->ssh_choice, i == 0 ? 'S' : ' ', what);
	}
}

static void draw_choices(const struct kb_ui *ui, struct kb_grid *grid, struct kb_area area)
{
	char what[KB_ERROR_TEXT];

	draw_choice(ui, grid, area, 0,
		    ui->model.state.ssh ? "Let nobody log in" : "Let people log in");
	for (int i = 0; i < n_sessions(ui); i++) {
		(void)snprintf(what, sizeof(what), "End the session of %s",
			       ui->sessions.rows[i].cells[1]);
		draw_choice(ui, grid, area, i + 1, what);
	}
}

static void draw(struct kb_ui *ui, struct kb_grid *grid)
{
	const struct kb_layout_wish wish = {0};
	KB_BUF struct kb_buf text = {0};
	struct kb_layout l;
	struct kb_area area;
	int cols = grid->cols > COLS + 6 ? COLS : grid->cols - 6;
	int rows;

	put_state(ui, &text);
	rows = kb_text_wrapped_rows(kb_buf_view(&text), cols, ui->symbols);
	kb_layout_make(grid->rows, grid->cols, &wish, &l);
	kb_view_menu.draw(ui, grid);
	kb_grid_clear_area(grid, l.hints);
	kb_draw_hints(ui, grid, l.hints, hints, KB_ARRAY_LEN(hints));
	area = kb_draw_box(ui, grid, rows + 2 + n_sessions(ui), cols, "SSH");
	/* The choices before the words, where there is no room for both. */
	rows = area.rows - 1 - n_sessions(ui) < rows ? area.rows - 1 - n_sessions(ui) : rows;
	if (rows > 0) {
		struct kb_area words = {area.row, area.col, rows, area.cols};

		rows = kb_grid_wrap(grid, words, KB_STYLE_TEXT, kb_buf_view(&text));
		rows += rows + 1 + n_sessions(ui) < area.rows;
		area.row += rows;
		area.rows -= rows;
	}
	draw_choices(ui, grid, area);
}

static void act(struct kb_ui *ui)
{
	if (ui->ssh_choice == 0) {
		kb_ui_send(ui,
			   &(struct kb_intent){.type = KB_DO_SET,
					       .name = "ssh",
					       .value = ui->model.state.ssh ? "false" : "true"});
	} else if (ui->ssh_choice <= n_sessions(ui)) {
		kb_ui_send(ui, &(struct kb_intent){
				       .type = KB_DO_END,
				       .name = ui->sessions.rows[ui->ssh_choice - 1].cells[0]});
	}
	kb_ui_show(ui, &kb_view_menu);
}

static void move(struct kb_ui *ui, int by)
{
	int choice = ui->ssh_choice + by;

	if (choice >= 0 && choice <= n_sessions(ui)) {
		ui->ssh_choice = choice;
	}
}

static void press(struct kb_ui *ui, const struct kb_key *key)
{
	const char letter = (char)(key->code == KB_KEY_CHAR ? key->text[0] : '\0');

	if (key->code == KB_KEY_UP || letter == 'k') {
		move(ui, -1);
	} else if (key->code == KB_KEY_DOWN || letter == 'j') {
		move(ui, 1);
	} else if (key->code == KB_KEY_ENTER) {
		act(ui);
	} else if (letter == 'S') {
		ui->ssh_choice = 0;
		act(ui);
	} else {
		kb_ui_show(ui, &kb_view_menu);
	}
}

const struct kb_view kb_view_ssh = {.draw = draw, .press = press};
