/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "assembly.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_of_kind(const struct kb_place *place, enum kb_set_kind kind)
{
	return place->kind == KB_PLACE_DEVICE && place->found.has_device &&
	       !place->found.device.tree && kb_set_kind_from_name(place->found.device.set) == kind;
}

/* --- which members there are */

static size_t collect(const struct kb_scanner *s, enum kb_set_kind kind,
		      struct kb_member members[static KB_ASSEMBLE_MAX_MEMBERS], uint64_t *ret_print)
{
	uint64_t print = 0;
	size_t n = 0;

	for (const struct kb_place *p = s->places->first; p; p = p->next) {
		if (!is_of_kind(p, kind) || n == KB_ASSEMBLE_MAX_MEMBERS) {
			continue;
		}
		members[n++] = (struct kb_member){
			.name = p->block.name,
			.uuid = p->found.device.uuid,
			.is_refused = kb_places_original(s->places, p) != NULL,
		};
		print = kb_str_fingerprint(print + p->id, kb_str_from(p->block.name));
	}
	*ret_print = print;
	return n;
}

/* --- what has to go */

static bool is_assembling(const struct kb_assembly_watch *a)
{
	for (int kind = 0; kind < KB_N_SETS; kind++) {
		if (a->by_kind[kind].child) {
			return true;
		}
	}
	return false;
}

/* What is being assembled and what is being taken apart may be parts of one thing: one waits for
 * the other. */
static bool is_taking_apart(const struct kb_assembly_watch *a)
{
	return a->taker || a->apart.n_names > 0;
}

void kb_assembly_again(struct kb_assembly_watch *a)
{
	for (int kind = 0; kind < KB_N_SETS; kind++) {
		a->by_kind[kind].print = 0;
	}
}

static void start_taker(struct kb_assembly_watch *a);

static void taken_apart(void *owner, const struct kb_child_result *result)
{
	struct kb_assembly_watch *a = owner;

	a->taker = NULL;
	if (result->end != KB_CHILD_EXITED || result->stderr_tail[0]) {
		kb_journal_add(a->scanner->journal, KB_LOG_WARNING, "%s",
			       result->stderr_tail[0]
				       ? result->stderr_tail
				       : "what a disk left behind could not be taken apart");
	}
	/* A member that has come back meanwhile may be put together again. */
	kb_assembly_again(a);
	start_taker(a);
	a->changed(a->ctx);
}

static void start_taker(struct kb_assembly_watch *a)
{
	struct kb_scanner *s = a->scanner;
	const struct kb_child_spec spec = {
		.name = "disassembler",
		.run = kb_disassemble_job_run,
		.data = &a->taking,
		.deadline_ms = KB_DISASSEMBLE_DEADLINE_MS,
		.owner = a,
		.on_exit = taken_apart,
	};

	if (a->taker || a->apart.n_names == 0 || is_assembling(a)) {
		return;
	}
	a->taking = a->apart;
	a->taking.sys = s->sys;
	a->apart.n_names = 0;
	if (kb_child_start(s->loop, s->sys, &spec, &a->taker) < 0) {
		kb_journal_add(s->journal, KB_LOG_ERROR, "no disassembler could be started");
	}
}

void kb_assembly_take_apart(struct kb_assembly_watch *a, const char *name)
{
	struct kb_disassemble_job *apart = &a->apart;

	if (apart->n_names < KB_ASSEMBLE_MAX_APART) {
		char *to = apart->names[apart->n_names++];

		(void)snprintf(to, sizeof(apart->names[0]), "%s", name);
	}
	start_taker(a);
}

/* --- what their assemblers tell */

static void publish(struct kb_assembly_watch *a)
{
	struct kb_places *places = a->scanner->places;

	places->n_sets = 0;
	for (int kind = 0; kind < KB_N_SETS; kind++) {
		const struct kb_assembler *as = &a->by_kind[kind];

		for (size_t i = 0; i < as->n_sets && places->n_sets < KB_PLACES_MAX_SETS; i++) {
			places->sets[places->n_sets++] = &as->sets[i];
		}
	}
}

