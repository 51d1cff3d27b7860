/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "places_private.h"

#include <errno.h>
#include <stdlib.h>

static void pump(struct kb_places *p);

void kb_places_divide(struct kb_places *p, const struct kb_memory *memory)
{
	p->memory = *memory;
	p->findings.max_bytes = kb_memory_share(memory, KB_SHARE_FINDINGS);
}

/* While a place is read anew its old findings are still shown: the new ones are not short of
 * memory because of them. */
static void lend(struct kb_place *place)
{
	const struct kb_findings *found = &place->found;

	place->incoming.arena.account = &place->owner->findings;
	if (place->owner->findings.max_bytes > 0) {
		place->lent_bytes =
			found->arena.used_bytes + found->cap_entries * sizeof(*found->entries);
		place->owner->findings.max_bytes += place->lent_bytes;
	}
}

static void take_back(struct kb_place *place)
{
	place->owner->findings.max_bytes -= place->lent_bytes;
	place->lent_bytes = 0;
}

static void place_destroy(struct kb_place *place)
{
	take_back(place);
	kb_child_cancel(place->child);
	kb_findings_done(&place->found);
	kb_findings_done(&place->incoming);
	free(place);
}

void kb_places_done(struct kb_places *p)
{
	struct kb_place *next;

	for (struct kb_place *place = p->first; place; place = next) {
		next = place->next;
		place_destroy(place);
	}
	p->first = NULL;
	p->n_scanning = 0;
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

int kb_places_add(struct kb_places *p, const struct kb_place *template, struct kb_place **ret_place)
{
	struct kb_place *place = malloc(sizeof(*place));
	struct kb_place **at = &p->first;

	if (!place) {
		return -ENOMEM;
	}
	*place = *template;
	place->owner = p;
	place->id = ++p->last_id;
	place->found.arena.account = &p->findings;
	while (*at && compare(*at, place) <= 0) {
		at = &(*at)->next;
	}
	place->next = *at;
	*at = place;
	*ret_place = place;
	return 0;
}

static struct kb_place *find_block(const struct kb_places *p, const char *name)
{
	for (struct kb_place *place = p->first; place; place = place->next) {
		if (place->kind == KB_PLACE_DEVICE && strcmp(place->block.name, name) == 0) {
			return place;
		}
	}
	return NULL;
}

static void removed(struct kb_places *p, struct kb_place *place)
{
	struct kb_place **at = &p->first;
	struct kb_block block = place->block;

	while (*at != place) {
		at = &(*at)->next;
	}
	p->changing(p->ctx);
	*at = place->next;
	if (place->child) {
		p->n_scanning--;
	}
	place_destroy(place);
	kb_journal_add(p->journal, KB_LOG_INFO, "%s is gone", block.name);
	p->removed(p->ctx, block.name);
	p->changed(p->ctx);
}

static void on_line(void *owner, struct kb_str line)
{
	struct kb_place *place = owner;
	struct kb_diag_sink sink = kb_journal_sink(place->owner->journal);
	int r = kb_findings_read_line(&place->incoming, line, &sink);

	if (r < 0 && !place->incoming.error.code) {
		kb_error_set(
			&place->incoming.error, r,
			r == -E2BIG
				? "there are more entries than kboot keeps; the first %zu are shown"
			: r == -ENOMEM
				? "there is no memory for more than the first %zu entries"
				: "a line of its reader was not understood after %zu entries",
			place->incoming.n_entries);
	}
}

static void explain_end(struct kb_place *place, const struct kb_child_result *result)
{
	struct kb_error *error = &place->incoming.error;

	if (result->end == KB_CHILD_DEADLINE || result->end == KB_CHILD_ABANDONED) {
		kb_error_set(error, -ETIMEDOUT, "no answer within %d s; left out%s",
			     KB_SCAN_DEADLINE_MS / 1000,
			     result->end == KB_CHILD_ABANDONED ? " (its reader cannot be stopped)"
							       : "");
	} else if (result->end == KB_CHILD_FLOODING) {
		kb_error_set(error, -EFBIG,
			     "its reader told more than %d MiB; the rest is left out",
			     KB_CHILD_OUTPUT_MAX >> 20);
	} else if (result->end == KB_CHILD_SIGNALED) {
		kb_error_set(error, -EIO, "its reader was ended by signal %d", result->status);
	} else if (!place->incoming.complete && !error->code) {
		kb_error_set(error, -EIO, "its reader failed: %s",
			     result->stderr_tail[0] ? result->stderr_tail : "without a word");
	}
}

static void say_hibernated(const struct kb_place *place)
{
	const struct kb_device *device = kb_places_hibernated(place->owner);

	if (device == &place->found.device) {
		kb_journal_add(place->owner->journal, KB_LOG_WARNING,
			       "%s holds a hibernated system: this machine's disks stay read-only, "
			       "also with mount_rw=true",
			       device->name);
	}
}

static void child_ended(void *owner, const struct kb_child_result *result)
{
	struct kb_place *place = owner;
	struct kb_places *p = place->owner;
	struct kb_diag_sink sink = kb_journal_sink(p->journal);

	place->child = NULL;
	place->known = true;
	kb_findings_end(&place->incoming, &sink);
	p->n_scanning--;
	explain_end(place, result);
	place->status = place->incoming.error.code ? KB_PLACE_FAILED : KB_PLACE_READ;
	if (place->incoming.error.code) {
		kb_journal_add(p->journal, KB_LOG_WARNING, "%s: %s", kb_place_name(place),
			       place->incoming.error.text);
	} else if (place->incoming.n_entries > 0) {
		kb_journal_add(p->journal, KB_LOG_INFO, "%s: %zu %s", kb_place_name(place),
			       place->incoming.n_entries,
			       place->incoming.n_entries == 1 ? "entry" : "entries");
	}
	p->changing(p->ctx);
	kb_findings_done(&place->found);
	place->found = place->incoming;
	say_hibernated(place);
	memset(&place->incoming, 0, sizeof(place->incoming));
	take_back(place);
	if (result->end != KB_CHILD_EXITED) {
		p->troubled(p->ctx, place);
	}
	if (place->again) {
		place->again = false;
		place->status = KB_PLACE_QUEUED;
	}
	pump(p);
	p->changed(p->ctx);
}

static int start(struct kb_place *place)
{
	struct kb_places *p = place->owner;
	struct kb_child_spec spec = {
		.name = kb_place_name(place),
		.run = kb_scan_job_run,
		.data = &place->job,
		.deadline_ms = KB_SCAN_DEADLINE_MS,
		.owner = place,
		.on_line = on_line,
		.on_exit = child_ended,
	};

	place->job = (struct kb_scan_job){
		.sys = p->sys,
		.block = place->simulated ? NULL : &place->block,
		.simulated = place->simulated,
		.folder = place->folder,
		/* A simulation shares a machine that is not kboot's to divide. */
		.memory_bytes = place->simulated || place->folder
					? 0
					: kb_memory_share(&p->memory, KB_SHARE_READER),
	};
	return kb_child_start(p->loop, p->sys, &spec, &place->child);
}

static void pump(struct kb_places *p)
{
	for (struct kb_place *place = p->first;
	     place && !p->paused && p->n_scanning < KB_PLACES_AT_ONCE; place = place->next) {
		int r;

		if (place->status != KB_PLACE_QUEUED) {
			continue;
		}
		r = start(place);
		if (r < 0) {
			place->status = KB_PLACE_FAILED;
			kb_error_set(&place->found.error, r, "no reader could be started: %s",
				     strerror(-r));
			kb_journal_add(p->journal, KB_LOG_ERROR, "%s: %s", kb_place_name(place),
				       place->found.error.text);
			continue;
		}
		place->status = KB_PLACE_SCANNING;
		lend(place);
		p->n_scanning++;
	}
}

static void queue(struct kb_place *place)
{
	if (place->kind < KB_PLACE_FOLDER) {
		return;
	}
	if (place->child) {
		place->again = true;
	} else {
		place->status = KB_PLACE_QUEUED;
	}
}

int kb_places_add_simulation(struct kb_places *p, const struct kb_simulation *sim)
{
	struct kb_place *place;
	int r = 0;

	if (sim->root_dir) {
		struct kb_place template = {.kind = KB_PLACE_FOLDER, .folder = sim->root_dir};

		r = kb_places_add(p, &template, &place);
	}
	for (size_t i = 0; r == 0 && i < sim->n_devices; i++) {
		const struct kb_device *d = &sim->devices[i];
		struct kb_place template = {.kind = KB_PLACE_DEVICE,
					    .simulated = d,
					    .block = {.bus = d->bus, .removable = d->removable}};

		(void)snprintf(template.block.name, sizeof(template.block.name), "%s", d->name);
		(void)snprintf(template.block.order, sizeof(template.block.order), "%04zu", i);
		r = kb_places_add(p, &template, &place);
	}
	pump(p);
	return r;
}

/* A person asked to look again: nothing is known until then. */
static void forget(struct kb_places *p)
{
	for (struct kb_place *place = p->first; place; place = place->next) {
		place->known = false;
	}
}

struct enumeration {
	struct kb_places *places;
	size_t n;
	char names[KB_SCAN_MAX_DEVICES][64];
	bool again;
};

/* Another disk has its name by now: the word that it went was lost, or is still to come. */
static void disk_left(struct kb_places *p, const struct kb_place *gone)
{
	const uint64_t id = gone->id;
	const uint64_t diskseq = gone->block.diskseq;
	struct kb_place *next;

	for (struct kb_place *place = p->first; place; place = next) {
		next = place->next;
		if (place->id == id || (diskseq > 0 && place->block.diskseq == diskseq)) {
			removed(p, place);
		}
	}
}

static int add_block(struct kb_places *p, const struct kb_block *block, bool again)
{
	struct kb_place *place = find_block(p, block->name);
	struct kb_place template = {.kind = KB_PLACE_DEVICE, .block = *block};
	int r;

	if (place && place->block.diskseq != block->diskseq) {
		disk_left(p, place);
		place = find_block(p, block->name);
	}
	if (place && !again) {
		return 0;
	}
	if (block->has_partitions) {
		template.status = KB_PLACE_READ;
	}
	if (!place) {
		r = kb_places_add(p, &template, &place);
		if (r < 0) {
			return r;
		}
		kb_journal_add(p->journal, KB_LOG_INFO, "%s is there", block->name);
	} else {
		place->block = *block;
	}
	if (!block->has_partitions) {
		queue(place);
	}
	return 0;
}

static int on_block(void *ctx, const struct kb_block *block)
{
	struct enumeration *e = ctx;

	if (e->n == KB_SCAN_MAX_DEVICES) {
		return -E2BIG;
	}
	(void)snprintf(e->names[e->n++], sizeof(e->names[0]), "%s", block->name);
	return add_block(e->places, block, e->again);
}

static bool enumerated(const struct enumeration *e, const char *name)
{
	for (size_t i = 0; i < e->n; i++) {
		if (strcmp(e->names[i], name) == 0) {
			return true;
		}
	}
	return false;
}

int kb_places_enumerate(struct kb_places *p, bool again, struct kb_error *err)
{
	KB_FREE struct enumeration *e = calloc(1, sizeof(*e));
	struct kb_place *next;
	int r;

	if (!e) {
		return kb_error_set(err, -ENOMEM, "out of memory");
	}
	e->places = p;
	e->again = again;
	if (again) {
		forget(p);
	}
	r = kb_scan_enumerate(p->sysfs_fd, on_block, e, err);
	if (r == -E2BIG) {
		kb_journal_add(p->journal, KB_LOG_WARNING, "only the first %d disks are looked at",
			       KB_SCAN_MAX_DEVICES);
		r = 0;
	}
	if (r < 0) {
		return r;
	}
	for (struct kb_place *place = p->first; place; place = next) {
		next = place->next;
		if (place->kind == KB_PLACE_DEVICE && !enumerated(e, place->block.name)) {
			removed(p, place);
		}
	}
	pump(p);
	p->changed(p->ctx);
	return 0;
}

int kb_places_device_added(struct kb_places *p, const char *name)
{
	struct kb_block block;
	int r = kb_scan_block(p->sysfs_fd, name, &block);

	if (r == -ENOENT) {
		kb_places_device_removed(p, name);
		return 0;
	}
	if (r == 0) {
		r = add_block(p, &block, true);
	}
	pump(p);
	p->changed(p->ctx);
	return r;
}

void kb_places_device_removed(struct kb_places *p, const char *name)
{
	struct kb_place *place = find_block(p, name);

	if (place && !place->simulated) {
		removed(p, place);
	}
}

void kb_places_read_again(struct kb_places *p)
{
	forget(p);
	for (struct kb_place *place = p->first; place; place = place->next) {
		queue(place);
	}
	pump(p);
	p->changed(p->ctx);
}
