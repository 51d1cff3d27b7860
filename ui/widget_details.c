/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "kboot/terminal/text.h"
#include "widgets.h"

enum { LABEL_COLUMNS = 14, LINE_CHANGE_SLOW = 60, SUBMENU_CHANGE_SLOW = 30, MAX_PROBLEM_ROWS = 2 };

/* The rows that are still free. */
struct pane {
	const struct kb_ui *ui;
	struct kb_grid *grid;
	struct kb_area left;
};

static void used_rows(struct pane *p, int rows)
{
	p->left.row += rows;
	p->left.rows -= rows;
}

/* A field in at most so many rows. */
static void field(struct pane *p, const char *label, struct kb_str value, int rows)
{
	struct kb_area area = p->left;
	int used;

	if (value.len == 0 || area.rows < 1) {
		return;
	}
	(void)kb_grid_puts(p->grid, area.row, area.col, LABEL_COLUMNS, KB_STYLE_LABEL, label);
	area.col += LABEL_COLUMNS;
	area.cols -= LABEL_COLUMNS;
	area.rows = rows < area.rows ? rows : area.rows;
	used = kb_grid_wrap(p->grid, area, KB_STYLE_TEXT, value);
	used_rows(p, used > 0 ? used : 1);
}

static void draw_problems(struct pane *p, const struct kb_entry *entry, int max_rows)
{
	for (size_t i = 0; i < entry->n_problems && max_rows > 0 && p->left.rows > 0; i++) {
		struct kb_area area = p->left;
		int used;

		area.col += 2;
		area.cols -= 2;
		area.rows = max_rows < area.rows ? max_rows : area.rows;
		(void)kb_grid_puts(p->grid, area.row, p->left.col, 1, KB_STYLE_ERROR, "!");
		used = kb_grid_wrap(p->grid, area, KB_STYLE_ERROR, kb_str_from(entry->problems[i]));
		used_rows(p, used);
		max_rows -= used;
	}
}

static void join_initrds(const struct kb_entry *entry, struct kb_buf *buf)
{
	for (size_t i = 0; i < entry->n_initrd; i++) {
		kb_buf_puts(buf, i > 0 ? ", " : "");
		kb_buf_puts(buf, entry->initrd[i]);
	}
}

static void add_named(struct kb_buf *buf, const char *name, const char *value)
{
	if (value && value[0]) {
		kb_buf_printf(buf, "  %s%s", name, value);
	}
}

static void describe_device(const struct kb_device *device, struct kb_buf *buf)
{
	char size[32];

	if (!device) {
		return;
	}
	kb_buf_puts(buf, device->name ? kb_device_display(device) : "?");
	if (device->name && kb_device_display(device) != device->name) {
		kb_buf_printf(buf, " (%s)", device->name);
	}
	add_named(buf, "", device->fstype);
	add_named(buf, "LABEL=", device->label);
	if (device->size_bytes > 0) {
		kb_format_bytes(device->size_bytes, size, sizeof(size));
		add_named(buf, "", size);
	}
	add_named(buf, "UUID=", device->uuid);
	add_named(buf, "on ", device->members);
	if (device->removable) {
		kb_buf_puts(buf, "  removable");
	}
}

static void describe_place(const struct kb_entry *entry, struct kb_buf *buf)
{
	if (!entry->file) {
		kb_buf_puts(buf, entry->format == KB_FORMAT_SESSION ? "this session" : "");
		return;
	}
	kb_buf_puts(buf, entry->file);
	if (entry->line > 0) {
		kb_buf_printf(buf, ":%u", entry->line);
	}
}

static void draw_pane(struct pane *p, const struct kb_entry *entry)
{
	KB_BUF struct kb_buf initrds = {0};
	KB_BUF struct kb_buf device = {0};
	KB_BUF struct kb_buf place = {0};
	/* Where there is little room each takes a row, and the command line what is left. */
	int each = p->left.rows >= 10 ? 3 : 1;

	join_initrds(entry, &initrds);
	describe_device(entry->device, &device);
	describe_place(entry, &place);
	draw_problems(p, entry, p->left.rows >= 10 ? p->left.rows / 2 : MAX_PROBLEM_ROWS);
	field(p, "Kernel", kb_str_from(entry->kernel), each);
	field(p, "Command", kb_str_from(entry->command), each);
	field(p, "Initrd", kb_buf_view(&initrds), each);
	field(p, "Device tree", kb_str_from(entry->dtb), each);
	if (p->left.rows > 2) {
		field(p, "Device", kb_buf_view(&device), each);
	}
	field(p, "Defined in", kb_buf_view(&place), each);
	field(p, "Key", kb_str_from(entry->hotkey), 1);
	if (p->left.rows > 2) {
		field(p, "Remark", kb_str_from(entry->remark), each);
	}
	field(p, "Command line", kb_str_from(entry->args), p->left.rows);
}

