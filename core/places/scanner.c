/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scanner.h"

#include <errno.h>
#include <stdlib.h>

void kb_scanner_pump(struct kb_scanner *s);

/* Every place of the list was made by kb_scanner_add. */
static struct kb_scanned_place *scanned_of(struct kb_place *place)
{
	return (struct kb_scanned_place *)place;
}

/* While a place is read anew its old findings are still shown: the new ones are not short of
 * memory because of them. */
static void lend(struct kb_scanned_place *scanned)
{
	const struct kb_findings *found = &scanned->place.found;

	scanned->incoming.arena.account = &scanned->owner->findings;
	if (scanned->owner->findings.max_bytes > 0) {
		scanned->lent_bytes =
			found->arena.used_bytes + found->cap_entries * sizeof(*found->entries);
		scanned->owner->findings.max_bytes += scanned->lent_bytes;
	}
}

static void take_back(struct kb_scanned_place *scanned)
{
	scanned->owner->findings.max_bytes -= scanned->lent_bytes;
	scanned->lent_bytes = 0;
}

static void scanned_destroy(struct kb_scanned_place *scanned)
{
	take_back(scanned);
	kb_child_cancel(scanned->child);
	kb_findings_done(&scanned->place.found);
	kb_findings_done(&scanned->incoming);
	free(scanned);
}

void kb_scanner_done(struct kb_scanner *s)
{
	struct kb_place *next;

	for (struct kb_place *place = s->places->first; place; place = next) {
		next = place->next;
		scanned_destroy(scanned_of(place));
	}
	s->places->first = NULL;
	s->n_scanning = 0;
}

/* kboot's own first, folders next, devices by bus path, fixed ones before those that come and go:
 * the same at every boot. */
static int compare(const struct kb_place *a, const struct kb_place *b)
{
	if (a->kind != b->kind) {
		return a->kind < b->kind ? -1 : 1;
	}
	if (a->block.removable != b->block.removable) {
		return a->block.removable ? 1 : -1;
	}
	return strcmp(a->block.order, b->block.order);
}

int kb_scanner_add(struct kb_scanner *s, const struct kb_place *template,
		   const struct kb_device *simulated, struct kb_place **ret_place)
{
	struct kb_scanned_place *scanned = malloc(sizeof(*scanned));
	struct kb_place **at = &s->places->first;
	struct kb_place *place;

	if (!scanned) {
		return -ENOMEM;
	}
	place = &scanned->place;
	*scanned = (struct kb_scanned_place){*template, .owner = s, .simulated = simulated};
	place->id = ++s->places->last_id;
	place->found.arena.account = &s->findings;
	while (*at && compare(*at, place) <= 0) {
		at = &(*at)->next;
	}
	place->next = *at;
	*at = place;
	*ret_place = place;
	return 0;
}

/* Who waits for a server keeps no disk waiting. */
static unsigned takes_turn(const struct kb_place *place)
{
	return place->kind != KB_PLACE_NETWORK;
}

static void removed(struct kb_scanner *s, struct kb_place *place);

/* What device-mapper has made of it is nothing any more. */
bool kb_scanner_drop_holders(struct kb_scanner *s, const struct kb_place *place)
{
	struct kb_place *holder;
	bool has_some = false;

	while ((holder = kb_scanner_holder(s, place)) != NULL) {
		struct kb_block block = holder->block;

		removed(s, holder);
		if (s->orphaned) {
			s->orphaned(s->ctx, block.name);
		}
		has_some = true;
	}
	return has_some;
}

static void removed(struct kb_scanner *s, struct kb_place *place)
{
	struct kb_place **at = &s->places->first;
	struct kb_block block = place->block;

	(void)kb_scanner_drop_holders(s, place);
	while (*at != place) {
		at = &(*at)->next;
	}
	s->changing(s->ctx);
	*at = place->next;
	if (scanned_of(place)->child) {
		s->n_scanning -= takes_turn(place);
	}
	scanned_destroy(scanned_of(place));
	kb_journal_add(s->journal, KB_LOG_INFO, "%s is gone", block.name);
	s->removed(s->ctx, block.name);
	s->changed(s->ctx);
}

static void on_line(void *owner, struct kb_str line)
{
	struct kb_scanned_place *scanned = owner;
	struct kb_diag_sink sink = kb_journal_sink(scanned->owner->journal);
	int r = kb_findings_read_line(&scanned->incoming, line, &sink);

	if (r < 0 && !scanned->incoming.error.code) {
		kb_error_set(
			&scanned->incoming.error, r,
			r == -E2BIG
				? "there are more entries than kboot keeps; the first %zu are shown"
			: r == -ENOMEM
				? "there is no memory for more than the first %zu entries"
				: "a line of its reader was not understood after %zu entries",
			scanned->incoming.n_entries);
	}
}

