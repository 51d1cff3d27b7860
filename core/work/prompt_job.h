/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The worker that goes where the prompt wants to go: mounts what is on the way, looks what a word
 * names, takes mounts away again, prepares a chroot.
 * For the requests, through kb_child_start.
 * Must not run in the engine itself: it mounts, reads and may hang.
 */
#ifndef KBOOT_CORE_PROMPT_JOB_H
#define KBOOT_CORE_PROMPT_JOB_H

#include "kboot/base/arena.h"
#include "prompt_task.h"

/* The run function of a child: data is a struct kb_prompt_job. */
int kb_prompt_job_run(void *data, int out_fd);

/* One line of the worker, taken apart. Strings live in the arena; what is not said is NULL. */
struct kb_prompt_report {
	const char *note;  /* a sentence on the way; the rest, but for of, says nothing then */
	uint64_t of;       /* the fingerprint of the file that the note is about; 0: it is news */
	const char *error; /* the end: it failed */
	bool is_missing;   /* with error: for want of a device */
	const char *place;
	const char *path;
	const char *how; /* RUN: "boot", "command" */
};

KB_MUST_CHECK int kb_prompt_report_decode(struct kb_arena *arena, struct kb_str line,
					  struct kb_prompt_report *ret_report);

#endif
