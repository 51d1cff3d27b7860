/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model.h"

#include <errno.h>
#include <stdio.h>

#include "source.h"

static void catalog_done(struct kb_ui_catalog *c)
{
	kb_arena_done(&c->arena);
	free(c->entries);
	*c = (struct kb_ui_catalog){.arena.max_bytes = KB_UI_CATALOG_MAX_BYTES};
}

void kb_model_done(struct kb_model *m)
{
	kb_rows_done(&m->rows);
	catalog_done(&m->catalog);
	catalog_done(&m->incoming);
	kb_arena_done(&m->state_arena);
	kb_arena_done(&m->greeting_arena);
	free(m->selected_id);
	free(m->log);
	*m = (struct kb_model){0};
}

static bool same_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

static const char *device_of(const struct kb_entry *entry)
{
	return entry->device && entry->device->name ? entry->device->name : "";
}

/* What tells an entry from others of its title. */
struct apart {
	bool device;
	bool subvolume;
	bool file;
	bool kernel;
};

static void tell_apart(const struct kb_entry *entry, const struct kb_entry *other, struct apart *a)
{
	if (!same_text(device_of(entry), device_of(other))) {
		a->device = true;
	} else if (!same_text(entry->subvolume, other->subvolume)) {
		a->subvolume = true;
	} else if (!same_text(kb_source_file(entry), kb_source_file(other))) {
		a->file = true;
	} else if (!same_text(entry->kernel, other->kernel)) {
		a->kernel = true;
	}
}

/* "Ubuntu in @backup on sdb1"; title itself where nothing has to be said. */
static const char *add_apart(const struct kb_entry *entry, const struct apart *a, char *buf,
			     size_t size)
{
	const char *subvolume = a->subvolume ? entry->subvolume : NULL;
	const char *file = a->file ? kb_source_file(entry) : NULL;
	const char *from = file                                      ? file
			   : (a->file || a->kernel) && entry->kernel ? entry->kernel
								     : NULL;
	bool device = a->device && device_of(entry)[0];

	if (!subvolume && !from && !device) {
		return kb_entry_title(entry);
	}
	(void)snprintf(buf, size, "%s%s%s%s%s%s%s", kb_entry_title(entry), subvolume ? " in " : "",
		       subvolume ? subvolume + 1 : "", from ? " from " : "", from ? from : "",
		       device ? " on " : "", device ? device_of(entry) : "");
	return buf;
}

const char *kb_model_title(const struct kb_model *m, const struct kb_entry *entry, char *buf,
			   size_t size)
{
	struct apart apart = {0};

	for (size_t i = 0; i < m->catalog.n_entries; i++) {
		const struct kb_entry *other = &m->catalog.entries[i];

		if (!other->hidden && same_text(kb_entry_title(other), kb_entry_title(entry))) {
			tell_apart(entry, other, &apart);
		}
	}
	return add_apart(entry, &apart, buf, size);
}

const char *kb_model_row_title(const struct kb_model *m, const struct kb_row *row, char *buf,
			       size_t size)
{
	struct apart apart = {0};

	for (size_t i = 0; row->shares_title && i < m->rows.n_rows; i++) {
		const struct kb_row *other = &m->rows.rows[i];

		if (other->shares_title && other->parent == row->parent &&
		    kb_source_same(row->entry, other->entry) &&
		    same_text(kb_entry_title(other->entry), kb_entry_title(row->entry))) {
			tell_apart(row->entry, other->entry, &apart);
		}
	}
	return add_apart(row->entry, &apart, buf, size);
}

const struct kb_row *kb_model_row(const struct kb_model *m)
{
	return m->selected_row < m->rows.n_rows ? &m->rows.rows[m->selected_row] : NULL;
}

const struct kb_entry *kb_model_selected(const struct kb_model *m)
{
	const struct kb_row *row = kb_model_row(m);

	return row && row->kind == KB_ROW_ENTRY ? row->entry : NULL;
}

const struct kb_entry *kb_model_find(const struct kb_model *m, const char *id)
{
	for (size_t i = 0; id && i < m->catalog.n_entries; i++) {
		const char *other = m->catalog.entries[i].id;

		if (other && strcmp(other, id) == 0) {
			return &m->catalog.entries[i];
		}
	}
	return NULL;
}

bool kb_model_select_row(struct kb_model *m, size_t row)
{
	const struct kb_row *to = row < m->rows.n_rows ? &m->rows.rows[row] : NULL;
	char *id;

	if (!to || to->kind == KB_ROW_SOURCE ||
	    (m->selected_row == row && m->selected_key == to->key &&
	     (to->key || (m->selected_id && same_text(m->selected_id, to->entry->id))))) {
		return false;
	}
	if (to->kind == KB_ROW_ENTRY) {
		id = strdup(to->entry->id ? to->entry->id : "");
		if (!id) {
			return false;
		}
		free(m->selected_id);
		m->selected_id = id;
	}
	m->selected_row = row;
	m->selected_key = to->key;
	return true;
}

void kb_model_select_sent(struct kb_model *m, int64_t now_ms)
{
	m->select_unsure = true;
	m->select_ms = now_ms;
}

/* The engine's selection counts, unless it has not yet heard of ours. */
static void follow_selection(struct kb_model *m, int64_t now_ms)
{
	size_t row;

	if (!m->state.selected_id) {
		return;
	}
	if (m->selected_id && strcmp(m->state.selected_id, m->selected_id) == 0) {
		m->select_unsure = false;
		return;
	}
	if (m->select_unsure && now_ms - m->select_ms < KB_UI_SELECT_MS) {
		return;
	}
	m->select_unsure = false;
	row = kb_rows_show_id(&m->rows, &m->folds, m->state.selected_id);
	if (row < m->rows.n_rows) {
		(void)kb_model_select_row(m, row);
	}
}

