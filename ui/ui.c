/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui.h"

#include <stdarg.h>
#include <stdio.h>

void kb_ui_done(struct kb_ui *ui)
{
	kb_model_done(&ui->model);
	explicit_bzero(&ui->inquiry, sizeof(ui->inquiry));
	kb_buf_done(&ui->out);
	kb_line_edit_done(&ui->edit.line);
	kb_table_done(&ui->edit.names);
	kb_table_done(&ui->firmware);
	kb_table_done(&ui->sessions);
	free(ui->boot_id);
	free(ui->edit.id);
	free(ui->edit.title);
}

enum kb_phase kb_ui_phase(const struct kb_ui *ui)
{
	enum kb_phase phase = ui->model.state.phase;

	return phase == KB_PHASE_DELAY && ui->opened ? KB_PHASE_WAITING : phase;
}

void kb_ui_show(struct kb_ui *ui, const struct kb_view *view)
{
	ui->view = view;
	ui->scroll = 0;
}

void kb_ui_send(struct kb_ui *ui, const struct kb_intent *intent)
{
	size_t before = ui->out.len;

	if (kb_intent_encode(intent, &ui->out) < 0) {
		/* Nothing half said: the rest of the line would be another's. */
		ui->out.len = before;
		kb_ui_say(ui, KB_NOTICE_ERROR, "Out of memory: the boot engine was not asked.");
	}
}

void kb_ui_do(struct kb_ui *ui, enum kb_intent_type type)
{
	kb_ui_send(ui, &(struct kb_intent){.type = type});
}

void kb_ui_say(struct kb_ui *ui, enum kb_notice_level level, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(ui->said, sizeof(ui->said), fmt, args);
	va_end(args);
	ui->said_level = level;
}

const char *kb_ui_notice(const struct kb_ui *ui, enum kb_notice_level *ret_level)
{
	const struct kb_state *state = &ui->model.state;

	if (ui->said[0]) {
		*ret_level = ui->said_level;
		return ui->said;
	}
	if (!state->notice || !state->notice[0] || state->notice_level == KB_NOTICE_NONE ||
	    state->notice_seq <= ui->dismissed_seq) {
		return NULL;
	}
	*ret_level = state->notice_level;
	return state->notice;
}

void kb_ui_dismiss(struct kb_ui *ui)
{
	ui->said[0] = '\0';
	ui->dismissed_seq = ui->model.state.notice_seq;
}

void kb_ui_boot(struct kb_ui *ui, const char *id, const char *line)
{
	if (ui->boot_asked) {
		return;
	}
	free(ui->boot_id);
	ui->boot_id = strdup(id);
	ui->prompt_only = NULL;
	kb_ui_dismiss(ui);
	kb_ui_send(ui, &(struct kb_intent){.type = KB_DO_BOOT, .id = id, .name = line});
	ui->boot_asked = true;
}

void kb_ui_open_prompt(struct kb_ui *ui, const char *first)
{
	free(ui->boot_id);
	ui->boot_id = first ? strdup(first) : NULL;
	ui->prompt_only = NULL;
	kb_ui_do(ui, KB_DO_SHELL);
}

void kb_ui_open_prompt_only(struct kb_ui *ui, const char *command)
{
	kb_ui_open_prompt(ui, NULL);
	ui->prompt_only = command;
}

bool kb_ui_keeps_heading(const struct kb_ui *ui)
{
	const struct kb_rows *rows = &ui->model.rows;

	return ui->list_rows >= KB_UI_HEADING_ROWS && ui->top_row < rows->n_rows &&
	       rows->rows[ui->top_row].kind != KB_ROW_SOURCE;
}

/* Moves the window of rows just so far that the selected one is in, with the headings over it and
 * a row or two on either side; the first row of a window may give way to a heading. */
void kb_ui_scroll_list(struct kb_ui *ui)
{
	const struct kb_rows *rows = &ui->model.rows;
	size_t visible = (size_t)ui->list_rows;
	size_t margin = ui->list_rows >= KB_UI_HEADING_ROWS ? 1 + (visible >= 10) : 0;
	size_t first = ui->model.selected_row;
	size_t last = ui->model.selected_row + margin;

	if (rows->n_rows <= visible || visible == 0) {
		ui->top_row = 0;
		return;
	}
	while (first > 0 && rows->rows[first - 1].kind == KB_ROW_SOURCE &&
	       ui->model.selected_row - first + 2 + margin <= visible) {
		first--;
	}
	first = first > margin ? first - margin : 0;
	last = last < rows->n_rows ? last : rows->n_rows - 1;
	if (ui->top_row > first) {
		ui->top_row = first;
	}
	if (last >= ui->top_row + visible) {
		ui->top_row = last - visible + 1;
	}
	if (ui->top_row + visible > rows->n_rows) {
		ui->top_row = rows->n_rows - visible;
	}
}

void kb_ui_select(struct kb_ui *ui, size_t row)
{
	if (!kb_model_select_row(&ui->model, row)) {
		return;
	}
	kb_ui_scroll_list(ui);
	ui->moved_ms = ui->now_ms;
	kb_ui_dismiss(ui);
	if (!ui->model.selected_key) {
		kb_ui_send(ui,
			   &(struct kb_intent){.type = KB_DO_SELECT, .id = ui->model.selected_id});
		kb_model_select_sent(&ui->model, ui->now_ms);
	}
}

/* As much of an opened submenu as fits comes into the window. */
void kb_ui_fold(struct kb_ui *ui, size_t row, bool open)
{
	struct kb_rows *rows = &ui->model.rows;
	size_t heading = ui->list_rows >= KB_UI_HEADING_ROWS ? 1 : 0;
	size_t end = row + 1;

	ui->number = 0;
	kb_rows_fold(rows, &ui->model.folds, row, open);
	while (end < rows->n_rows && rows->rows[end].depth > rows->rows[row].depth) {
		end++;
	}
	if (end > ui->top_row + (size_t)ui->list_rows) {
		ui->top_row = end - (size_t)ui->list_rows;
	}
	if (ui->top_row + heading > row) {
		ui->top_row = row > heading ? row - heading : 0;
	}
	kb_ui_select(ui, row);
	kb_ui_scroll_list(ui);
}

bool kb_ui_may_leave(const struct kb_ui *ui)
{
	return ui->may_leave || ui->model.state.simulated;
}

const struct kb_row *kb_ui_described(const struct kb_ui *ui)
{
	const struct kb_rows *rows = &ui->model.rows;
	size_t row = ui->details_key ? kb_rows_of_key(rows, ui->details_key)
				     : kb_rows_of_id(rows, ui->details_id);

	return row < rows->n_rows ? &rows->rows[row] : kb_model_row(&ui->model);
}
