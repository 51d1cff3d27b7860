/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The worker that brings one file from a server. For the downloads, through kb_child_start.
 * Must not run in the engine itself: it brings the network up, reads /etc/hosts of the booted
 * environment, and waits for a server.
 */
#ifndef KBOOT_CORE_FETCH_JOB_H
#define KBOOT_CORE_FETCH_JOB_H

#include "catalog/place.h"
#include "kboot/base/sys.h"
#include "kboot/fetch/fetch.h"

/* For all of one file: 1 GiB at 300 KiB a second. A server that sends nothing is given up sooner.
 */
enum { KB_FETCH_DEADLINE_MS = 3600000 };

struct kb_fetch_job {
	const struct kb_sys *sys;
	const struct kb_places *places;
	const char *root; /* the booted environment's device; "" */
	const char *urls; /* URL[|URL…][#sha256=HEX] */
	struct kb_fetch_part *part;
	const struct kb_fetch_answer *answers; /* of persons */
	size_t n_answers;
};

/* The run function of a child: data is a struct kb_fetch_job. Writes reports to out_fd. */
int kb_fetch_job_run(void *data, int out_fd);

#endif
