/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ways a kernel gets loaded, each behind the same call.
 * For plan.c and load.c.
 * Must not choose: that is the plan's work.
 */
#ifndef KBOOT_BOOT_METHOD_H
#define KBOOT_BOOT_METHOD_H

#include "image_x86.h"
#include "kboot/boot/load.h"

/* One load: what every method is given. */
struct kb_boot_job {
	const struct kb_sys *sys;
	const struct kb_boot_host *host;
	const struct kb_boot_request *request;
	const struct kb_boot_plan *plan;
	kb_boot_progress_fn *progress; /* may be NULL */
	void *ctx;
	uint64_t done_bytes; /* read so far, for progress */
};

typedef int kb_boot_load_fn(struct kb_boot_job *job, struct kb_error *err);

kb_boot_load_fn kb_x86_load;   /* kexec_load(2) with our own boot_params */
kb_boot_load_fn kb_file_load;  /* kexec_file_load(2) */
kb_boot_load_fn kb_tools_load; /* kexec-tools */

/* Turns what a kexec call answered into one sentence; returns r. */
int kb_boot_refused(const struct kb_boot_job *job, const char *call, int r, struct kb_error *err);

/* NULL: our own loader takes this kernel on this machine. Else why not, one clause. */
const char *kb_x86_why_not(const struct kb_boot_host *host, const struct kb_x86_header *header);

#endif
