/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From somebody's wish to the jump. */
#include <errno.h>

#include "catalog/typed.h"
#include "engine_private.h"

static void start_it(struct kb_engine *e)
{
	const char *title = kb_entry_display(&e->pipeline.entry);

	e->want_boot = false;
	if (e->options.simulation) {
		kb_engine_notice(e, KB_NOTICE_INFO, "Simulation: this would start %s now.", title);
		return;
	}
	kb_engine_leave(e, KB_LEAVE_KEXEC);
}

void kb_engine_person_chose(struct kb_engine *e)
{
	e->touched = true;
	e->decided = true;
	e->unseen = false;
	e->countdown.phase = KB_PHASE_WAITING;
	kb_timer_stop(e->tick_timer);
}

void kb_engine_boot(struct kb_engine *e, const struct kb_entry *entry)
{
	kb_timer_stop(e->rest_timer);
	if (e->notice_level != KB_NOTICE_NONE) {
		kb_engine_notice(e, KB_NOTICE_NONE, "%s", "");
	}
	kb_journal_add(&e->journal, KB_LOG_INFO, "booting %s", kb_entry_display(entry));
	e->want_boot = true;
	if (kb_pipeline_holds(&e->pipeline, entry) && e->pipeline.stage != KB_STAGE_FAILED) {
		kb_engine_pipeline_changed(e);
		return;
	}
	if (kb_pipeline_start(&e->pipeline, entry, kb_engine_root(e)) == -ENOMEM) {
		e->want_boot = false;
		kb_engine_notice(e, KB_NOTICE_ERROR, "Out of memory.");
	}
}

void kb_engine_cancel_boot(struct kb_engine *e)
{
	if (e->want_boot) {
		e->want_boot = false;
		kb_pipeline_clear(&e->pipeline);
		kb_engine_notice(e, KB_NOTICE_INFO, "Stopped: nothing was started.");
	}
}

void kb_engine_pipeline_changed(void *ctx)
{
	struct kb_engine *e = ctx;
	const struct kb_pipeline *p = &e->pipeline;

	if (e->leaving) {
		return;
	}
	if (p->stage == KB_STAGE_ARMED && e->want_boot) {
		start_it(e);
	} else if (p->stage == KB_STAGE_FAILED) {
		kb_engine_notice(e, e->want_boot ? KB_NOTICE_ERROR : KB_NOTICE_WARNING,
				 "%s cannot be booted: %s.", kb_entry_display(&p->entry), p->error);
		e->want_boot = false;
		e->unseen = false;
	}
	kb_engine_publish(e);
}

bool kb_engine_allows(const struct kb_engine *e, const struct kb_entry *entry)
{
	return !kb_settings_bool(&e->settings, KB_VAR_RESTRICTED) || !entry->device ||
	       strcmp(entry->device->name, e->environment) == 0;
}

int kb_engine_entry_from_line(struct kb_engine *e, struct kb_arena *arena, const char *line,
			      const char *from, struct kb_entry *ret_entry, struct kb_error *err)
{
	struct kb_naming naming;

	kb_engine_naming(e, &naming);
	naming.environment = kb_places_device(&e->places, kb_str_from(kb_engine_root(e)));
	naming.settings = &e->settings;
	naming.from = from;
	return kb_catalog_entry_from_line(&e->catalog, &naming, arena, line, NULL, ret_entry, err);
}

const char *kb_engine_why_no_kernel(const struct kb_entry *entry)
{
	if (entry->n_problems > 0) {
		return entry->problems[0];
	}
	return entry->command ? "it is a command of the prompt" : "it names no kernel";
}

int kb_engine_entry(struct kb_engine *e, struct kb_arena *arena, const char *text, const char *args,
		    struct kb_entry *ret_entry, struct kb_error *err)
{
	const struct kb_entry *found;
	int r = 0;

	kb_engine_fresh_catalog(e);
	found = kb_catalog_find(&e->catalog, text);
	if (found) {
		*ret_entry = *found;
	} else {
		r = kb_engine_entry_from_line(e, arena, text, NULL, ret_entry, err);
	}
	if (r == 0 && args) {
		ret_entry->args = kb_arena_strdup(arena, args);
		if (!ret_entry->args) {
			r = kb_error_set(err, -ENOMEM, "out of memory");
		}
	}
	if (r == 0 && !ret_entry->kernel) {
		r = kb_error_set(err, -EINVAL, "%s cannot be booted: %s",
				 kb_entry_display(ret_entry), kb_engine_why_no_kernel(ret_entry));
	}
	return r;
}
