/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rows.h"

#include <errno.h>

#include "older.h"
#include "source.h"

enum { MAX_DESCRIBED = 20 };

/* Node 0 is the list as a whole. Links are numbers of nodes, 0 for none. */
struct kb_row_node {
	struct kb_row row;
	uint64_t place; /* a submenu's: its source and path as they are called now */
	size_t first;   /* inside */
	size_t last;
	size_t next; /* beside it */
	size_t at;   /* its row; n_rows: not listed */
};

/* A list that is being made. */
struct builder {
	struct kb_rows rows;
	const char **older; /* of each entry: the title of a submenu, or NULL */
	size_t *table;      /* submenus by their places: open addressing */
	size_t mask;
};

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

void kb_rows_done(struct kb_rows *rows)
{
	free(rows->rows);
	free(rows->nodes);
	kb_arena_done(&rows->arena);
	*rows = (struct kb_rows){0};
}

/* --- the tree */

static size_t add_node(struct kb_rows *rows, size_t parent, struct kb_row row)
{
	struct kb_row_node *around = &rows->nodes[parent];
	size_t node = rows->n_nodes++;

	row.node = node;
	row.parent = parent;
	row.depth = parent ? around->row.depth + 1 : 0;
	rows->nodes[node].row = row;
	if (around->last) {
		rows->nodes[around->last].next = node;
	} else {
		around->first = node;
	}
	around->last = node;
	return node;
}

/* The slot of a submenu, or the one that it may have. */
static size_t *slot_of(const struct builder *b, uint64_t place)
{
	size_t i = (size_t)(place ^ place >> 32) & b->mask;

	while (b->table[i] && b->rows.nodes[b->table[i]].place != place) {
		i = (i + 1) & b->mask;
	}
	return &b->table[i];
}

/* Where a submenu is, by the names of now and for good. */
struct place {
	size_t node;
	uint64_t place;
	uint64_t key;
};

static void enter_submenu(struct builder *b, struct place *at, const char *title, bool is_older,
			  const struct kb_entry *entry)
{
	const struct kb_str name = kb_str_from(title);
	size_t *slot;

	at->place = kb_str_fingerprint(at->place, name);
	at->key = kb_str_fingerprint(at->key, name);
	slot = slot_of(b, at->place);
	if (!*slot) {
		*slot = add_node(&b->rows, at->node,
				 (struct kb_row){.kind = KB_ROW_SUBMENU,
						 .entry = entry,
						 .title = title,
						 .key = at->key,
						 .is_older = is_older});
		b->rows.nodes[*slot].place = at->place;
		b->rows.n_submenus++;
	}
	at->node = *slot;
}

static void add_entry(struct builder *b, const struct kb_entry *entry, const char *older)
{
	struct place at = {0, kb_source_print(entry, false), kb_source_print(entry, true)};

	for (size_t i = 0; i < entry->n_path; i++) {
		enter_submenu(b, &at, entry->path[i], false, entry);
	}
	if (older) {
		enter_submenu(b, &at, older, true, entry);
	}
	(void)add_node(&b->rows, at.node,
		       (struct kb_row){.kind = KB_ROW_ENTRY,
				       .entry = entry,
				       .number = ++b->rows.n_entries});
	for (size_t n = at.node; n; n = b->rows.nodes[n].row.parent) {
		b->rows.nodes[n].row.n_entries++;
		b->rows.nodes[n].row.has_default |= entry->is_default;
	}
}

static bool is_shown(const struct kb_entry *entry)
{
	return !entry->hidden || entry->is_default;
}

