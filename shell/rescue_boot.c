/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Another kernel of the system that is being repaired. */
#include <stdio.h>

#include "ask.h"
#include "choose.h"
#include "kboot/base/escape.h"
#include "kboot/proto/message.h"
#include "rescue.h"

enum { ENTRIES_MAX = 64 };

struct entries {
	struct kb_arena arena;
	const struct kb_rescue *rescue;
	struct kb_entry found[ENTRIES_MAX];
	size_t n;
};

/* It says so itself, or its kernel lies there. */
static bool is_of_system(const struct kb_entry *e, const struct kb_device *device)
{
	if (e->hidden || !e->id || e->command || !e->kernel) {
		return false;
	}
	if (e->root && device->fstype) {
		return kb_device_matches(device, kb_str_from(e->root));
	}
	return !e->device || strcmp(e->device->name, device->name) == 0;
}

static void take_line(void *owner, struct kb_str line)
{
	struct entries *all = owner;
	struct kb_message m;

	/* A list that begins anew: something was found meanwhile. */
	if (kb_str_starts(line, KB_STR("{\"type\":\"catalog\","))) {
		all->n = 0;
	}
	if (!kb_str_starts(line, KB_STR("{\"type\":\"entry\"")) || all->n == ENTRIES_MAX ||
	    kb_message_decode(&all->arena, line, &m) < 0) {
		return;
	}
	if (is_of_system(&m.entry, &all->rescue->device)) {
		all->found[all->n++] = m.entry;
	}
}

static int list(struct kb_rescue *r, struct entries *all)
{
	struct kb_shell_engine *e = &r->shell->engine;
	const struct kb_message *reply;

	e->heard = take_line;
	e->heard_by = all;
	reply = kb_shell_ask(r->shell, &(struct kb_intent){.type = KB_DO_LIST});
	e->heard = NULL;
	if (!reply) {
		return 1;
	}
	for (size_t i = 0; i < all->n; i++) {
		const struct kb_entry *entry = &all->found[i];

		kb_print_escaped(stdout, "%2zu %s%s%s", i + 1, kb_entry_display(entry),
				 entry->n_problems > 0 ? " ! " : "",
				 entry->n_problems > 0 ? entry->problems[0] : "");
	}
	return all->n > 0 ? 0 : kb_shell_fail("no entry boots %s: see `labels`", r->device.name);
}

static void boot(struct kb_rescue *r, const struct kb_entry *entry)
{
	const struct kb_intent intent = {.type = KB_DO_BOOT, .id = entry->id};
	uint64_t notice_seq = r->shell->engine.state.notice_seq;

	kb_rescue_release(r);
	if (!kb_rescue_goes_on(r)) {
		return;
	}
	/* What was written is looked at anew; that is waited for. */
	(void)kb_shell_ask(r->shell, &(struct kb_intent){.type = KB_DO_LIST});
	kb_print_escaped(stdout, "%s is unmounted; booting %s", r->device.name,
			 kb_entry_display(entry));
	if (kb_shell_ask(r->shell, &intent)) {
		(void)kb_shell_follow(r->shell, notice_seq);
	}
	if (kb_rescue_goes_on(r)) {
		(void)kb_rescue_hold(r, false);
	}
}

void kb_rescue_boot(struct kb_rescue *r)
{
	struct entries all = {.rescue = r, .arena.max_bytes = (size_t)4 << 20};
	char answer[KB_CHOICE_BYTES];
	size_t chosen;

	/* What was written may be what an entry lacked. */
	if (r->is_writable && kb_rescue_hold(r, false) != 0) {
		return;
	}
	if (list(r, &all) == 0 &&
	    kb_choose_line(r->shell, "Boot which (number, q: none)? ", answer)) {
		chosen = kb_choice_number(answer, all.n);
		if (chosen) {
			boot(r, &all.found[chosen - 1]);
		} else {
			printf("None.\n");
		}
	}
	kb_arena_done(&all.arena);
}
