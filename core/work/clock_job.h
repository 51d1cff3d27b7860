/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The worker that sets the clock by time servers, where it cannot be right: as soon as the network
 * is up. For the engine, through kb_child_start. Must not run while the clock may be right.
 */
#ifndef KBOOT_CORE_CLOCK_JOB_H
#define KBOOT_CORE_CLOCK_JOB_H

#include "kboot/base/sys.h"

/* The network is brought up by whoever wants it: that long this waits for it. */
enum { KB_CLOCK_WAIT_MS = 20000, KB_CLOCK_DEADLINE_MS = 40000 };

struct kb_clock_job {
	const struct kb_sys *sys;
};

/* The run function of a child: data is a struct kb_clock_job. Tells a note, and leaves it for those
 * who wait (kb_time_note). */
int kb_clock_job_run(void *data, int out_fd);

#endif
