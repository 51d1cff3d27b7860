/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the engine has to be told before a boot goes on: a server's name and password, a yes. */
#include <stdio.h>

#include "kboot/terminal/text.h"
#include "widgets.h"

enum { BOX_COLS = 60, LABEL_COLS = 10 };

static const struct kb_hint login_hints[] = {
	{"Enter", "go on", 0},
	{"Tab", "the other field", 1},
	{"Esc", "do not boot", 0},
};

static const struct kb_hint passphrase_hints[] = {
	{"Enter", "unlock it", 0},
	{"Tab", "show or hide it", 1},
	{"Esc", "leave it locked", 0},
};

static const struct kb_hint key_hints[] = {
	{"y", "believe it", 0},
	{"Esc", "do not boot", 0},
};

void kb_inquiry_forget(struct kb_ui_inquiry *q)
{
	kb_answer_text_wipe(&q->user);
	kb_answer_text_wipe(&q->secret);
	*q = (struct kb_ui_inquiry){0};
}

void kb_inquiry_take(struct kb_ui *ui, const struct kb_inquiry *inquiry)
{
	struct kb_ui_inquiry *q = &ui->inquiry;

	kb_inquiry_forget(q);
	if (inquiry->kind == KB_INQUIRY_NONE) {
		return;
	}
	q->number = inquiry->number;
	q->kind = inquiry->kind;
	(void)snprintf(q->text, sizeof(q->text), "%s", inquiry->text ? inquiry->text : "");
	if (inquiry->user) {
		(void)snprintf(q->user.text, sizeof(q->user.text), "%s", inquiry->user);
		q->user.len = strlen(q->user.text);
		q->is_at_secret = true;
	}
}

/* The end of what does not fit is what is being typed. */
static void draw_field(struct kb_grid *grid, struct kb_area line, const char *label,
		       const struct kb_ui *ui, const struct kb_answer_text *t, bool is_hidden,
		       bool is_at)
{
	int room = line.cols - LABEL_COLS - 1;
	int letters = (int)kb_answer_text_letters(t);
	int shown = letters < room ? letters : room;
	int col = line.col + LABEL_COLS;

	(void)kb_grid_puts(grid, line.row, line.col, LABEL_COLS - 1, KB_STYLE_TEXT, label);
	if (is_hidden) {
		kb_grid_repeat(grid, line.row, col, shown, KB_STYLE_TEXT, "*");
	} else {
		const char *text = t->text;

		while (kb_text_columns(kb_str_from(text), ui->symbols) > room) {
			text++;
		}
		shown = kb_grid_puts(grid, line.row, col, room, KB_STYLE_TEXT, text);
	}
	kb_grid_repeat(grid, line.row, col + shown, room - shown + 1, KB_STYLE_FAINT, "_");
	if (is_at) {
		grid->cursor_row = line.row;
		grid->cursor_col = col + shown;
		grid->cursor_visible = true;
	}
}

static void draw_fields(const struct kb_ui *ui, struct kb_grid *grid, struct kb_area area)
{
	const struct kb_ui_inquiry *q = &ui->inquiry;
	bool is_login = q->kind == KB_INQUIRY_LOGIN;

	area.rows = 1;
	if (is_login) {
		draw_field(grid, area, "Name", ui, &q->user, false, !q->is_at_secret);
		area.row++;
	}
	draw_field(grid, area, is_login ? "Password" : "Phrase", ui, &q->secret, !q->is_shown,
		   is_login ? q->is_at_secret : true);
}

static int field_rows(const struct kb_ui_inquiry *q)
{
	return q->kind == KB_INQUIRY_LOGIN ? 2 : q->kind == KB_INQUIRY_PASSPHRASE ? 1 : 0;
}

static void draw_inquiry_hints(const struct kb_ui *ui, struct kb_grid *grid, struct kb_area area)
{
	switch (ui->inquiry.kind) {
	case KB_INQUIRY_LOGIN:
		kb_draw_hints(ui, grid, area, login_hints, KB_ARRAY_LEN(login_hints));
		break;
	case KB_INQUIRY_PASSPHRASE:
		kb_draw_hints(ui, grid, area, passphrase_hints, KB_ARRAY_LEN(passphrase_hints));
		break;
	default:
		kb_draw_hints(ui, grid, area, key_hints, KB_ARRAY_LEN(key_hints));
		break;
	}
}

