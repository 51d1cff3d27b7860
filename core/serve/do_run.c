/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line of the prompt: a label, a device, a file that boots, or a command. */
#include <errno.h>

#include "catalog/typed.h"
#include "kboot/formats/kboot_conf.h"
#include "kboot/formats/words.h"
#include "kboot/model/name.h"
#include "serve/request.h"
#include "serve/serve.h"

static void boot_or_plan(struct kb_request *q, const struct kb_entry *entry)
{
	if (q->asked.type == KB_DO_PLAN) {
		kb_request_plan(q, entry);
		return;
	}
	q->core->asker = q->asked.client;
	kb_engine_boot(&q->core->engine, entry, KB_EVENT_CHOSEN);
	kb_request_reply(q, true, "boot", NULL);
}

static void run_command(struct kb_request *q, const char *line)
{
	if (line) {
		kb_request_reply(q, true, "command", line);
	} else {
		kb_request_fail(q, "out of memory");
	}
}

static void run_entry(struct kb_request *q, const struct kb_entry *entry, struct kb_str more)
{
	if (entry->kernel) {
		boot_or_plan(q, entry);
	} else if (kb_engine_is_for_prompt(entry)) {
		run_command(q, kb_arena_printf(&q->arena, "%s%s%.*s", entry->command,
					       more.len > 0 ? " " : "", KB_STR_ARG(more)));
	} else {
		kb_request_fail(q, kb_engine_why_no_kernel(entry));
	}
}

/* What the whole line says: initrd=, root= and dtb= are meant wherever they stand. */
static void run_typed(struct kb_request *q)
{
	struct kb_entry entry;
	struct kb_error err = {0};

	kb_engine_fresh_catalog(&q->core->engine);
	if (kb_engine_entry_from_line(&q->core->engine, &q->arena, q->line, q->from, &entry, &err) <
	    0) {
		kb_request_fail(q, err.text);
		return;
	}
	boot_or_plan(q, &entry);
}

static void word_judged(struct kb_request *q)
{
	/* It may have become restricted while the worker was away. */
	if (kb_core_may(q->core, &q->asked.actor, KB_MAY_TYPE, NULL) == KB_ANSWER_NO) {
		kb_request_fail(q, KB_RESTRICTED_TEXT);
	} else if (q->found.how && strcmp(q->found.how, "boot") == 0) {
		run_typed(q);
	} else if (q->leads_with_settings) {
		kb_request_fail(q,
				"what stands behind initrd=, root= or dtb= is nothing that boots");
	} else {
		run_command(q, q->line);
	}
}

static void run_line(struct kb_request *q, const struct kb_intent *i)
{
	struct kb_str rest = kb_str_from(q->line);
	struct kb_str word;
	struct kb_intent about = *i;

	if (!kb_words_next(&rest, &word)) {
		kb_request_fail(q, "an empty line");
		return;
	}
	about.name = kb_word_unquote(&q->arena, word);
	if (!about.name) {
		kb_request_fail(q, "out of memory");
		return;
	}
	if (about.name[0] == '\0') {
		kb_request_fail(q, "an empty name");
		return;
	}
	if (kb_places_device(&q->core->engine.places, kb_str_from(about.name)) ||
	    kb_name_is_url(about.name)) { /* of what is seen when it has been fetched */
		run_typed(q);
	} else {
		q->judged = word_judged;
		kb_request_prompt(q, KB_TASK_RUN, &about);
	}
}

/* The line, with the settings at its head behind the rest. */
static int take_line(struct kb_request *q, const struct kb_intent *i)
{
	KB_BUF struct kb_buf line = {0};

	q->leads_with_settings =
		kb_conf_move_settings_last(kb_str_trim(kb_str_from(i->name ? i->name : "")), &line);
	q->line = kb_buf_error(&line) < 0 ? NULL : kb_arena_str(&q->arena, kb_buf_view(&line));
	q->from = kb_arena_strdup(&q->arena, i->from);
	return !q->line || (i->from && !q->from) ? -ENOMEM : 0;
}

void kb_do_run(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	struct kb_engine *e = &k->engine;
	const struct kb_entry *found;
	struct kb_str more = KB_STR("");
	struct kb_request *q = kb_request_create(k, c, i);

	if (!q) {
		return;
	}
	if (take_line(q, i) < 0) {
		kb_request_fail(q, "out of memory");
		return;
	}
	kb_engine_fresh_catalog(e);
	/* As it stands it may be all of an id, a label or a title. */
	found = i->id ? kb_catalog_find(&e->catalog, i->id) : NULL;
	if (!found) {
		found = kb_catalog_labelled(&e->catalog, kb_str_from(q->line), &more);
	}
	if (kb_core_may(k, &c->actor,
			!found         ? KB_MAY_TYPE
			: more.len > 0 ? KB_MAY_EDIT
				       : KB_MAY_BOOT,
			found) == KB_ANSWER_NO) {
		kb_request_fail(q, KB_RESTRICTED_TEXT);
	} else if (found && found->kernel && more.len > 0) {
		run_typed(q);
	} else if (found) {
		run_entry(q, found, more);
	} else if (!i->name) {
		kb_request_fail(q, "there is no such entry");
	} else {
		run_line(q, i);
	}
}
