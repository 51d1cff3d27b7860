/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The workers that make devices of devices, and take them apart.
 * For the engine, through kb_child_start.
 * Must not run in the engine itself: they start programs, and may hang with a disk.
 */
#ifndef KBOOT_CORE_ASSEMBLE_JOB_H
#define KBOOT_CORE_ASSEMBLE_JOB_H

#include "kboot/base/sys.h"
#include "kboot/storage/assemble.h"

enum {
	KB_ASSEMBLE_DEADLINE_MS = 60000,
	KB_DISASSEMBLE_DEADLINE_MS = 15000,
	KB_ASSEMBLE_MAX_MEMBERS = 256, /* of one kind, in the whole machine */
	KB_ASSEMBLE_MAX_APART = 64,
};

#define KB_STORAGE_RUN_DIR "/run/kboot/storage"

struct kb_assemble_job {
	const struct kb_sys *sys;
	enum kb_set_kind kind;
	struct kb_member members[KB_ASSEMBLE_MAX_MEMBERS];
	size_t n_members;
	bool may_degrade;
};

/* The run function of a child: data is a struct kb_assemble_job. Writes sets to out_fd. */
int kb_assemble_job_run(void *data, int out_fd);
/* A line of it; texts live in the arena. */
KB_MUST_CHECK int kb_assemble_decode(struct kb_arena *arena, enum kb_set_kind kind,
				     struct kb_str line, struct kb_set *ret_set);

/* What a disk that is gone has left behind, from the top down. */
struct kb_disassemble_job {
	const struct kb_sys *sys;
	char names[KB_ASSEMBLE_MAX_APART][64];
	size_t n_names;
};

/* The run function of a child: data is a struct kb_disassemble_job. Writes reports to out_fd. */
int kb_disassemble_job_run(void *data, int out_fd);

#endif
