/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rows.h"

#include <errno.h>

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

const char *kb_entry_title(const struct kb_entry *entry)
{
	if (entry->title && entry->title[0]) {
		return entry->title;
	}
	if (entry->label && entry->label[0]) {
		return entry->label;
	}
	return entry->id ? entry->id : "?";
}

const char *kb_rows_source_file(const struct kb_entry *entry)
{
	const char *file = entry->file;
	size_t len = entry->device && entry->device->name ? strlen(entry->device->name) : 0;

	if (entry->format == KB_FORMAT_FILE || !file) {
		return NULL;
	}
	if (len > 0 && strncmp(file, entry->device->name, len) == 0 && file[len] == ':') {
		return file + len + 1;
	}
	return file;
}

bool kb_rows_same_source(const struct kb_entry *a, const struct kb_entry *b)
{
	const char *a_name = a->device ? a->device->name : NULL;
	const char *b_name = b->device ? b->device->name : NULL;

	return (a->format == KB_FORMAT_SESSION) == (b->format == KB_FORMAT_SESSION) &&
	       same_text(a_name, b_name) &&
	       same_text(kb_rows_source_file(a), kb_rows_source_file(b));
}

/* How many of the submenus around b are still open from a. */
static size_t common_depth(const struct kb_entry *a, const struct kb_entry *b)
{
	size_t depth = 0;

	while (depth < a->n_path && depth < b->n_path &&
	       same_text(a->path[depth], b->path[depth])) {
		depth++;
	}
	return depth;
}

/* Writes the headings and the row that an entry needs behind the one before. At most
 * KB_ENTRY_MAX_PATH + 2. */
static size_t add_rows(struct kb_row *to, const struct kb_entry *entry,
		       const struct kb_entry *before, size_t number)
{
	bool new_source = !before || !kb_rows_same_source(before, entry);
	size_t depth = new_source ? 0 : common_depth(before, entry);
	size_t n = 0;

	if (new_source) {
		to[n++] = (struct kb_row){.kind = KB_ROW_SOURCE, .entry = entry};
	}
	for (; depth < entry->n_path; depth++) {
		to[n++] = (struct kb_row){.kind = KB_ROW_SUBMENU, .entry = entry, .depth = depth};
	}
	to[n++] = (struct kb_row){.kind = KB_ROW_ENTRY,
				  .entry = entry,
				  .number = number,
				  .depth = entry->n_path};
	return n;
}

void kb_rows_done(struct kb_rows *rows)
{
	free(rows->rows);
	*rows = (struct kb_rows){0};
}

static int by_title(const void *a, const void *b)
{
	const struct kb_row *const *x = a;
	const struct kb_row *const *y = b;

	return strcmp(kb_entry_title((*x)->entry), kb_entry_title((*y)->entry));
}

static int mark_shared_titles(struct kb_rows *rows)
{
	KB_FREE struct kb_row **entries = calloc(rows->n_entries + 1, sizeof(struct kb_row *));
	size_t n = 0;

	if (!entries) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < rows->n_rows; i++) {
		if (rows->rows[i].kind == KB_ROW_ENTRY) {
			entries[n++] = &rows->rows[i];
		}
	}
	qsort(entries, n, sizeof(struct kb_row *), by_title);
	for (size_t i = 1; i < n; i++) {
		if (by_title(&entries[i - 1], &entries[i]) == 0) {
			entries[i - 1]->shares_title = true;
			entries[i]->shares_title = true;
		}
	}
	return 0;
}

int kb_rows_build(struct kb_rows *rows, const struct kb_entry *entries, size_t n_entries)
{
	struct kb_rows fresh = {0};
	const struct kb_entry *before = NULL;
	size_t cap = 0;

	for (size_t i = 0; i < n_entries; i++) {
		if (!entries[i].hidden || entries[i].is_default) {
			cap += entries[i].n_path + 2;
		}
	}
	fresh.rows = calloc(cap + 1, sizeof(*fresh.rows));
	if (!fresh.rows) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < n_entries; i++) {
		if (entries[i].hidden && !entries[i].is_default) {
			continue;
		}
		fresh.n_rows +=
			add_rows(fresh.rows + fresh.n_rows, &entries[i], before, ++fresh.n_entries);
		before = &entries[i];
	}
	if (mark_shared_titles(&fresh) < 0) {
		kb_rows_done(&fresh);
		return -ENOMEM;
	}
	kb_rows_done(rows);
	*rows = fresh;
	return 0;
}

size_t kb_rows_of_number(const struct kb_rows *rows, size_t number)
{
	for (size_t i = 0; i < rows->n_rows; i++) {
		if (rows->rows[i].kind == KB_ROW_ENTRY && rows->rows[i].number == number) {
			return i;
		}
	}
	return rows->n_rows;
}

size_t kb_rows_of_id(const struct kb_rows *rows, const char *id)
{
	for (size_t i = 0; id && i < rows->n_rows; i++) {
		if (rows->rows[i].kind == KB_ROW_ENTRY && same_text(rows->rows[i].entry->id, id)) {
			return i;
		}
	}
	return rows->n_rows;
}

size_t kb_rows_nearest(const struct kb_rows *rows, size_t row)
{
	for (size_t i = row; i < rows->n_rows; i++) {
		if (rows->rows[i].kind == KB_ROW_ENTRY) {
			return i;
		}
	}
	for (size_t i = row < rows->n_rows ? row : rows->n_rows; i-- > 0;) {
		if (rows->rows[i].kind == KB_ROW_ENTRY) {
			return i;
		}
	}
	return rows->n_rows;
}

size_t kb_rows_move(const struct kb_rows *rows, size_t row, long count)
{
	size_t at = row;

	while (count != 0) {
		if (count > 0 ? at + 1 >= rows->n_rows : at == 0) {
			break;
		}
		at = count > 0 ? at + 1 : at - 1;
		if (rows->rows[at].kind == KB_ROW_ENTRY) {
			row = at;
			count += count > 0 ? -1 : 1;
		}
	}
	return row;
}
