/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The worker that looks at one device (or folder) and tells what can be booted from it.
 * For the engine, through kb_child_start.
 * Must not run in the engine itself: it mounts, reads and may hang.
 */
#ifndef KBOOT_CORE_SCAN_JOB_H
#define KBOOT_CORE_SCAN_JOB_H

#include "kboot/base/sys.h"
#include "kboot/model/device.h"
#include "kboot/model/loader.h"
#include "kboot/scan/block.h"
#include "scan_others.h"

enum { KB_SCAN_DEADLINE_MS = 20000 };

#define KB_SCAN_MOUNT_DIR "/run/kboot/scan"

struct kb_scan_job {
	const struct kb_sys *sys;
	const struct kb_block *block;       /* a real device; NULL in a simulation */
	const struct kb_device *simulated;  /* NULL: a real device or folder */
	const char *folder;                 /* --root: a tree that belongs to no device */
	const struct kb_loader_vars *vars;  /* a simulation's; NULL: the firmware's are read */
	const struct kb_scan_other *others; /* as many of them as are there */
	size_t n_others;
	bool is_whole;         /* a member of a set that was assembled may be mounted */
	uint64_t memory_bytes; /* the most that reading may take; 0: no limit */
};

/* The run function of a child: data is a struct kb_scan_job. Writes findings lines to out_fd. */
int kb_scan_job_run(void *data, int out_fd);

#endif