static void explain_end(const struct kb_place *place, struct kb_findings *found,
			const struct kb_child_result *result)
{
	struct kb_error *error = &found->error;

	if (result->end == KB_CHILD_DEADLINE || result->end == KB_CHILD_ABANDONED) {
		kb_error_set(error, -ETIMEDOUT, "no answer within %d s; left out%s",
			     kb_scanner_deadline_ms(place) / 1000,
			     result->end == KB_CHILD_ABANDONED ? " (its reader cannot be stopped)"
							       : "");
	} else if (result->end == KB_CHILD_FLOODING) {
		kb_error_set(error, -EFBIG,
			     "its reader told more than %d MiB; the rest is left out",
			     KB_CHILD_OUTPUT_MAX >> 20);
	} else if (result->end == KB_CHILD_SIGNALED) {
		kb_error_set(error, -EIO, "its reader was ended by signal %d", result->status);
	} else if (!found->complete && !error->code) {
		kb_error_set(error, -EIO, "its reader failed: %s",
			     result->stderr_tail[0] ? result->stderr_tail : "without a word");
	}
}

static void child_ended(void *owner, const struct kb_child_result *result)
{
	struct kb_scanned_place *scanned = owner;
	struct kb_place *place = &scanned->place;
	struct kb_findings *incoming = &scanned->incoming;
	struct kb_scanner *s = scanned->owner;
	struct kb_diag_sink sink = kb_journal_sink(s->journal);
	bool failed_with_others;

	scanned->child = NULL;
	place->known = true;
	kb_findings_end(incoming, &sink);
	s->n_scanning -= takes_turn(place);
	explain_end(place, incoming, result);
	place->status = incoming->error.code ? KB_PLACE_FAILED : KB_PLACE_READ;
	/* Of one that did not end by itself a person hears at once. */
	place->is_news = result->end == KB_CHILD_EXITED;
	s->changing(s->ctx);
	kb_findings_done(&place->found);
	place->found = *incoming;
	memset(incoming, 0, sizeof(*incoming));
	take_back(scanned);
	if (result->end != KB_CHILD_EXITED) {
		s->troubled(s->ctx, place);
	}
	/* Another filesystem that does not answer costs its own entries, not these. */
	failed_with_others = place->status == KB_PLACE_FAILED && scanned->job.n_others > 0;
	if (failed_with_others) {
		kb_journal_add(s->journal, KB_LOG_WARNING,
			       "%s: %s; it is read without the filesystems that its configuration "
			       "leads to",
			       kb_place_name(place), place->found.error.text);
		place->known = false;
	}
	if (scanned->again || failed_with_others) {
		scanned->again = false;
		scanned->is_alone = failed_with_others;
		place->status = KB_PLACE_QUEUED;
	}
	kb_scanner_pump(s);
	s->changed(s->ctx);
}

static int start(struct kb_scanned_place *scanned)
{
	const struct kb_place *place = &scanned->place;
	struct kb_scanner *s = scanned->owner;
	struct kb_child_spec spec = {
		.name = kb_place_name(place),
		.run = kb_scan_job_run,
		.data = &scanned->job,
		.deadline_ms = (uint64_t)kb_scanner_deadline_ms(place),
		.owner = scanned,
		.on_line = on_line,
		.on_exit = child_ended,
	};

	scanned->job = (struct kb_scan_job){
		.sys = s->sys,
		.block = scanned->simulated ? NULL : &place->block,
		.simulated = scanned->simulated,
		.folder = place->folder,
		.vars = s->vars,
		/* A simulation shares a machine that is not kboot's to divide. */
		.is_whole = place->is_whole,
		.memory_bytes = scanned->simulated || place->folder
					? 0
					: kb_memory_share(&s->memory, KB_SHARE_READER),
	};
	kb_scanner_give_others(scanned);
	kb_scanner_ask_network(scanned, &spec);
	return kb_child_start(s->loop, s->sys, &spec, &scanned->child);
}

void kb_scanner_pump(struct kb_scanner *s)
{
	unsigned n = kb_memory_readers(&s->memory);

	kb_scanner_queue_outdated(s);
	for (struct kb_place *place = s->places->first; place && !s->paused && s->n_scanning < n;
	     place = place->next) {
		int r;

		if (place->status != KB_PLACE_QUEUED) {
			continue;
		}
		r = start(scanned_of(place));
		if (r < 0) {
			place->status = KB_PLACE_FAILED;
			kb_error_set(&place->found.error, r, "no reader could be started: %s",
				     strerror(-r));
			kb_journal_add(s->journal, KB_LOG_ERROR, "%s: %s", kb_place_name(place),
				       place->found.error.text);
			continue;
		}
		place->status = KB_PLACE_SCANNING;
		lend(scanned_of(place));
		s->n_scanning += takes_turn(place);
	}
}

static void queue(struct kb_place *place)
{
	if (place->kind < KB_PLACE_FOLDER) {
		return;
	}
	scanned_of(place)->is_alone = false;
	if (scanned_of(place)->child) {
		scanned_of(place)->again = true;
	} else {
		place->status = KB_PLACE_QUEUED;
	}
}

void kb_scanner_read_as(struct kb_scanner *s, struct kb_place *place, bool is_whole)
{
	place->is_whole = is_whole;
	place->known = false;
	queue(place);
	kb_scanner_pump(s);
}

