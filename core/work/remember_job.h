/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the list of the last time is kept: a variable of the firmware, or a file on a disk.
 * Read by a worker of its own; written by the one that writes what goes with an entry.
 * For the engine. Must not look at what the text says, nor write any other file.
 */
#ifndef KBOOT_CORE_REMEMBER_JOB_H
#define KBOOT_CORE_REMEMBER_JOB_H

#include "kboot/base/error.h"
#include "kboot/base/str.h"
#include "kboot/base/sys.h"
#include "kboot/model/device.h"

enum { KB_REMEMBER_DEADLINE_MS = 10000 };

struct kb_remember_job {
	const struct kb_sys *sys;
	const struct kb_device *device; /* of the file; NULL: the firmware's variable */
	const char *path;               /* on it, from its top */
	bool hibernated;                /* a system on this machine sleeps: no file is written */
	struct kb_str text;             /* to be written */
};

/* The run function of a child: data is a struct kb_remember_job. On out_fd the text as it was
 * found; nothing where none was; or a report of an error. */
int kb_remember_job_run(void *data, int out_fd);
/* Only what changes is written: the file whole or not at all. With a sentence. */
KB_MUST_CHECK int kb_remember_write(const struct kb_remember_job *job, struct kb_error *err);

#endif
