/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "kboot/terminal/text.h"
#include "source.h"
#include "widgets.h"

/* Below it words give way to signs. */
enum { NARROW_COLS = 56 };

/* Blank rows before every source but the first, where all fits with them. */
static bool spaced(const struct kb_ui *ui, int list_rows)
{
	const struct kb_rows *rows = &ui->model.rows;
	size_t blanks = 0;

	for (size_t i = 1; i < rows->n_rows; i++) {
		blanks += rows->rows[i].kind == KB_ROW_SOURCE ? 1 : 0;
	}
	return rows->n_rows + blanks <= (size_t)list_rows;
}

static int number_columns(const struct kb_ui *ui)
{
	int columns = 1;

	for (size_t n = ui->model.rows.n_entries; n >= 10; n /= 10) {
		columns++;
	}
	return columns;
}

bool kb_list_position(const struct kb_ui *ui, int list_rows, char *buf, size_t size)
{
	const struct kb_rows *rows = &ui->model.rows;
	size_t first = 0;
	size_t last = 0;

	buf[0] = '\0';
	if (list_rows < 1 || rows->n_rows <= (size_t)list_rows) {
		return false;
	}
	for (size_t i = ui->top_row + kb_ui_keeps_heading(ui);
	     i < ui->top_row + (size_t)list_rows && i < rows->n_rows; i++) {
		if (rows->rows[i].kind != KB_ROW_SOURCE) {
			first = first ? first : rows->rows[i].nth;
			last = rows->rows[i].nth;
		}
	}
	(void)snprintf(buf, size, "%zu-%zu of %zu", first, last, rows->n_choices);
	return true;
}

static void add_word(struct kb_buf *buf, const char *word)
{
	if (word && word[0]) {
		kb_buf_puts(buf, buf->len > 0 ? "  " : "");
		kb_buf_puts(buf, word);
	}
}

static void draw_source(struct kb_grid *grid, struct kb_area line, const struct kb_entry *entry)
{
	const struct kb_device *device = entry->device;
	KB_BUF struct kb_buf text = {0};
	const char *file = kb_source_file(entry);

	if (device) {
		add_word(&text, device->name ? kb_device_display(device) : NULL);
		add_word(&text, device->label ? device->label : device->partlabel);
		add_word(&text, device->fstype);
	}
	switch (kb_source_kind(entry)) {
	case KB_SOURCE_SESSION:
		add_word(&text, "typed in this session");
		break;
	case KB_SOURCE_LOCKED:
		add_word(&text, "locked");
		break;
	case KB_SOURCE_BARE:
		add_word(&text, "kernels without a configuration");
		break;
	case KB_SOURCE_BLS:
		add_word(&text, "Boot Loader Specification");
		break;
	case KB_SOURCE_CONFIGURATION:
		add_word(&text, file ? file : "built in");
		break;
	}
	(void)kb_grid_put(grid, line.row, line.col, line.cols, KB_STYLE_HEADING,
			  kb_buf_view(&text));
}

/* What stands behind an entry's title, in words. */
static void collect_marks(const struct kb_entry *entry, bool narrow, struct kb_buf *marks)
{
	if (entry->is_predicted) {
		add_word(marks, narrow ? "(last time)" : "(from last time)");
	}
	if (entry->is_default) {
		add_word(marks, narrow ? "*" : "(default)");
	}
	if (entry->tries_left == 0) {
		add_word(marks, "(failed before)");
	} else if (entry->tries_left > 0) {
		char text[40];

		(void)snprintf(text, sizeof(text), "(%d %s left)", entry->tries_left,
			       entry->tries_left == 1 ? "try" : "tries");
		add_word(marks, text);
	}
}

/* "(4)" behind a submenu's: so many entries, and where the default is while it is not seen. */
static void collect_submenu_marks(const struct kb_row *row, bool narrow, struct kb_buf *marks)
{
	kb_buf_printf(marks, "(%zu)", row->n_entries);
	if (row->has_default && !row->open) {
		add_word(marks, narrow ? "*" : "(default)");
	}
}

static bool has_problem(const struct kb_row *row)
{
	return row->kind == KB_ROW_ENTRY && row->entry->n_problems > 0;
}

static bool is_uncertain(const struct kb_row *row)
{
	return row->kind == KB_ROW_ENTRY && row->entry->is_predicted;
}

/* Sign, number and title of a row; the titles of what is side by side begin in one column. */
static void put_row(const struct kb_ui *ui, const struct kb_row *row, bool selected,
		    struct kb_buf *text)
{
	bool is_submenu = row->kind == KB_ROW_SUBMENU;
	const struct kb_symbols *s = ui->symbols;
	char title[KB_ERROR_TEXT];
	char number[24] = "";

	if (!is_submenu) {
		(void)snprintf(number, sizeof(number), "%zu", row->number);
	}
	kb_buf_printf(text, "%c %*s ", selected ? '>' : ' ', number_columns(ui), number);
	if (!is_submenu) {
		kb_buf_puts(text, has_problem(row) ? "! " : "  ");
	}
	for (size_t i = 0; i < row->depth; i++) {
		kb_buf_puts(text, "  ");
	}
	if (is_submenu) {
		kb_buf_printf(text, "%s %s", row->open ? s->opened : s->closed,
			      row->title + strspn(row->title, " "));
	} else {
		kb_buf_puts(text, kb_model_row_title(&ui->model, row, title, sizeof(title)));
	}
}

