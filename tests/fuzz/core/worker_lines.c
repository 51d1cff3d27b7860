/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What scan workers could say when a disk has taken them over: lines of findings, in turn for a
 * fixed and for a removable disk. What the engine makes of them is whole: ids are unique and travel
 * as messages. The last line is then typed at the prompt.
 */
#include <string.h>

#include "catalog/catalog.h"
#include "catalog/choice.h"
#include "catalog/environment.h"
#include "catalog/findings.h"
#include "catalog/typed.h"
#include "fuzz.h"
#include "kboot/proto/message.h"
#include "work/report.h"

enum { MAX_LINES = 200 };

struct machine {
	struct kb_places places;
	struct kb_place disk;
	struct kb_place stick;
	struct kb_settings settings;
	struct kb_catalog catalog;
};

static void init(struct machine *m)
{
	m->places.simulated = true;
	m->places.first = &m->disk;
	m->disk = (struct kb_place){.next = &m->stick,
				    .id = 1,
				    .kind = KB_PLACE_DEVICE,
				    .status = KB_PLACE_READ,
				    .known = true,
				    .block = {.name = "sda1", .order = "1"}};
	m->stick = m->disk;
	m->stick.next = NULL;
	m->stick.id = 2;
	m->stick.block = (struct kb_block){.name = "sdb1", .order = "2", .removable = true};
}

static void done(struct machine *m)
{
	kb_catalog_done(&m->catalog);
	kb_settings_done(&m->settings);
	kb_findings_done(&m->disk.found);
	kb_findings_done(&m->stick.found);
}

/* The last line. */
static struct kb_str tell(struct machine *m, struct kb_str rest)
{
	static const struct kb_diag_sink quiet = {0};
	struct kb_str line = KB_STR("");

	for (int i = 0; i < MAX_LINES && kb_str_next_line(&rest, &line); i++) {
		KB_ARENA struct kb_arena arena = {0};
		struct kb_report report;

		(void)!kb_findings_read_line(i % 2 ? &m->stick.found : &m->disk.found, line,
					     &quiet);
		(void)!kb_report_decode(&arena, line, &report);
	}
	return line;
}

static void check_entry(const struct kb_entry *entry)
{
	FUZZ_CHECK(entry->id && entry->n_initrd <= KB_ENTRY_MAX_INITRDS);
	FUZZ_CHECK(entry->n_problems <= KB_ENTRY_MAX_PROBLEMS);
}

static void check_travels(const struct kb_entry *entry)
{
	const struct kb_message message = {.type = KB_MSG_ENTRY, .entry = *entry};
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {0};
	struct kb_message back;

	if (kb_message_encode(&message, &text) < 0) {
		return;
	}
	FUZZ_CHECK(text.len > 0 && kb_str_find(kb_buf_view(&text), '\n') == text.len - 1);
	FUZZ_CHECK(kb_message_decode(&arena, kb_str_head(kb_buf_view(&text), text.len - 1),
				     &back) == 0);
	FUZZ_CHECK(strcmp(back.entry.id, entry->id) == 0);
}

static int build(struct machine *m, struct kb_resolve_context *context)
{
	struct kb_environment env;
	struct kb_error err = {0};
	int r;

	kb_environment_choose(&m->places, &m->settings, true, &env);
	for (size_t i = 0; env.place && i < env.place->found.n_settings; i++) {
		(void)!kb_settings_set(&m->settings, &env.place->found.settings[i], &err);
	}
	*context = (struct kb_resolve_context){.places = &m->places, .settings = &m->settings};
	if (env.place && env.place->found.has_device) {
		context->environment = &env.place->found.device;
	}
	r = kb_catalog_build(&m->catalog, context);
	if (r == 0) {
		r = kb_catalog_fill_installed(&m->catalog, context);
	}
	return r == 0 ? kb_add_default_line(&m->catalog, context, &m->settings) : r;
}

static void type(const struct machine *m, const struct kb_resolve_context *context,
		 struct kb_str line)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_error err = {0};
	struct kb_entry entry;
	const char *text = kb_arena_str(&arena, line);
	int r = kb_catalog_entry_from_line(&m->catalog, context, &arena, text, NULL, &entry, &err);

	FUZZ_CHECK((r < 0) == (err.text[0] != '\0'));
	if (r == 0) {
		check_entry(&entry);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct machine m = {0};
	struct kb_resolve_context context;
	struct kb_default chosen;
	struct kb_str last;

	init(&m);
	last = tell(&m, kb_str_of((const char *)data, size));
	if (build(&m, &context) == 0) {
		kb_choose_default(&m.catalog, &m.places, &m.settings, NULL, true, &chosen);
		for (size_t i = 0; i < m.catalog.n_entries; i++) {
			const struct kb_entry *entry = &m.catalog.entries[i];

			check_entry(entry);
			FUZZ_CHECK(kb_catalog_by_id(&m.catalog, entry->id) == entry);
			check_travels(entry);
		}
		type(&m, &context, last);
	}
	done(&m);
	return 0;
}