/* In a new list the selection stays with its entry or submenu; where that is gone, near where it
 * was. */
static void keep_selection(struct kb_model *m, int64_t now_ms)
{
	const char *id = m->selected_id ? m->selected_id : m->state.selected_id;
	size_t row = m->selected_key ? kb_rows_of_key(&m->rows, m->selected_key)
				     : kb_rows_show_id(&m->rows, &m->folds, id);

	if (row == m->rows.n_rows) {
		row = kb_rows_nearest(&m->rows, m->selected_row);
	}
	m->selected_row = row;
	if (row == m->rows.n_rows) {
		m->selected_row = 0;
		m->selected_key = 0;
		free(m->selected_id);
		m->selected_id = NULL;
		return;
	}
	(void)kb_model_select_row(m, row);
	follow_selection(m, now_ms);
}

static int add_entry(struct kb_ui_catalog *c, const struct kb_entry *entry)
{
	int r;

	if (c->n_entries == KB_UI_MAX_ENTRIES) {
		c->truncated = true;
		return 0;
	}
	if (c->n_entries == c->cap) {
		size_t cap = c->cap ? c->cap * 2 : 16;
		struct kb_entry *entries = reallocarray(c->entries, cap, sizeof(*entries));

		if (!entries) {
			return -ENOMEM;
		}
		c->entries = entries;
		c->cap = cap;
	}
	r = kb_entry_copy(&c->arena, entry, &c->entries[c->n_entries]);
	if (r < 0) {
		c->truncated = true;
		return r;
	}
	c->n_entries++;
	return 0;
}

static int take_catalog(struct kb_model *m, int64_t now_ms)
{
	int r = kb_rows_build(&m->rows, &m->folds, m->incoming.entries, m->incoming.n_entries);

	if (r < 0) {
		return r;
	}
	catalog_done(&m->catalog);
	m->catalog = m->incoming;
	m->incoming = (struct kb_ui_catalog){.arena.max_bytes = KB_UI_CATALOG_MAX_BYTES};
	m->list_unsure = true;
	m->list_ms = now_ms;
	keep_selection(m, now_ms);
	return 0;
}

static int copy_text(struct kb_arena *arena, const char *from, const char **ret_to)
{
	char *copy = kb_arena_strdup(arena, from);

	if (from && !copy) {
		return -ENOMEM;
	}
	*ret_to = copy;
	return 0;
}

static int take_state(struct kb_model *m, const struct kb_state *from, int64_t now_ms)
{
	struct kb_arena arena = {0};
	struct kb_state state = *from;
	int r = copy_text(&arena, from->default_id, &state.default_id);

	r = r ? r : copy_text(&arena, from->default_why, &state.default_why);
	r = r ? r : copy_text(&arena, from->selected_id, &state.selected_id);
	r = r ? r : copy_text(&arena, from->stage_id, &state.stage_id);
	r = r ? r : copy_text(&arena, from->stage_title, &state.stage_title);
	r = r ? r : copy_text(&arena, from->notice, &state.notice);
	r = r ? r : copy_text(&arena, from->disks, &state.disks);
	r = r ? r : copy_text(&arena, from->network, &state.network);
	r = r ? r : copy_text(&arena, from->ssh, &state.ssh);
	r = r ? r : copy_text(&arena, from->sessions, &state.sessions);
	r = r ? r : copy_text(&arena, from->clock, &state.clock);
	if (r < 0) {
		kb_arena_done(&arena);
		return r;
	}
	kb_arena_done(&m->state_arena);
	m->state_arena = arena;
	m->state = state;
	m->state_at_ms = now_ms;
	m->synced = true;
	m->list_unsure = false;
	follow_selection(m, now_ms);
	return 0;
}

static int take_greeting(struct kb_model *m, const char *text)
{
	struct kb_arena arena = {0};
	const char *copy = NULL;
	int r = copy_text(&arena, text && text[0] ? text : NULL, &copy);

	if (r < 0) {
		return r;
	}
	kb_arena_done(&m->greeting_arena);
	m->greeting_arena = arena;
	m->greeting = copy;
	return 0;
}

static int take_log(struct kb_model *m, const struct kb_log_line *line)
{
	if (!m->log) {
		m->log = calloc(1, sizeof(*m->log));
		if (!m->log) {
			return -ENOMEM;
		}
		m->log_from_ms = line->time_ms;
	}
	kb_log_add(m->log, line->time_ms, line->level, "%s", line->text);
	return 0;
}

int kb_model_message(struct kb_model *m, const struct kb_message *message, int64_t now_ms)
{
	switch (message->type) {
	case KB_MSG_HELLO:
		(void)snprintf(m->hello, sizeof(m->hello), "%s",
			       message->text ? message->text : "");
		m->restarted = message->restarted;
		return 0;
	case KB_MSG_CATALOG:
		catalog_done(&m->incoming);
		return 0;
	case KB_MSG_ENTRY:
		return add_entry(&m->incoming, &message->entry);
	case KB_MSG_CATALOG_END:
		return take_catalog(m, now_ms);
	case KB_MSG_STATE:
		return take_state(m, &message->state, now_ms);
	case KB_MSG_GREETING:
		return take_greeting(m, message->text);
	case KB_MSG_LOG:
		return take_log(m, &message->log);
	default:
		return 0;
	}
}

int64_t kb_model_remaining_ms(const struct kb_model *m, int64_t now_ms)
{
	int64_t remaining = m->state.remaining_ms - (now_ms - m->state_at_ms);

	return remaining < 0 ? 0 : remaining;
}