static void draw_submenu(struct pane *p, const struct kb_row *row)
{
	KB_BUF struct kb_buf device = {0};
	KB_BUF struct kb_buf inside = {0};

	describe_device(row->entry->device, &device);
	kb_rows_describe(&p->ui->model.rows, row, &inside);
	field(p, "Device", kb_buf_view(&device), 1);
	if (row->is_older) {
		field(p, "Remark", KB_STR("put together here; its own loader lists them all"), 1);
	} else {
		field(p, "Defined in", kb_str_from(row->entry->file), 1);
	}
	field(p, "Submenu", kb_buf_view(&inside), p->left.rows);
}

/* A name without the device that the group's heading has. */
static const char *on_device(const struct kb_entry *entry, const char *name)
{
	size_t len = entry->device && entry->device->name ? strlen(entry->device->name) : 0;

	if (len > 0 && strncmp(name, entry->device->name, len) == 0 && name[len] == ':') {
		return name + len + 1;
	}
	return name;
}

static void describe_line(const struct kb_ui *ui, const struct kb_row *row, struct kb_buf *buf)
{
	const struct kb_entry *entry = row->entry;

	if (row->kind == KB_ROW_SUBMENU) {
		kb_rows_describe(&ui->model.rows, row, buf);
	} else if (entry->n_problems > 0) {
		kb_buf_printf(buf, "! %s", entry->problems[0]);
	} else if (entry->is_predicted) {
		kb_buf_puts(buf, entry->remark ? entry->remark : "");
	} else if (entry->unlock) {
		kb_buf_printf(buf, "%s is encrypted: Enter asks for its passphrase", entry->unlock);
	} else if (!entry->kernel) {
		kb_buf_puts(buf, entry->command ? entry->command : "");
	} else {
		kb_buf_printf(buf, "%s %s", on_device(entry, entry->kernel),
			      entry->args ? entry->args : "");
	}
}

int kb_details_columns(const struct kb_ui *ui, const struct kb_row *before,
		       const struct kb_row *row)
{
	KB_BUF struct kb_buf old = {0};
	KB_BUF struct kb_buf line = {0};
	size_t same = 0;

	if (!before || !row) {
		return KB_TERMINAL_MAX_COLS;
	}
	describe_line(ui, before, &old);
	describe_line(ui, row, &line);
	while (same < old.len && same < line.len && old.data[same] == line.data[same]) {
		same++;
	}
	return kb_text_columns(kb_str_head(kb_buf_view(&line), same), ui->symbols) +
	       (before->kind == row->kind ? LINE_CHANGE_SLOW : SUBMENU_CHANGE_SLOW);
}

static void draw_line(const struct kb_ui *ui, struct kb_grid *grid, struct kb_area area,
		      const struct kb_row *row)
{
	int columns = ui->slow && ui->details_columns < area.cols ? ui->details_columns : area.cols;
	bool red = row->kind == KB_ROW_ENTRY && row->entry->n_problems > 0 && !ui->slow;
	KB_BUF struct kb_buf line = {0};

	describe_line(ui, row, &line);
	(void)kb_grid_put(grid, area.row, area.col, columns, red ? KB_STYLE_ERROR : KB_STYLE_TEXT,
			  kb_buf_view(&line));
}

void kb_draw_details(const struct kb_ui *ui, struct kb_grid *grid, struct kb_area area,
		     const struct kb_row *row)
{
	struct pane pane = {ui, grid, area};

	if (!row || area.rows < 1) {
		return;
	}
	if (area.rows == 1) {
		draw_line(ui, grid, area, row);
	} else if (row->kind == KB_ROW_SUBMENU) {
		draw_submenu(&pane, row);
	} else {
		draw_pane(&pane, row->entry);
	}
}