static int reserve(struct builder *b, const struct kb_entry *entries, size_t n_entries)
{
	size_t n_nodes = 1;
	size_t n_table = 4;
	size_t n_shown = 0;

	for (size_t i = 0; i < n_entries; i++) {
		n_nodes += is_shown(&entries[i]) ? entries[i].n_path + 2 : 0;
		n_shown += is_shown(&entries[i]);
	}
	while (n_table < 2 * n_nodes) {
		n_table *= 2;
	}
	b->mask = n_table - 1;
	b->table = calloc(n_table, sizeof(*b->table));
	b->rows.nodes = calloc(n_nodes, sizeof(*b->rows.nodes));
	b->rows.rows = calloc(n_nodes + n_shown, sizeof(*b->rows.rows));
	b->rows.n_nodes = 1;
	return b->table && b->rows.nodes && b->rows.rows ? 0 : -ENOMEM;
}

static int by_title(const void *a, const void *b)
{
	const struct kb_row *x = &(*(struct kb_row_node *const *)a)->row;
	const struct kb_row *y = &(*(struct kb_row_node *const *)b)->row;

	if (x->parent != y->parent) {
		return x->parent < y->parent ? -1 : 1;
	}
	return strcmp(kb_entry_title(x->entry), kb_entry_title(y->entry));
}

static int mark_shared_titles(struct kb_rows *rows)
{
	KB_FREE struct kb_row_node **entries =
		calloc(rows->n_entries + 1, sizeof(struct kb_row_node *));
	size_t n = 0;

	if (!entries) {
		return -ENOMEM;
	}
	for (size_t i = 1; i < rows->n_nodes; i++) {
		if (rows->nodes[i].row.kind == KB_ROW_ENTRY) {
			entries[n++] = &rows->nodes[i];
		}
	}
	qsort(entries, n, sizeof(struct kb_row_node *), by_title);
	for (size_t i = 1; i < n; i++) {
		if (by_title(&entries[i - 1], &entries[i]) == 0) {
			entries[i - 1]->row.shares_title = true;
			entries[i]->row.shares_title = true;
		}
	}
	return 0;
}

static void open_submenus(struct kb_rows *rows, struct kb_folds *folds)
{
	for (size_t i = 1; i < rows->n_nodes; i++) {
		struct kb_row *row = &rows->nodes[i].row;

		if (row->kind == KB_ROW_SUBMENU && !kb_folds_find(folds, row->key, &row->open) &&
		    row->has_default) {
			row->open = true;
			kb_folds_set(folds, row->key, true);
		}
	}
}

/* --- what of it is listed */

/* The node that follows in the list. */
static size_t next_node(const struct kb_rows *rows, size_t node)
{
	if (rows->nodes[node].first && (node == 0 || rows->nodes[node].row.open)) {
		return rows->nodes[node].first;
	}
	while (node && !rows->nodes[node].next) {
		node = rows->nodes[node].row.parent;
	}
	return rows->nodes[node].next;
}

static void list(struct kb_rows *rows)
{
	const struct kb_entry *before = NULL;

	rows->n_rows = 0;
	rows->n_choices = 0;
	for (size_t i = 0; i < rows->n_nodes; i++) {
		rows->nodes[i].at = SIZE_MAX;
	}
	for (size_t i = next_node(rows, 0); i; i = next_node(rows, i)) {
		struct kb_row_node *node = &rows->nodes[i];

		if (node->row.depth == 0) {
			if (!before || !kb_source_same(before, node->row.entry)) {
				rows->rows[rows->n_rows++] =
					(struct kb_row){.kind = KB_ROW_SOURCE,
							.entry = node->row.entry};
			}
			before = node->row.entry;
		}
		node->row.nth = ++rows->n_choices;
		node->at = rows->n_rows;
		rows->rows[rows->n_rows++] = node->row;
	}
}

int kb_rows_build(struct kb_rows *rows, struct kb_folds *folds, const struct kb_entry *entries,
		  size_t n_entries)
{
	struct builder b = {0};
	int r = kb_older_find(&b.rows.arena, entries, n_entries, &b.older);

	r = r < 0 ? r : reserve(&b, entries, n_entries);
	for (size_t i = 0; r == 0 && i < n_entries; i++) {
		if (is_shown(&entries[i])) {
			add_entry(&b, &entries[i], b.older[i]);
		}
	}
	r = r < 0 ? r : mark_shared_titles(&b.rows);
	free(b.table);
	if (r < 0) {
		kb_rows_done(&b.rows);
		return r;
	}
	open_submenus(&b.rows, folds);
	list(&b.rows);
	kb_rows_done(rows);
	*rows = b.rows;
	return 0;
}

