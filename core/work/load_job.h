/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The worker that takes an entry to "armed": resolve every file, check, load into the kernel; or
 * only tells the plan. For the pipeline, through kb_child_start. Must not run in the engine itself:
 * it mounts, reads and may hang.
 */
#ifndef KBOOT_CORE_LOAD_JOB_H
#define KBOOT_CORE_LOAD_JOB_H

#include "catalog/place.h"
#include "kboot/base/error.h"
#include "kboot/base/sys.h"
#include "kboot/model/entry.h"
#include "kboot/proto/message.h"
#include "load_keys.h"
#include "resolver.h"

enum {
	KB_LOAD_DEADLINE_MS = 600000,   /* for all of it */
	KB_LOAD_REPORT_BYTES = 1 << 20, /* the entry, and what its worker says of it */
	KB_LOAD_MAX_NOTES = 64,         /* of one worker in the log */
	KB_LOAD_STALL_MS = 30000,       /* without a word from the worker */
};

struct kb_load_job {
	const struct kb_sys *sys;
	const struct kb_places *places;
	const char *root; /* the booted environment's device; "" */
	const struct kb_entry *entry;
	const struct kb_fetched *fetched; /* what its URLs stand for */
	size_t n_fetched;
	const struct kb_keys *keys; /* for the system that is booted; NULL: it is asked itself */
	bool read_write;
	bool plan_only; /* say what would be done; change nothing */
};

/* The run function of a child: data is a struct kb_load_job. Writes reports to out_fd. */
int kb_load_job_run(void *data, int out_fd);

#endif
