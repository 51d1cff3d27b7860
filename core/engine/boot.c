/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From somebody's wish to the jump. */
#include <errno.h>

#include "catalog/typed.h"
#include "engine.h"

void kb_engine_boot(struct kb_engine *e, const struct kb_entry *entry, enum kb_event why)
{
	if (entry->unlock) {
		kb_engine_unlock(e, entry);
		return;
	}
	kb_timer_stop(e->rest);
	e->is_chosen = why == KB_EVENT_CHOSEN;
	if (e->notice_level != KB_NOTICE_NONE) {
		kb_engine_notice(e, KB_NOTICE_NONE, "%s", "");
	}
	kb_journal_add(&e->journal, KB_LOG_INFO, "booting %s", kb_entry_display(entry));
	if (why == KB_EVENT_CHOSEN) {
		kb_engine_event(e, KB_EVENT_KEY);
	}
	kb_engine_event(e, why);
	if (kb_pipeline_holds(&e->pipeline, entry) && e->pipeline.stage != KB_STAGE_FAILED) {
		kb_engine_ask(e, KB_WORK_PIPELINE);
		return;
	}
	if (kb_pipeline_start(&e->pipeline, entry, kb_engine_root(e)) == -ENOMEM) {
		kb_engine_notice(e, KB_NOTICE_ERROR, "Out of memory.");
		kb_engine_event(e, KB_EVENT_FAILED);
	}
}

void kb_engine_cancel_boot(struct kb_engine *e)
{
	bool is_unlocking = kb_engine_is_unlocking(e);

	if (kb_engine_wants_boot(e)) {
		kb_engine_event(e, KB_EVENT_CANCEL);
		kb_unlocking_stop(&e->unlocking);
		kb_pipeline_clear(&e->pipeline);
		kb_engine_notice(e, KB_NOTICE_INFO,
				 is_unlocking ? "Stopped: it stays locked."
					      : "Stopped: nothing was started.");
	}
}

void kb_engine_power(struct kb_engine *e, enum kb_leave how, const char *into)
{
	if (e->options.simulation) {
		kb_engine_notice(e, KB_NOTICE_INFO, "Simulation: the machine would %s%s%s now.",
				 how == KB_LEAVE_REBOOT ? "restart" : "power off",
				 into ? " into " : "", into ? into : "");
		return;
	}
	if (e->state != KB_ENGINE_LEAVING) {
		if (into) {
			kb_journal_add(&e->journal, KB_LOG_INFO, "restarting into %s", into);
		}
		e->leaving.how = how;
		e->leaving.step = KB_LEAVE_FAREWELL;
		kb_engine_event(e, KB_EVENT_POWER);
	}
}

/* The question before the jump is the one that Enter was asked. What is no entry of the catalog as
 * it is was typed or edited. */
static enum kb_answer may_jump(const struct kb_engine *e)
{
	const struct kb_entry *found = kb_catalog_by_id(&e->catalog, e->pipeline.entry.id);

	if (found && kb_pipeline_holds(&e->pipeline, found)) {
		return kb_engine_may(e, KB_MAY_BOOT, found);
	}
	return kb_engine_may(e, KB_MAY_TYPE, NULL);
}

static void start_armed(struct kb_engine *e)
{
	const struct kb_entry *entry = &e->pipeline.entry;
	enum kb_answer answer = may_jump(e);

	if (answer == KB_ANSWER_NOT_YET) {
		return; /* asked again when the environment is known */
	}
	if (answer == KB_ANSWER_NO) {
		kb_engine_notice(e, KB_NOTICE_ERROR, "%s was not started: " KB_RESTRICTED_TEXT ".",
				 kb_entry_display(entry));
		kb_pipeline_clear(&e->pipeline);
		kb_engine_event(e, KB_EVENT_FAILED);
	} else if (e->options.simulation) {
		kb_engine_notice(e, KB_NOTICE_INFO, "Simulation: this would start %s now.",
				 kb_entry_display(entry));
		kb_engine_event(e, KB_EVENT_SIMULATED);
	} else {
		e->leaving.how = KB_LEAVE_KEXEC;
		e->leaving.step = KB_LEAVE_FAREWELL;
		kb_engine_event(e, KB_EVENT_ARMED);
	}
}