static void tell_news(const struct kb_assembler *as)
{
	for (size_t i = 0; i < as->n_sets; i++) {
		const struct kb_set *set = &as->sets[i];
		bool is_well = set->state == KB_SET_READY || set->state == KB_SET_LOCKED;

		kb_journal_add(as->owner->scanner->journal, is_well ? KB_LOG_INFO : KB_LOG_WARNING,
			       "%s %s%s%s: %s%s%s", kb_set_kind_name(as->kind),
			       set->name ? set->name : "",
			       set->name && set->n_members > 0 ? " on " : "",
			       set->n_members > 0 ? set->members[0] : "",
			       kb_set_state_name(set->state), set->why ? ": " : "",
			       set->why ? set->why : "");
	}
}

/* A filesystem on several devices is mounted by any of them: the first one stands for all, as long
 * as none is missing. */
static void read_whole(struct kb_assembler *as)
{
	struct kb_scanner *s = as->owner->scanner;

	for (size_t i = 0; as->kind == KB_SET_BTRFS && i < as->n_sets; i++) {
		const struct kb_set *set = &as->sets[i];

		for (size_t k = 0; k < set->n_members; k++) {
			struct kb_place *member =
				kb_places_block(s->places, kb_str_from(set->members[k]));
			bool stands_for_all = k == 0 && set->state == KB_SET_READY;

			if (member && member->is_whole != stands_for_all) {
				kb_scanner_read_as(s, member, stands_for_all);
			}
		}
	}
}

static void on_line(void *owner, struct kb_str line)
{
	struct kb_assembler *as = owner;
	struct kb_set set;

	if (as->n_incoming == KB_ASSEMBLY_MAX_SETS ||
	    kb_assemble_decode(&as->incoming_arena, as->kind, line, &set) < 0) {
		return;
	}
	as->incoming[as->n_incoming++] = set;
}

static void forget_incoming(struct kb_assembler *as)
{
	free(as->incoming);
	kb_arena_done(&as->incoming_arena);
	as->incoming = NULL;
	as->incoming_arena = (struct kb_arena){0};
	as->n_incoming = 0;
}

static void take_incoming(struct kb_assembler *as)
{
	struct kb_scanner *s = as->owner->scanner;

	s->changing(s->ctx);
	free(as->sets);
	kb_arena_done(&as->arena);
	as->sets = as->incoming;
	as->n_sets = as->n_incoming;
	as->arena = as->incoming_arena;
	as->incoming = NULL;
	as->incoming_arena = (struct kb_arena){0};
	as->n_incoming = 0;
	publish(as->owner);
}

static void explain_end(const struct kb_assembler *as, const struct kb_child_result *result)
{
	const char *kind = kb_set_kind_name(as->kind);

	if (result->end == KB_CHILD_EXITED && result->status == 0) {
		return;
	}
	kb_journal_add(as->owner->scanner->journal, KB_LOG_WARNING, "%s: %s", kind,
		       result->end == KB_CHILD_DEADLINE || result->end == KB_CHILD_ABANDONED
			       ? "no answer in time; what was not assembled by then is left out"
		       : result->stderr_tail[0] ? result->stderr_tail
						: "its assembler ended without a word");
}

static void ended(void *owner, const struct kb_child_result *result)
{
	struct kb_assembler *as = owner;
	struct kb_assembly_watch *a = as->owner;
	struct kb_scanner *s = a->scanner;
	struct kb_error err = {0};

	as->child = NULL;
	explain_end(as, result);
	take_incoming(as);
	tell_news(as);
	read_whole(as);
	start_taker(a);
	/* The kernel's word that a device is there may come before what it is called. */
	if (kb_scanner_enumerate(s, false, &err) < 0) {
		kb_journal_add(s->journal, KB_LOG_ERROR, "%s", err.text);
	}
	kb_assembly_look(a);
	a->changed(a->ctx);
}

/* --- when they start */

