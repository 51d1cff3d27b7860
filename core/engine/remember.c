/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this machine had when it was started last is shown at once, until its disks have said what
 * they have; and what it has now is kept for the next time. */
#include <errno.h>

#include "engine.h"
#include "kboot/model/name.h"
#include "work/report.h"

void kb_engine_init_memory(struct kb_engine *e)
{
	struct kb_remembering *m = &e->remembering;
	const struct kb_setting *s = kb_settings_get(&e->settings, KB_VAR_REMEMBER);
	struct kb_str value = kb_str_from(s ? s->value : "");
	struct kb_error err = {0};
	struct kb_name name = {0};
	int r;

	m->is_efi = kb_str_eq_nocase(value, KB_STR("efi"));
	if (m->is_efi || value.len == 0) {
		return;
	}
	r = kb_name_parse(&m->arena, value, NULL, NULL, &name, &err);
	if (r < 0 || name.kind != KB_NAME_DEVICE || kb_str_ends(value, KB_STR("/")) ||
	    kb_name_has_dots(name.path) || name.path[0] != '/' || !name.path[1]) {
		kb_journal_add(&e->journal, KB_LOG_WARNING,
			       "remember=%.200s is neither efi nor a file on a disk "
			       "(DEVICE:/PATH): nothing is kept",
			       s->value);
		return;
	}
	m->on = name.place;
	m->path = name.path;
}

void kb_engine_done_memory(struct kb_engine *e)
{
	struct kb_remembering *m = &e->remembering;

	kb_child_cancel(m->child);
	kb_remembered_done(&m->last);
	kb_buf_done(&m->text);
	kb_buf_done(&m->list);
	kb_arena_done(&m->arena);
}

/* --- the last time */

void kb_engine_take_memory(struct kb_engine *e, struct kb_str text)
{
	struct kb_remembering *m = &e->remembering;
	struct kb_error err = {0};

	/* It may show what was taken before. */
	kb_catalog_done(&e->catalog);
	memset(&e->chosen, 0, sizeof(e->chosen));
	kb_engine_ask(e, KB_WORK_REBUILD);
	kb_remembered_done(&m->last);
	if (text.len > 0 && kb_remembered_parse(text, &m->last, &err) < 0) {
		kb_journal_add(&e->journal, KB_LOG_WARNING,
			       "the list of the last time is not shown: %s", err.text);
	}
}

static void on_line(void *owner, struct kb_str line)
{
	struct kb_engine *e = owner;
	struct kb_buf *text = &e->remembering.text;
	KB_ARENA struct kb_arena arena = {.max_bytes = KB_REMEMBERED_MAX_BYTES};
	struct kb_report report;

	if (kb_str_starts(line, KB_STR("{"))) {
		if (kb_report_decode(&arena, line, &report) == 0 && report.error) {
			kb_journal_add(&e->journal, KB_LOG_WARNING,
				       "the list of the last time was not read: %s", report.error);
		}
	} else if (text->len + line.len < KB_REMEMBERED_MAX_BYTES) {
		kb_buf_str(text, line);
		kb_buf_putc(text, '\n');
	}
}

static void was_read(void *owner, const struct kb_child_result *result)
{
	struct kb_engine *e = owner;
	struct kb_remembering *m = &e->remembering;

	m->child = NULL;
	if (result->end != KB_CHILD_EXITED) {
		kb_journal_add(&e->journal, KB_LOG_WARNING,
			       "the list of the last time was not read in time");
	} else if (result->status == 0) {
		kb_engine_take_memory(e, kb_buf_view(&m->text));
	}
	kb_buf_done(&m->text);
}

/* The device of the file, when it has been read; NULL. */
static const struct kb_device *device_of(const struct kb_engine *e)
{
	const struct kb_device *device =
		e->remembering.on ? kb_places_device(&e->places, kb_str_from(e->remembering.on))
				  : NULL;
	const struct kb_place *place = kb_places_of(&e->places, device);

	return place && place->status == KB_PLACE_READ ? device : NULL;
}

static void start_reader(struct kb_engine *e, const struct kb_device *device)
{
	struct kb_remembering *m = &e->remembering;
	const struct kb_child_spec spec = {
		.name = "remembered list",
		.run = kb_remember_job_run,
		.data = &m->job,
		.deadline_ms = KB_REMEMBER_DEADLINE_MS,
		.owner = e,
		.on_line = on_line,
		.on_exit = was_read,
	};

	/* The names are the child's own after the fork. */
	m->is_asked = true;
	m->job = (struct kb_remember_job){.sys = e->sys, .device = device, .path = m->path};
	if (kb_child_start(e->loop, e->sys, &spec, &m->child) < 0) {
		kb_journal_add(&e->journal, KB_LOG_WARNING, "no worker for the remembered list");
	}
}