/*
 *   "> 12 ! Title  (default)"
 *   "     + Submenu  (4)"
 * The selected one is in reverse over the whole width; on a slow line only as far as its title
 * goes: there every cell that changes its looks is a byte.
 */
static void draw_choice(const struct kb_ui *ui, struct kb_grid *grid, struct kb_area line,
			const struct kb_row *row, bool selected)
{
	enum kb_style style = selected            ? KB_STYLE_SELECTED
			      : is_uncertain(row) ? KB_STYLE_FAINT
						  : KB_STYLE_TEXT;
	KB_BUF struct kb_buf marks = {0};
	KB_BUF struct kb_buf text = {0};
	int marks_columns;
	int used;

	if (selected && !ui->slow) {
		kb_grid_repeat(grid, line.row, line.col, line.cols, style, " ");
	}
	if (row->kind == KB_ROW_SUBMENU) {
		collect_submenu_marks(row, line.cols < NARROW_COLS, &marks);
	} else {
		collect_marks(row->entry, line.cols < NARROW_COLS, &marks);
	}
	marks_columns = kb_text_columns(kb_buf_view(&marks), ui->symbols);
	if (marks_columns > line.cols / 2) {
		marks_columns = 0;
	}
	put_row(ui, row, selected, &text);
	used = kb_grid_put(grid, line.row, line.col,
			   line.cols - (marks_columns ? marks_columns + 2 : 1), style,
			   kb_buf_view(&text));
	used += kb_grid_puts(grid, line.row, line.col + used, 1, style, " ");
	/* Bold or red costs a serial line more than the sign itself. */
	if (has_problem(row) && !selected && !ui->slow) {
		(void)kb_grid_puts(grid, line.row, line.col + 3 + number_columns(ui), 1,
				   KB_STYLE_ERROR, "!");
	}
	if (marks_columns > 0) {
		(void)kb_grid_put(grid, line.row, line.col + used + 1, marks_columns,
				  selected && !ui->slow ? style : KB_STYLE_FAINT,
				  kb_buf_view(&marks));
	}
	if (selected) {
		grid->cursor_row = line.row;
		grid->cursor_col = line.col;
	}
}

/* Each disk with its reason comes before the advice, which a small screen cuts. */
static void describe_empty(const struct kb_ui *ui, struct kb_buf *text)
{
	const struct kb_model *m = &ui->model;

	if (!m->synced) {
		bool patient = ui->now_ms - ui->started_ms < KB_UI_PATIENCE_MS;

		kb_buf_puts(text, patient ? "" : "Waiting for the boot engine ...");
	} else if (!m->state.disks) {
		kb_buf_printf(text, "Looking for disks %s", ui->symbols->ellipsis);
	} else {
		kb_buf_printf(text,
			      "Nothing to boot was found yet.\n"
			      " \n"
			      "%s \n"
			      "kboot looks on every disk for kboot.conf, for what other boot "
			      "loaders left there, and for kernels in / and /boot.\n"
			      " \n"
			      "Plug in a disk, or press r (look again), l (log), c (prompt).",
			      m->state.disks);
	}
}

static void draw_empty(const struct kb_ui *ui, struct kb_grid *grid, struct kb_area area)
{
	KB_BUF struct kb_buf text = {0};

	describe_empty(ui, &text);
	(void)kb_grid_wrap(grid, area, KB_STYLE_TEXT, kb_buf_view(&text));
}

void kb_draw_list(struct kb_ui *ui, struct kb_grid *grid, struct kb_area area)
{
	const struct kb_rows *rows = &ui->model.rows;
	bool blanks = spaced(ui, area.rows);
	/* Where there is room for air there is a margin. */
	int margin = area.cols >= 40 ? 1 : 0;
	struct kb_area line = {area.row, area.col + margin, 1, area.cols - 2 * margin};

	if (area.rows < 1) {
		return;
	}
	if (rows->n_entries == 0) {
		draw_empty(ui, grid, (struct kb_area){area.row, line.col, area.rows, line.cols});
		return;
	}
	ui->list_rows = area.rows;
	kb_ui_scroll_list(ui);
	ui->page_rows = area.rows >= KB_UI_HEADING_ROWS ? area.rows - 3
			: area.rows > 1                 ? area.rows - 1
							: 1;
	if (kb_ui_keeps_heading(ui)) {
		draw_source(grid, line, rows->rows[ui->top_row].entry);
		line.row++;
	}
	for (size_t i = ui->top_row + kb_ui_keeps_heading(ui);
	     i < rows->n_rows && line.row < area.row + area.rows; i++) {
		line.row += blanks && i > 0 && rows->rows[i].kind == KB_ROW_SOURCE ? 1 : 0;
		if (rows->rows[i].kind == KB_ROW_SOURCE) {
			draw_source(grid, line, rows->rows[i].entry);
		} else {
			draw_choice(ui, grid, line, &rows->rows[i], i == ui->model.selected_row);
		}
		line.row++;
	}
}