static void start(struct kb_assembler *as)
{
	struct kb_assembly_watch *a = as->owner;
	struct kb_scanner *s = a->scanner;
	struct kb_child_spec spec = {
		.name = kb_set_kind_name(as->kind),
		.run = kb_assemble_job_run,
		.data = &as->job,
		.deadline_ms = KB_ASSEMBLE_DEADLINE_MS,
		.owner = as,
		.on_line = on_line,
		.on_exit = ended,
	};
	int r;

	forget_incoming(as);
	as->incoming = calloc(KB_ASSEMBLY_MAX_SETS, sizeof(*as->incoming));
	as->incoming_arena.account = &s->findings;
	as->job.sys = s->sys;
	as->job.kind = as->kind;
	as->job.may_degrade = as->may_degrade;
	r = as->incoming ? kb_child_start(s->loop, s->sys, &spec, &as->child) : -ENOMEM;
	if (r < 0) {
		kb_journal_add(s->journal, KB_LOG_ERROR, "%s: no assembler could be started: %s",
			       spec.name, strerror(-r));
	}
}

static bool is_waiting(const struct kb_assembler *as)
{
	for (size_t i = 0; i < as->n_sets; i++) {
		if (as->sets[i].state == KB_SET_WAITING) {
			return true;
		}
	}
	return false;
}

/* More members may come, so long as everything has not been quiet for a while. */
static bool has_patience(const struct kb_assembler *as)
{
	return is_waiting(as) && !as->may_degrade;
}

static void look(struct kb_assembler *as)
{
	struct kb_scanner *s = as->owner->scanner;
	uint64_t print;
	size_t n;

	if (as->child || s->paused || is_taking_apart(as->owner)) {
		return;
	}
	n = collect(s, as->kind, as->job.members, &print);
	if (print == as->print) {
		return;
	}
	as->print = print;
	as->may_degrade = false;
	as->job.n_members = n;
	if (n > 0) {
		start(as);
	} else {
		forget_incoming(as);
		take_incoming(as);
	}
}

void kb_assembly_look(struct kb_assembly_watch *a)
{
	bool waits = false;

	for (int kind = KB_SET_NONE + 1; kind < KB_N_SETS; kind++) {
		look(&a->by_kind[kind]);
		waits = waits || has_patience(&a->by_kind[kind]);
	}
	if (waits) {
		kb_timer_set(a->patience, KB_ASSEMBLY_PATIENCE_MS);
	} else {
		kb_timer_stop(a->patience);
	}
}

static bool is_busy(const struct kb_assembly_watch *a)
{
	return is_assembling(a) || is_taking_apart(a);
}

static void lost_patience(void *data)
{
	struct kb_assembly_watch *a = data;

	if (is_busy(a) || !a->hotplug->is_settled || kb_places_pending(a->scanner->places) > 0) {
		kb_timer_set(a->patience, KB_ASSEMBLY_PATIENCE_MS);
		return;
	}
	for (int kind = 0; kind < KB_N_SETS; kind++) {
		struct kb_assembler *as = &a->by_kind[kind];

		if (has_patience(as)) {
			as->may_degrade = true;
			start(as);
		}
	}
}

bool kb_assembly_pending(const struct kb_assembly_watch *a)
{
	bool pending = is_busy(a);

	for (int kind = 0; !pending && kind < KB_N_SETS; kind++) {
		pending = has_patience(&a->by_kind[kind]);
	}
	return pending;
}

int kb_assembly_init(struct kb_assembly_watch *a)
{
	for (int kind = 0; kind < KB_N_SETS; kind++) {
		a->by_kind[kind] = (struct kb_assembler){.owner = a, .kind = kind};
	}
	return kb_loop_add_timer(a->scanner->loop, lost_patience, a, &a->patience);
}

void kb_assembly_done(struct kb_assembly_watch *a)
{
	kb_child_cancel(a->taker);
	for (int kind = 0; kind < KB_N_SETS; kind++) {
		struct kb_assembler *as = &a->by_kind[kind];

		kb_child_cancel(as->child);
		as->child = NULL;
		forget_incoming(as);
		free(as->sets);
		kb_arena_done(&as->arena);
		as->sets = NULL;
		as->n_sets = 0;
	}
	a->scanner->places->n_sets = 0;
	kb_source_remove(a->patience);
	a->patience = NULL;
}
