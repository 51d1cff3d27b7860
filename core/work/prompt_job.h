/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The worker that goes where the prompt wants to go: mounts what is on the way, looks what a word
 * names, takes mounts away again, prepares a chroot.
 * For the requests, through kb_child_start.
 * Must not run in the engine itself: it mounts, reads and may hang.
 */
#ifndef KBOOT_CORE_PROMPT_JOB_H
#define KBOOT_CORE_PROMPT_JOB_H

#include "catalog/place.h"
#include "kboot/base/sys.h"

enum kb_prompt_task {
	KB_TASK_VISIT,   /* where name leads */
	KB_TASK_RUN,     /* what the word name is: something bootable, a program, or for BusyBox */
	KB_TASK_UMOUNT,  /* what was mounted for name */
	KB_TASK_REMOUNT, /* the same, and then mounted anew, read_write or not */
	KB_TASK_DETACH,  /* what was mounted from the device name, which is gone, in use or not */
	KB_TASK_SAVE,    /* text into the kboot.conf that name is */
	/* a mount namespace with the environment in it, for as long as it lives; with name, with
	 * that filesystem alone */
	KB_TASK_CHROOT,
	KB_TASK_FIRMWARE, /* what the firmware can start; with name: it is to start that next */
};

enum { KB_PROMPT_DEADLINE_MS = 20000, KB_PROMPT_MAX_NAMES = 16384 };

struct kb_prompt_job {
	const struct kb_sys *sys;
	const struct kb_places *places;
	const char *root; /* the booted environment's device; "" */
	bool read_write;
	bool insist; /* CHROOT: on read_write; fail rather than mount read-only */
	enum kb_prompt_task task;
	const char *name;
	const char *from;
	bool want_dir;    /* VISIT */
	const char *list; /* VISIT: the names in there that begin so are told; NULL: none are */
	const char *text; /* SAVE: lines of a kboot.conf */
};

/* The run function of a child: data is a struct kb_prompt_job. Writes reports to out_fd. */
int kb_prompt_job_run(void *data, int out_fd);

#endif