void kb_engine_look_at_memory(struct kb_engine *e)
{
	struct kb_remembering *m = &e->remembering;

	/* Everything is known: there is nothing to be expected any more. */
	if (m->is_asked && kb_engine_settled(e)) {
		kb_child_cancel(m->child);
		m->child = NULL;
		kb_remembered_done(&m->last);
	}
	if (m->is_asked || kb_engine_settled(e)) {
		return;
	}
	if (m->is_efi && !e->options.simulation) {
		start_reader(e, NULL);
	} else if (device_of(e)) {
		start_reader(e, device_of(e));
	}
}

void kb_engine_predict(struct kb_engine *e)
{
	struct kb_remembering *m = &e->remembering;

	if (m->last.n_entries == 0 || kb_engine_settled(e)) {
		return;
	}
	if (!m->is_listed && !e->keeps_order) {
		e->keeps_order = kb_order_begin(&e->order, &e->catalog, m->last.entries,
						m->last.n_entries) == 0;
	}
	m->is_listed = true;
	if (kb_remembered_predict(&m->last, &e->places, &e->catalog) < 0) {
		kb_remembered_done(&m->last);
	}
}

const struct kb_entry *kb_engine_expected(const struct kb_engine *e)
{
	const char *id = e->remembering.last.default_id;
	const struct kb_entry *entry = kb_catalog_predicted(&e->catalog, id);

	return entry ? entry : kb_catalog_by_id(&e->catalog, id);
}

/* What was the default is read into memory as soon as its own disk has given it, while other disks
 * may still say otherwise: then it is dropped. */
void kb_engine_load_early(struct kb_engine *e)
{
	struct kb_remembering *m = &e->remembering;
	struct kb_pipeline *p = &e->pipeline;
	const struct kb_entry *entry =
		kb_catalog_by_id(&e->catalog, m->early_load ? p->entry.id : m->last.default_id);
	bool is_ours = m->early_load != 0 && m->early_load == p->load;

	if (is_ours && p->stage != KB_STAGE_NONE &&
	    kb_engine_may(e, KB_MAY_LOAD_EARLY, entry) == KB_ANSWER_NO) {
		kb_pipeline_clear(p);
	}
	if (m->early_load || !entry || !entry->kernel || entry->is_waiting ||
	    entry->n_problems > 0 || kb_downloads_are_needed(entry) ||
	    e->state != KB_ENGINE_STARTING || p->stage != KB_STAGE_NONE ||
	    kb_engine_may(e, KB_MAY_LOAD_EARLY, entry) != KB_ANSWER_YES) {
		return;
	}
	if (kb_pipeline_start(p, entry, kb_engine_root(e)) == 0) {
		m->early_load = p->load;
		kb_journal_add(&e->journal, KB_LOG_INFO,
			       "loading %s, the default of the last time, while disks are read",
			       kb_entry_display(entry));
	}
}

/* --- the next time */

/* Only this session restricts it: the next one may be another. */
static bool is_as_usual(const struct kb_engine *e)
{
	return e->policy.restricted == KB_UNRESTRICTED ||
	       (e->policy.restricted == KB_RESTRICTED &&
		kb_settings_restricted(&e->settings, KB_RANK_SESSION));
}

void kb_engine_gather_memory(struct kb_engine *e)
{
	struct kb_remembering *m = &e->remembering;
	const struct kb_device *device = device_of(e);
	size_t max_bytes = m->is_efi ? KB_REMEMBERED_EFI_BYTES : KB_REMEMBERED_MAX_BYTES;

	m->is_gathered = false;
	kb_buf_reset(&m->list);
	m->device = (struct kb_device){0};
	if ((!m->is_efi && !m->on) || !kb_engine_settled(e) || !is_as_usual(e)) {
		return;
	}
	/* A catalog that is to be made anew is empty, and says nothing. */
	m->is_gathered = !(e->due & KB_WORK_REBUILD);
	kb_remembered_put(&e->catalog, max_bytes, &m->list);
	if (m->is_efi) {
		return; /* where nothing is there any more the variable goes */
	}
	m->is_gathered = m->is_gathered && m->list.len > 0;
	if (!device || kb_device_copy(&m->arena, device, &m->device) < 0) {
		kb_journal_add(&e->journal, KB_LOG_WARNING,
			       "the list is not kept: there is no %s, or more than one", m->on);
		m->is_gathered = false;
	}
}

bool kb_engine_has_memory_to_keep(const struct kb_engine *e, struct kb_remember_job *ret_job)
{
	const struct kb_remembering *m = &e->remembering;

	*ret_job = (struct kb_remember_job){
		.sys = e->sys,
		.device = m->is_efi ? NULL : &m->device,
		.path = m->path,
		.hibernated = kb_places_hibernated(&e->places) != NULL,
		.text = kb_buf_view(&m->list),
	};
	return m->is_gathered;
}
