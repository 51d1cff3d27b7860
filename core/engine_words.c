/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line of the prompt: a label, a device, a file that boots, or a command. */
#include <errno.h>

#include "engine_private.h"
#include "kboot/formats/words.h"

/* As many words behind it as a person likes: `linux single`. */
static int add_more(struct kb_arena *arena, struct kb_entry *entry, struct kb_str more)
{
	if (more.len > 0) {
		entry->args = kb_arena_printf(arena, "%s%s%.*s", entry->args ? entry->args : "",
					      entry->args ? " " : "", KB_STR_ARG(more));
	}
	return more.len > 0 && !entry->args ? -ENOMEM : 0;
}

/* What boots of the system that is installed on device: what its kboot.conf calls the default, else
 * the first thing found there. */
static const struct kb_entry *entry_of_device(const struct kb_engine *e,
					      const struct kb_device *device)
{
	for (const struct kb_place *p = e->places.first; p; p = p->next) {
		for (size_t i = 0; &p->found.device == device && i < p->found.n_settings; i++) {
			const struct kb_setting *s = &p->found.settings[i];
			const struct kb_entry *entry =
				s->variable == KB_VAR_DEFAULT
					? kb_catalog_find_in(&e->catalog, s->value, s->at.file)
					: NULL;

			if (entry) {
				return entry;
			}
		}
	}
	for (size_t i = 0; i < e->catalog.n_entries; i++) {
		if (e->catalog.entries[i].device == device && e->catalog.entries[i].kernel) {
			return &e->catalog.entries[i];
		}
	}
	return NULL;
}

static void boot_or_plan(struct kb_request *q, const struct kb_entry *entry)
{
	struct kb_engine *e = q->engine;

	if (q->type == KB_DO_PLAN) {
		kb_request_plan(q, entry);
		return;
	}
	kb_engine_person_chose(e);
	kb_engine_boot(e, entry);
	kb_request_reply(q, true, "boot", NULL);
}

static void run_command(struct kb_request *q, const char *line)
{
	char text[KB_ERROR_TEXT];

	if (!line) {
		kb_request_reply(q, false, NULL, "out of memory");
		return;
	}
	if (q->type == KB_DO_RUN) {
		kb_request_reply(q, true, "command", line);
		return;
	}
	(void)snprintf(text, sizeof(text), "runs the command %s\n", line);
	kb_request_reply(q, true, NULL, text);
}

static void run_entry(struct kb_request *q, const struct kb_entry *found, struct kb_str more)
{
	struct kb_entry entry = *found;

	if (entry.command) {
		run_command(q, kb_arena_printf(&q->arena, "%s%s%.*s", entry.command,
					       more.len > 0 ? " " : "", KB_STR_ARG(more)));
		return;
	}
	if (!entry.kernel) {
		kb_request_reply(q, false, NULL,
				 entry.n_problems > 0 ? entry.problems[0] : "it names no kernel");
		return;
	}
	if (add_more(&q->arena, &entry, more) < 0) {
		kb_request_reply(q, false, NULL, "out of memory");
		return;
	}
	boot_or_plan(q, &entry);
}

/* A line whose first word is no label: 1 when it was dealt with. */
static int run_device(struct kb_request *q, const char *word, struct kb_str more)
{
	struct kb_engine *e = q->engine;
	const struct kb_device *device = kb_places_device(&e->places, kb_str_from(word));
	const struct kb_entry *entry = device ? entry_of_device(e, device) : NULL;
	char text[KB_ERROR_TEXT];

	if (!device) {
		return 0;
	}
	if (entry) {
		run_entry(q, entry, more);
		return 1;
	}
	(void)snprintf(text, sizeof(text), "nothing that boots was found on %s (cd %s: goes there)",
		       device->name, device->name);
	kb_request_reply(q, false, NULL, text);
	return 1;
}

static void run_line(struct kb_request *q, const struct kb_intent *i)
{
	struct kb_str rest = kb_str_from(q->line);
	struct kb_str word;
	struct kb_intent about = *i;

	if (!kb_words_next(&rest, &word)) {
		kb_request_reply(q, false, NULL, "an empty line");
		return;
	}
	about.name = kb_word_unquote(&q->arena, word);
	if (!about.name) {
		kb_request_reply(q, false, NULL, "out of memory");
		return;
	}
	if (about.name[0] == '\0') {
		kb_request_reply(q, false, NULL, "an empty name");
		return;
	}
	if (!run_device(q, about.name, kb_str_trim(rest))) {
		kb_request_prompt(q, KB_TASK_RUN, &about);
	}
}

/* What the whole line says: initrd=, root= and dtb= are meant wherever they stand. */
static void run_typed(struct kb_request *q)
{
	struct kb_entry entry;
	struct kb_error err = {0};

	kb_engine_fresh_catalog(q->engine);
	if (kb_engine_entry_from_line(q->engine, &q->arena, q->line, q->from, &entry, &err) < 0) {
		kb_request_reply(q, false, NULL, err.text);
		return;
	}
	boot_or_plan(q, &entry);
}

void kb_engine_do_run(struct kb_engine *e, struct kb_client *c, const struct kb_intent *i)
{
	bool restricted = kb_settings_bool(&e->settings, KB_VAR_RESTRICTED);
	const struct kb_entry *found;
	struct kb_str more;
	struct kb_request *q = kb_request_create(e, c, i->type);

	if (!q) {
		return;
	}
	q->line = kb_arena_str(&q->arena, kb_str_trim(kb_str_from(i->name ? i->name : "")));
	q->from = kb_arena_strdup(&q->arena, i->from);
	if (!q->line || (i->from && !q->from)) {
		kb_request_reply(q, false, NULL, "out of memory");
		return;
	}
	kb_engine_fresh_catalog(e);
	found = kb_catalog_labelled(&e->catalog, kb_str_from(q->line), &more);
	if (restricted && (!found || more.len > 0 || !kb_engine_allows(e, found))) {
		kb_request_reply(q, false, NULL, KB_RESTRICTED_TEXT);
	} else if (found && found->kernel && more.len > 0) {
		run_typed(q);
	} else if (found) {
		run_entry(q, found, more);
	} else {
		run_line(q, i);
	}
}

void kb_engine_word_judged(struct kb_request *q)
{
	struct kb_engine *e = q->engine;

	/* It may have become restricted while the worker was away. */
	if (kb_settings_bool(&e->settings, KB_VAR_RESTRICTED)) {
		kb_request_reply(q, false, NULL, KB_RESTRICTED_TEXT);
		return;
	}
	if (!q->found.how || strcmp(q->found.how, "boot") != 0) {
		run_command(q, q->line);
		return;
	}
	run_typed(q);
}