void kb_engine_pipeline_moved(struct kb_engine *e)
{
	const struct kb_pipeline *p = &e->pipeline;

	if (e->state == KB_ENGINE_LEAVING) {
		return;
	}
	if (p->stage != e->network.seen_stage) {
		e->network.seen_stage = p->stage;
		kb_engine_ask(e, KB_WORK_NETWORK);
	}
	if (p->stage == KB_STAGE_ARMED && kb_engine_wants_boot(e)) {
		start_armed(e);
	} else if (p->stage == KB_STAGE_FAILED && p->load != e->failed_load) {
		e->failed_load = p->load;
		kb_engine_notice(e, kb_engine_wants_boot(e) ? KB_NOTICE_ERROR : KB_NOTICE_WARNING,
				 "%s cannot be booted: %s.", kb_entry_display(&p->entry), p->error);
		kb_engine_event(e, KB_EVENT_FAILED);
	} else if (p->question) {
		kb_engine_asked(e);
	}
	kb_engine_changed(e);
}

bool kb_engine_is_for_prompt(const struct kb_entry *entry)
{
	return entry && !entry->kernel && entry->command && entry->n_problems == 0;
}

int kb_engine_entry_from_line(struct kb_engine *e, struct kb_arena *arena, const char *line,
			      const char *from, struct kb_entry *ret_entry, struct kb_error *err)
{
	struct kb_resolve_context context;

	kb_engine_resolve_context(e, &context);
	context.environment = kb_places_device(&e->places, kb_str_from(kb_engine_root(e)));
	context.settings = &e->settings;
	context.from = from;
	return kb_catalog_entry_from_line(&e->catalog, &context, arena, line, NULL, ret_entry, err);
}

const char *kb_engine_why_no_kernel(const struct kb_entry *entry)
{
	if (entry->n_problems > 0) {
		return entry->problems[0];
	}
	if (entry->unlock) {
		return "it is a locked volume";
	}
	return entry->command ? "it is a command of the prompt" : "it names no kernel";
}

/* Says to everybody that it is not what the catalog has under this title. */
static int mark_edited(struct kb_arena *arena, struct kb_entry *entry)
{
	entry->title = kb_arena_printf(arena, "%s (edited)", kb_entry_display(entry));
	return entry->title ? 0 : -ENOMEM;
}

static int edit(struct kb_engine *e, struct kb_arena *arena, const char *args, const char *line,
		struct kb_entry *entry, struct kb_error *err)
{
	struct kb_resolve_context context;
	int r = 0;

	if (line) {
		kb_engine_resolve_context(e, &context);
		r = kb_catalog_edit(&context, arena, line, entry, err);
	} else if (args) {
		entry->args = kb_arena_strdup(arena, args);
		r = entry->args ? 0 : kb_error_no_memory(err);
	}
	return r == 0 && (line || args) && mark_edited(arena, entry) < 0 ? kb_error_no_memory(err)
									 : r;
}

const char *kb_engine_name_in(const struct kb_engine *e, struct kb_arena *arena, const char *id,
			      const char *name)
{
	static const struct kb_entry none;
	const struct kb_entry *entry = kb_catalog_find(&e->catalog, id);
	struct kb_resolve_context context;
	const struct kb_name_home home = kb_name_home_of(&context, entry ? entry : &none);
	struct kb_entry named = {.kernel = name};

	kb_engine_resolve_context(e, &context);
	/* What is no name stays as the question has it. */
	return kb_entry_make_canonical(arena, &home, &named) < 0
		       ? NULL
		       : kb_arena_strdup(arena, named.kernel);
}

int kb_engine_entry(struct kb_engine *e, struct kb_arena *arena, const char *text, const char *args,
		    const char *line, struct kb_entry *ret_entry, struct kb_error *err)
{
	const struct kb_entry *found = kb_catalog_find(&e->catalog, text);
	int r;

	if (!found) {
		/* Never as a typed line: the name of a disk that has gone may be another one's. */
		return kb_error_set(err, -ENOENT, "That entry is not there (any more)");
	}
	*ret_entry = *found;
	r = edit(e, arena, args, line, ret_entry, err);
	return r < 0 || ret_entry->kernel || ret_entry->unlock
		       ? r
		       : kb_error_set(err, -EINVAL, "%s cannot be booted: %s",
				      kb_entry_display(ret_entry),
				      kb_engine_why_no_kernel(ret_entry));
}
