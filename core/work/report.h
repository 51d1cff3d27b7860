/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the workers that load entries and go places tell of it, an object a line.
 * For them, the pipeline and the requests.
 * Must not trust the worker, which has read a hostile disk.
 */
#ifndef KBOOT_CORE_REPORT_H
#define KBOOT_CORE_REPORT_H

#include "kboot/base/arena.h"
#include "kboot/base/error.h"

#define KB_REPORT_ROW "row"

/* What a line does not say is NULL, 0, false. */
struct kb_report {
	const char *note;   /* a sentence on the way */
	uint64_t of;        /* the fingerprint of the file that the note is about; 0: it is news */
	const char *error;  /* the end: it failed */
	bool is_missing;    /* with error: for want of a device */
	const char *stage;  /* kb_stage_name() */
	const char *method; /* with the last stage: "kexec_load: why" */
	uint64_t done_bytes;
	uint64_t total_bytes;
	/* With error, where a person's answer would help: kb_fetch_want_name(); of whom, and what
	 * it is about, as struct kb_fetch_question has it. */
	const char *wants;
	const char *server;
	const char *user;
	const char *host_key;
	const char *plan; /* the text of a plan */
	const char *place;
	const char *path;
	/* What a word is: "boot", "command"; what was done: "umount", "save"; that place and path
	 * are one of many. */
	const char *how;
};

/* An engine that no longer listens has ended the worker or is about to: nothing can fail. */
void kb_report_tell(int out_fd, const struct kb_report *report);
/* That it failed with r, with the sentence of err if there is one. */
void kb_report_error(int out_fd, int r, const struct kb_error *err);
/* One line, taken apart. Strings live in the arena. */
KB_MUST_CHECK int kb_report_decode(struct kb_arena *arena, struct kb_str line,
				   struct kb_report *ret_report);

#endif
