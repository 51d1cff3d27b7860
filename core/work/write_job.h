/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The worker that leaves on a disk what the boot loader of an entry would: just before the jump,
 * when nothing is mounted any more. For the engine, through kb_child_start. Must not run for an
 * entry that is not being booted.
 */
#ifndef KBOOT_CORE_WRITE_JOB_H
#define KBOOT_CORE_WRITE_JOB_H

#include "kboot/base/sys.h"
#include "kboot/model/entry.h"
#include "remember_job.h"

enum { KB_WRITE_DEADLINE_MS = 10000 };

struct kb_write_job {
	const struct kb_sys *sys;
	const struct kb_entry *entry; /* with a device; NULL: nothing goes with it */
	bool hibernated;              /* a system on this machine sleeps: nothing is written */
	bool remembers;               /* the list is kept, too: */
	struct kb_remember_job list;
};

/* The run function of a child: data is a struct kb_write_job. What could not be written is a note
 * on out_fd; the boot goes on all the same. */
int kb_write_job_run(void *data, int out_fd);

#endif
