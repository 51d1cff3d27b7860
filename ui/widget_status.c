/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "kboot/terminal/text.h"
#include "widgets.h"

enum { BAR_MAX_COLUMNS = 40 };

static int percent(uint64_t done, uint64_t total)
{
	return total == 0 || done > total ? 100 : (int)((double)done * 100 / (double)total);
}

static void draw_bar(const struct kb_ui *ui, struct kb_grid *grid, struct kb_area line,
		     uint64_t done, uint64_t total)
{
	int columns = line.cols < BAR_MAX_COLUMNS ? line.cols : BAR_MAX_COLUMNS;
	int full = percent(done, total) * columns / 100;

	kb_grid_repeat(grid, line.row, line.col, full, KB_STYLE_GOOD, ui->symbols->full);
	kb_grid_repeat(grid, line.row, line.col + full, columns - full, KB_STYLE_FAINT,
		       ui->symbols->empty);
}

/* before «title» after; the title gives way where there is no room. */
static void sentence(const struct kb_ui *ui, struct kb_grid *grid, struct kb_area line,
		     const char *before, const char *title, const char *after)
{
	const struct kb_symbols *s = ui->symbols;
	int end = line.col + line.cols;
	int after_columns = kb_text_columns(kb_str_from(after), s);
	int col = line.col;

	col += kb_grid_puts(grid, line.row, col, end - col, KB_STYLE_TEXT, before);
	if (end - col - after_columns - 2 > 0) {
		col += kb_grid_puts(grid, line.row, col, 1, KB_STYLE_TEXT, s->open);
		col += kb_grid_puts(grid, line.row, col, end - col - after_columns - 1,
				    KB_STYLE_TEXT, title);
		col += kb_grid_puts(grid, line.row, col, 1, KB_STYLE_TEXT, s->close);
	}
	(void)kb_grid_puts(grid, line.row, col, end - col, KB_STYLE_TEXT, after);
}

/* The same in fewer words; the first with which enough of the title is seen. */
static void countdown_sentence(const struct kb_ui *ui, struct kb_grid *grid, struct kb_area line,
			       const char *title, unsigned long long seconds)
{
	static const struct {
		const char *before;
		const char *after; /* behind the seconds */
		int title_columns; /* that must have room */
	} ways[] = {
		{"Booting ", " s, press any key to stop", 24},
		{"Booting ", " s, any key stops", 16},
		{"", " s, any key stops", 8},
		{"", " s, any key stops", -100},
	};
	int title_columns = kb_text_columns(kb_str_from(title), ui->symbols);
	char after[64];

	for (size_t i = 0; i < KB_ARRAY_LEN(ways); i++) {
		int room;

		(void)snprintf(after, sizeof(after), " in %llu%s", seconds, ways[i].after);
		room = line.cols - (int)strlen(ways[i].before) - (int)strlen(after) - 2;
		if (room >= title_columns || room >= ways[i].title_columns) {
			sentence(ui, grid, line, ways[i].before, title, after);
			return;
		}
	}
}

static const char *title_of(const struct kb_ui *ui, const char *id, char *buf, size_t size)
{
	const struct kb_entry *entry = kb_model_find(&ui->model, id);

	return entry ? kb_model_title(&ui->model, entry, buf, size) : id ? id : "?";
}

/* What a load state is called, in a few words. "" for nothing. */
static void load_words(const struct kb_load_shown *load, char *buf, size_t size)
{
	char progress[80];

	buf[0] = '\0';
	switch (load->stage) {
	case KB_STAGE_FETCHING:
		kb_format_progress(load->done_bytes, load->total_bytes, load->bytes_per_s, progress,
				   sizeof(progress));
		(void)snprintf(buf, size, "fetching%s%s", load->done_bytes > 0 ? " " : " its files",
			       load->done_bytes > 0 ? progress : "");
		break;
	case KB_STAGE_RESOLVING:
		(void)snprintf(buf, size, "opening its files");
		break;
	case KB_STAGE_CHECKING:
		(void)snprintf(buf, size, "checking its files");
		break;
	case KB_STAGE_LOADING:
		kb_format_progress(load->done_bytes, load->total_bytes, 0, progress,
				   sizeof(progress));
		(void)snprintf(buf, size, "loading %s", progress);
		break;
	case KB_STAGE_ARMED:
		(void)snprintf(buf, size, "loaded: Enter starts it at once");
		break;
	case KB_STAGE_FAILED:
		(void)snprintf(buf, size, "cannot be loaded");
		break;
	case KB_STAGE_UNLOCKING:
		(void)snprintf(buf, size, "being unlocked");
		break;
	default:
		break;
	}
}

static bool has_progress(const struct kb_load_shown *load)
{
	return (load->stage == KB_STAGE_LOADING || load->stage == KB_STAGE_FETCHING) &&
	       load->total_bytes > 0;
}