int kb_scanner_add_simulation(struct kb_scanner *s, const struct kb_simulation *sim)
{
	struct kb_place *place;
	int r = 0;

	s->vars = &sim->vars;
	if (sim->root_dir) {
		struct kb_place template = {.kind = KB_PLACE_FOLDER, .folder = sim->root_dir};

		r = kb_scanner_add(s, &template, NULL, &place);
	}
	for (size_t i = 0; r == 0 && i < sim->n_devices; i++) {
		const struct kb_device *d = &sim->devices[i];
		struct kb_place template = {.kind = KB_PLACE_DEVICE,
					    .block = {.bus = d->bus, .removable = d->removable}};

		(void)snprintf(template.block.name, sizeof(template.block.name), "%s", d->name);
		(void)snprintf(template.block.order, sizeof(template.block.order), "%04zu", i);
		r = kb_scanner_add(s, &template, d, &place);
	}
	s->lease = sim->lease;
	s->n_lease = sim->n_lease;
	if (r == 0 && sim->n_lease > 0) {
		r = kb_scanner_add(s, &(struct kb_place){.kind = KB_PLACE_NETWORK}, NULL, &place);
	}
	kb_scanner_pump(s);
	return r;
}

/* Another disk has its name by now: the word that it went was lost, or is still to come. */
static void disk_left(struct kb_scanner *s, const struct kb_place *gone)
{
	const uint64_t id = gone->id;
	const uint64_t diskseq = gone->block.diskseq;
	struct kb_place *next;

	for (struct kb_place *place = s->places->first; place; place = next) {
		next = place->next;
		if (place->id == id || (diskseq > 0 && place->block.diskseq == diskseq)) {
			removed(s, place);
		}
	}
}

static int add_block(struct kb_scanner *s, const struct kb_block *found, bool again)
{
	struct kb_place *place = kb_places_block(s->places, kb_str_from(found->name));
	struct kb_place template = {.kind = KB_PLACE_DEVICE, .block = *found};
	const struct kb_block *block = &template.block;
	int r;

	kb_scanner_name_array(s, &template.block);
	if (place && place->block.diskseq != block->diskseq) {
		disk_left(s, place);
		place = kb_places_block(s->places, kb_str_from(block->name));
	}
	if (place) {
		scanned_of(place)->is_listed = true;
		if (!again && kb_scanner_same_stack(&place->block, block)) {
			return 0;
		}
		place->block = *block;
	} else {
		template.status = block->has_partitions ? KB_PLACE_READ : KB_PLACE_QUEUED;
		r = kb_scanner_add(s, &template, NULL, &place);
		if (r < 0) {
			return r;
		}
		scanned_of(place)->is_listed = true;
		kb_journal_add(s->journal, KB_LOG_INFO, "%s is there", block->name);
	}
	if (!block->has_partitions) {
		queue(place);
	}
	return 0;
}

struct enumeration {
	struct kb_scanner *scanner;
	bool again;
};

static int on_block(void *ctx, const struct kb_block *block)
{
	struct enumeration *e = ctx;

	return add_block(e->scanner, block, e->again);
}

int kb_scanner_enumerate(struct kb_scanner *s, bool again, struct kb_error *err)
{
	struct enumeration e = {s, again};
	struct kb_place *next;
	int r;

	/* A person asked to look again: nothing is known until then. */
	for (struct kb_place *place = s->places->first; place; place = place->next) {
		scanned_of(place)->is_listed = false;
		place->known = place->known && !again;
	}
	r = kb_scan_enumerate(s->sysfs_fd, on_block, &e, err);
	if (r == -E2BIG) {
		kb_journal_add(s->journal, KB_LOG_WARNING, "only the first %d disks are looked at",
			       KB_SCAN_MAX_DEVICES);
		r = 0;
	}
	if (r < 0) {
		return r;
	}
	for (struct kb_place *place = s->places->first; place; place = next) {
		next = place->next;
		if (place->kind == KB_PLACE_DEVICE && !scanned_of(place)->is_listed) {
			removed(s, place);
		} else if (place->kind == KB_PLACE_NETWORK && again) {
			queue(place);
		}
	}
	kb_scanner_pump(s);
	s->changed(s->ctx);
	return 0;
}

int kb_scanner_device_added(struct kb_scanner *s, const char *name)
{
	struct kb_block block;
	int r = kb_scan_block(s->sysfs_fd, name, &block);

	if (r == -ENOENT) {
		kb_scanner_device_removed(s, name);
		return 0;
	}
	if (r == 0) {
		r = add_block(s, &block, true);
	}
	kb_scanner_pump(s);
	s->changed(s->ctx);
	return r;
}

void kb_scanner_device_removed(struct kb_scanner *s, const char *name)
{
	struct kb_place *place = kb_places_block(s->places, kb_str_from(name));

	if (place && !scanned_of(place)->simulated) {
		removed(s, place);
		kb_scanner_pump(s);
	}
}

void kb_scanner_read_again(struct kb_scanner *s)
{
	for (struct kb_place *place = s->places->first; place; place = place->next) {
		place->known = false;
		queue(place);
	}
	kb_scanner_pump(s);
	s->changed(s->ctx);
}