static void draw(struct kb_ui *ui, struct kb_grid *grid)
{
	const struct kb_ui_inquiry *q = &ui->inquiry;
	const struct kb_layout_wish wish = {0};
	int fields = field_rows(q);
	int below = fields > 0 ? fields + 1 : 0;
	int cols = grid->cols - 4 < BOX_COLS ? grid->cols - 4 : BOX_COLS;
	int text_rows = kb_text_wrapped_rows(kb_str_from(q->text), cols, ui->symbols);
	struct kb_layout l;
	struct kb_area area;

	kb_layout_make(grid->rows, grid->cols, &wish, &l);
	kb_view_menu.draw(ui, grid);
	kb_grid_clear_area(grid, l.hints);
	draw_inquiry_hints(ui, grid, l.hints);
	area = kb_draw_box(ui, grid, text_rows + below, cols,
			   q->kind == KB_INQUIRY_PASSPHRASE ? "Locked" : "Before it boots");
	/* The fields stay where not all of the sentence has room. */
	if (fields > 0) {
		draw_fields(ui, grid,
			    (struct kb_area){area.row + area.rows - fields, area.col, fields,
					     area.cols});
		area.rows = area.rows > below ? area.rows - below : 0;
	}
	(void)kb_grid_wrap(grid, area, KB_STYLE_TEXT, kb_str_from(q->text));
}

static void answer(struct kb_ui *ui)
{
	struct kb_ui_inquiry *q = &ui->inquiry;
	bool is_login = q->kind == KB_INQUIRY_LOGIN;

	kb_ui_send(ui, &(struct kb_intent){
			       .type = KB_DO_ANSWER,
			       .question = q->number,
			       .user = is_login ? q->user.text : NULL,
			       .secret = q->kind == KB_INQUIRY_HOST_KEY ? NULL : q->secret.text,
		       });
	kb_inquiry_forget(q);
}

static void cancel(struct kb_ui *ui)
{
	kb_inquiry_forget(&ui->inquiry);
	kb_ui_do(ui, KB_DO_CANCEL);
}

static void press_in_login(struct kb_ui *ui, const struct kb_key *key)
{
	struct kb_ui_inquiry *q = &ui->inquiry;

	switch (key->code) {
	case KB_KEY_ENTER:
		if (q->is_at_secret) {
			answer(ui);
		}
		q->is_at_secret = true;
		break;
	case KB_KEY_TAB:
	case KB_KEY_UP:
	case KB_KEY_DOWN:
		q->is_at_secret = !q->is_at_secret;
		break;
	default:
		(void)kb_answer_text_key(q->is_at_secret ? &q->secret : &q->user, key);
		break;
	}
}

static void press_in_passphrase(struct kb_ui *ui, const struct kb_key *key)
{
	struct kb_ui_inquiry *q = &ui->inquiry;

	if (key->code == KB_KEY_ENTER) {
		answer(ui);
	} else if (key->code == KB_KEY_TAB) {
		q->is_shown = !q->is_shown;
	} else {
		(void)kb_answer_text_key(&q->secret, key);
	}
}

static void press(struct kb_ui *ui, const struct kb_key *key)
{
	bool is_login = ui->inquiry.kind == KB_INQUIRY_LOGIN;

	if (key->code == KB_KEY_ESCAPE || (key->code == KB_KEY_CTRL && key->text[0] == 'c')) {
		cancel(ui);
	} else if (is_login) {
		press_in_login(ui, key);
	} else if (ui->inquiry.kind == KB_INQUIRY_PASSPHRASE) {
		press_in_passphrase(ui, key);
	} else if (key->code == KB_KEY_CHAR) {
		if (key->text[0] == 'y' || key->text[0] == 'Y') {
			answer(ui);
		} else {
			cancel(ui);
		}
	}
}

const struct kb_view kb_view_inquiry = {.draw = draw, .press = press};