void kb_rows_fold(struct kb_rows *rows, struct kb_folds *folds, size_t row, bool open)
{
	struct kb_row *submenu = &rows->nodes[rows->rows[row].node].row;

	submenu->open = open;
	kb_folds_set(folds, submenu->key, open);
	list(rows);
}

/* --- rows by what they are */

static size_t show(struct kb_rows *rows, struct kb_folds *folds, size_t node)
{
	if (rows->nodes[node].at == SIZE_MAX) {
		for (size_t n = rows->nodes[node].row.parent; n; n = rows->nodes[n].row.parent) {
			rows->nodes[n].row.open = true;
			kb_folds_set(folds, rows->nodes[n].row.key, true);
		}
		list(rows);
	}
	return rows->nodes[node].at;
}

static bool is_entry(const struct kb_row *row, const char *id)
{
	return row->kind == KB_ROW_ENTRY && row->entry->id && strcmp(row->entry->id, id) == 0;
}

size_t kb_rows_show_number(struct kb_rows *rows, struct kb_folds *folds, size_t number)
{
	for (size_t i = 1; i < rows->n_nodes; i++) {
		if (rows->nodes[i].row.kind == KB_ROW_ENTRY &&
		    rows->nodes[i].row.number == number) {
			return show(rows, folds, i);
		}
	}
	return rows->n_rows;
}

size_t kb_rows_show_id(struct kb_rows *rows, struct kb_folds *folds, const char *id)
{
	for (size_t i = 1; id && i < rows->n_nodes; i++) {
		if (is_entry(&rows->nodes[i].row, id)) {
			return show(rows, folds, i);
		}
	}
	return rows->n_rows;
}

size_t kb_rows_of_id(const struct kb_rows *rows, const char *id)
{
	for (size_t i = 0; id && i < rows->n_rows; i++) {
		if (is_entry(&rows->rows[i], id)) {
			return i;
		}
	}
	return rows->n_rows;
}

size_t kb_rows_of_key(const struct kb_rows *rows, uint64_t key)
{
	for (size_t i = 0; key && i < rows->n_rows; i++) {
		if (rows->rows[i].key == key) {
			return i;
		}
	}
	return rows->n_rows;
}

size_t kb_rows_around(const struct kb_rows *rows, size_t row)
{
	size_t parent = row < rows->n_rows ? rows->rows[row].parent : 0;

	return parent ? rows->nodes[parent].at : rows->n_rows;
}

size_t kb_rows_nearest(const struct kb_rows *rows, size_t row)
{
	for (size_t i = row; i < rows->n_rows; i++) {
		if (rows->rows[i].kind != KB_ROW_SOURCE) {
			return i;
		}
	}
	for (size_t i = row < rows->n_rows ? row : rows->n_rows; i-- > 0;) {
		if (rows->rows[i].kind != KB_ROW_SOURCE) {
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
		if (rows->rows[at].kind != KB_ROW_SOURCE) {
			row = at;
			count += count > 0 ? -1 : 1;
		}
	}
	return row;
}

void kb_rows_describe(const struct kb_rows *rows, const struct kb_row *row, struct kb_buf *buf)
{
	size_t n = 0;

	kb_buf_printf(buf, "%zu %s", row->n_entries, row->n_entries == 1 ? "entry" : "entries");
	for (size_t i = rows->nodes[row->node].first; i && n < MAX_DESCRIBED;
	     i = rows->nodes[i].next, n++) {
		const struct kb_row *inside = &rows->nodes[i].row;

		kb_buf_puts(buf, n > 0 ? "; " : ": ");
		kb_buf_puts(buf, inside->kind == KB_ROW_SUBMENU ? inside->title
								: kb_entry_title(inside->entry));
	}
}