static void draw_countdown(const struct kb_ui *ui, struct kb_grid *grid, struct kb_area area)
{
	const struct kb_state *s = &ui->model.state;
	int64_t remaining = kb_model_remaining_ms(&ui->model, ui->now_ms);
	/* The bar moves with the number, not between. */
	uint64_t seconds = (uint64_t)(remaining + 999) / 1000;
	uint64_t total = (uint64_t)(s->total_ms + 999) / 1000;
	char title[KB_ERROR_TEXT];
	char load[96];
	int col;

	countdown_sentence(ui, grid, area, title_of(ui, s->default_id, title, sizeof(title)),
			   seconds);
	if (area.rows < 2) {
		return;
	}
	area.row++;
	draw_bar(ui, grid, area, total > seconds ? total - seconds : 0, total ? total : 1);
	load_words(&ui->load, load, sizeof(load));
	col = BAR_MAX_COLUMNS + 2;
	if (area.cols >= col + 32) {
		(void)kb_grid_puts(grid, area.row, area.col + col, area.cols - col, KB_STYLE_GOOD,
				   load);
	}
}

static void draw_booting(const struct kb_ui *ui, struct kb_grid *grid, struct kb_area area)
{
	const struct kb_state *s = &ui->model.state;
	const char *id = s->stage_id ? s->stage_id : ui->model.selected_id;
	const struct kb_entry *entry = kb_model_find(&ui->model, id);
	char title[KB_ERROR_TEXT];
	const char *entry_title = title_of(ui, id, title, sizeof(title));
	char words[96];
	char after[112];

	load_words(&ui->load, words, sizeof(words));
	(void)snprintf(after, sizeof(after), "%s%s",
		       words[0] && ui->load.stage != KB_STAGE_ARMED ? ": " : "",
		       ui->load.stage == KB_STAGE_ARMED ? " now" : words);
	/* What was edited is called so, which no entry of the catalog is. */
	if (s->stage_id && s->stage_title && entry &&
	    strcmp(s->stage_title, kb_entry_title(entry)) != 0) {
		entry_title = s->stage_title;
	}
	sentence(ui, grid, area, ui->load.stage == KB_STAGE_UNLOCKING ? "" : "Booting ",
		 entry_title, after);
	if (area.rows > 1 && has_progress(&ui->load)) {
		area.row++;
		draw_bar(ui, grid, area, ui->load.done_bytes, ui->load.total_bytes);
	}
}

static void draw_waiting(const struct kb_ui *ui, struct kb_grid *grid, struct kb_area area)
{
	enum kb_style style = ui->load.stage == KB_STAGE_ARMED    ? KB_STYLE_GOOD
			      : ui->load.stage == KB_STAGE_FAILED ? KB_STYLE_ERROR
								  : KB_STYLE_TEXT;
	enum kb_notice_level level;
	char words[96];

	load_words(&ui->load, words, sizeof(words));
	if (ui->load.stage == KB_STAGE_FAILED && kb_ui_notice(ui, &level)) {
		return; /* that says it better */
	}
	if (words[0]) {
		words[0] = (char)(words[0] - 'a' + 'A');
	}
	(void)kb_grid_puts(grid, area.row, area.col, area.cols, style, words);
	if (area.rows > 1 && has_progress(&ui->load)) {
		area.row++;
		draw_bar(ui, grid, area, ui->load.done_bytes, ui->load.total_bytes);
	}
}

void kb_draw_status(const struct kb_ui *ui, struct kb_grid *grid, struct kb_area area)
{
	if (area.rows < 1 || !ui->model.synced) {
		return;
	}
	switch (kb_ui_phase(ui)) {
	case KB_PHASE_COUNTDOWN:
		draw_countdown(ui, grid, area);
		break;
	case KB_PHASE_BOOTING:
		draw_booting(ui, grid, area);
		break;
	default:
		draw_waiting(ui, grid, area);
		break;
	}
}

int kb_notice_rows(const struct kb_ui *ui, int columns)
{
	enum kb_notice_level level;
	const char *text = kb_ui_notice(ui, &level);

	return text ? kb_text_wrapped_rows(kb_str_from(text), columns, ui->symbols) : 0;
}

void kb_draw_notice(const struct kb_ui *ui, struct kb_grid *grid, struct kb_area area)
{
	enum kb_notice_level level;
	const char *text = kb_ui_notice(ui, &level);
	enum kb_style style;

	if (!text) {
		return;
	}
	style = level == KB_NOTICE_ERROR     ? KB_STYLE_ERROR
		: level == KB_NOTICE_WARNING ? KB_STYLE_WARNING
					     : KB_STYLE_TEXT;
	(void)kb_grid_wrap(grid, area, style, kb_str_from(text));
}
