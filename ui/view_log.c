/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/terminal/text.h"
#include "widgets.h"

enum { TIME_COLUMNS = 10 }; /* "  21.87 ! " */

static const struct kb_hint hints[] = {
	{NULL, "scroll", 1},
	{"PgUp PgDn", "page", 2},
	{"End", "follow", 2},
	{"Esc", "back", 0},
};

void kb_view_log_open(struct kb_ui *ui)
{
	if (!ui->log_asked) {
		kb_ui_do(ui, KB_DO_LOG);
		ui->log_asked = true;
	}
	kb_ui_show(ui, &kb_view_log);
}

static int line_rows(const struct kb_ui *ui, const struct kb_log_line *line, int columns)
{
	int rows =
		kb_text_wrapped_rows(kb_str_from(line->text), columns - TIME_COLUMNS, ui->symbols);

	return rows > 0 ? rows : 1;
}

static int all_rows(const struct kb_ui *ui, int columns)
{
	const struct kb_log_line *line;
	uint64_t seq = 0;
	int rows = 0;

	while (ui->model.log && (line = kb_log_next(ui->model.log, seq))) {
		rows += line_rows(ui, line, columns);
		seq = line->seq;
	}
	return rows;
}

/* The line's rows from row on, as many as the area shows of them; returns how many there are. */
static int draw_entry(struct kb_grid *grid, struct kb_area area, int row,
		      const struct kb_log_line *line)
{
	enum kb_style style = line->level == KB_LOG_ERROR     ? KB_STYLE_ERROR
			      : line->level == KB_LOG_WARNING ? KB_STYLE_WARNING
							      : KB_STYLE_TEXT;
	int64_t ms = line->time_ms;

	if (row >= area.row && row < area.row + area.rows) {
		(void)kb_grid_printf(grid, row, area.col, TIME_COLUMNS - 2, KB_STYLE_FAINT,
				     "%4lld.%02lld", (long long)(ms / 1000),
				     (long long)(ms % 1000 / 10));
		(void)kb_grid_puts(grid, row, area.col + TIME_COLUMNS - 2, 1, style,
				   line->level >= KB_LOG_WARNING ? "!" : " ");
	}
	return kb_grid_wrap_clipped(grid, area, row, TIME_COLUMNS, style, kb_str_from(line->text));
}

static void draw(struct kb_ui *ui, struct kb_grid *grid)
{
	const struct kb_layout_wish wish = {0};
	const struct kb_log_line *line;
	struct kb_layout l;
	struct kb_area area;
	uint64_t seq = 0;
	int rows;
	int row;

	kb_layout_make(grid->rows, grid->cols, &wish, &l);
	area = (struct kb_area){l.title.row + l.title.rows, l.title.col, 0, l.title.cols};
	area.rows = l.hints.row - area.row;
	if (l.title.rows > 0) {
		(void)kb_grid_puts(grid, l.title.row, l.title.col, l.title.cols, KB_STYLE_TITLE,
				   "Log");
	}
	kb_draw_hints(ui, grid, l.hints, hints, KB_ARRAY_LEN(hints));
	ui->page_rows = area.rows > 1 ? area.rows - 1 : 1;
	rows = all_rows(ui, area.cols);
	if (ui->scroll > rows - area.rows) {
		ui->scroll = rows > area.rows ? rows - area.rows : 0;
	}
	row = area.row + (rows > area.rows ? area.rows - rows + ui->scroll : 0);
	while (ui->model.log && (line = kb_log_next(ui->model.log, seq))) {
		rows = draw_entry(grid, area, row, line);
		row += rows > 0 ? rows : 1;
		seq = line->seq;
	}
	if (ui->scroll > 0) {
		(void)kb_grid_printf(grid, l.title.row, l.title.col + 5, l.title.cols - 5,
				     KB_STYLE_FAINT, "%d further down", ui->scroll);
	}
}

static void press(struct kb_ui *ui, const struct kb_key *key)
{
	switch (key->code) {
	case KB_KEY_UP:
		ui->scroll++;
		break;
	case KB_KEY_DOWN:
		ui->scroll -= ui->scroll > 0 ? 1 : 0;
		break;
	case KB_KEY_PAGE_UP:
		ui->scroll += ui->page_rows;
		break;
	case KB_KEY_PAGE_DOWN:
		ui->scroll = ui->scroll > ui->page_rows ? ui->scroll - ui->page_rows : 0;
		break;
	case KB_KEY_HOME:
		ui->scroll = KB_LOG_LINES * KB_LOG_LINE_BYTES;
		break;
	case KB_KEY_END:
		ui->scroll = 0;
		break;
	case KB_KEY_CHAR:
		if (key->text[0] == 'k' || key->text[0] == 'j') {
			ui->scroll += key->text[0] == 'k' ? 1 : ui->scroll > 0 ? -1 : 0;
			break;
		}
		kb_view_back(ui, key, 'l');
		break;
	default:
		kb_view_back(ui, key, 'l');
		break;
	}
}

const struct kb_view kb_view_log = {.draw = draw, .press = press};
