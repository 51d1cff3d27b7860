/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The worker that asks a network boot service what there is to boot: the file that the DHCP server
 * names, and the configuration that the boot program of that name would read. For the scanner,
 * through kb_child_start; it tells findings as a scan worker does. Must not run in the engine.
 */
#ifndef KBOOT_CORE_NETBOOT_JOB_H
#define KBOOT_CORE_NETBOOT_JOB_H

#include "catalog/place.h"
#include "kboot/base/sys.h"

enum { KB_NETBOOT_DEADLINE_MS = 60000 };

struct kb_netboot_job {
	const struct kb_sys *sys;
	const struct kb_places *places;
	const char *const *lease; /* of a simulation; NULL: the machine's own */
	size_t n_lease;
};

/* The run function of a child: data is a struct kb_netboot_job. Writes findings lines to out_fd. */
int kb_netboot_job_run(void *data, int out_fd);

#endif
