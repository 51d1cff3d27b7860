/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The boot pipeline: one wanted entry, taken to "armed" by a worker before its moment comes; then
 * the jump. For the engine. Must not know of countdowns, clients or the catalog.
 */
#ifndef KBOOT_CORE_PIPELINE_H
#define KBOOT_CORE_PIPELINE_H

#include "downloads.h"
#include "journal.h"
#include "kboot/base/child.h"
#include "kboot/base/loop.h"
#include "work/load_job.h"

struct kb_pipeline {
	struct kb_loop *loop;
	const struct kb_sys *sys;
	struct kb_journal *journal;
	const struct kb_places *places;
	const struct kb_keys *keys; /* for the system that is booted; NULL: none */
	void *ctx;
	void (*changed)(void *ctx); /* stage or progress */

	struct kb_arena arena; /* of the entry and the words below; a new one for each entry */
	struct kb_entry entry;
	uint64_t load; /* another one for each start */
	enum kb_stage stage;
	uint64_t done_bytes;
	uint64_t total_bytes;
	uint64_t bytes_per_s; /* FETCHING */
	unsigned n_notes;
	const char *error; /* FAILED: one sentence */
	/* FETCHING: it goes on when a person has answered. Borrowed; NULL: nothing is asked. */
	const struct kb_fetch_question *question;
	uint64_t question_number;      /* another one for each */
	const char *method;            /* and why; NULL until the worker said so */
	int64_t started_ms;            /* CLOCK_MONOTONIC */
	int64_t shown_ms;              /* when progress was last handed on */
	bool in_kernel;                /* a kernel may be loaded, or half loaded */
	struct kb_downloads downloads; /* its loop, sys and so on are the pipeline's */
	struct kb_fetched fetched[KB_DOWNLOADS_MAX];
	struct kb_load_job job;
	struct kb_child *child;
	struct kb_source *stall;
};

/* Zeroed fields below changed are idle. */
KB_MUST_CHECK int kb_pipeline_init(struct kb_pipeline *p);
void kb_pipeline_done(struct kb_pipeline *p);
/* Does the pipeline hold (or is it loading) exactly this: the same files and arguments? */
bool kb_pipeline_holds(const struct kb_pipeline *p, const struct kb_entry *entry);
/* Starts over with this entry, whatever it was doing; root is the booted environment's device, "".
 * The entry is copied. */
KB_MUST_CHECK int kb_pipeline_start(struct kb_pipeline *p, const struct kb_entry *entry,
				    const char *root);
/* What its question is answered with; NULL: nobody answers, and it fails. */
void kb_pipeline_answer(struct kb_pipeline *p, const struct kb_fetch_answer *answer);
/* Back to nothing; a loaded kernel is freed. */
void kb_pipeline_clear(struct kb_pipeline *p);
/* Does what it holds come from this device? */
bool kb_pipeline_uses(const struct kb_pipeline *p, const char *device);

#endif
