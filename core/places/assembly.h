/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes devices of devices as their members turn up: a worker a kind, started anew whenever the
 * members are others than it knew. What it makes comes back as a device of the kernel's. For the
 * engine, where kboot drives the machine; not in a simulation. Must not open anything that wants a
 * passphrase, and must not wait.
 */
#ifndef KBOOT_CORE_ASSEMBLY_H
#define KBOOT_CORE_ASSEMBLY_H

#include "hotplug.h"
#include "work/assemble_job.h"

enum {
	/* So long after everything else is quiet a set that lacks members is read without them. */
	KB_ASSEMBLY_PATIENCE_MS = 3000,
	KB_ASSEMBLY_MAX_SETS = 64, /* of one kind */
};

struct kb_assembler {
	struct kb_assembly_watch *owner;
	enum kb_set_kind kind;
	struct kb_child *child;
	struct kb_assemble_job job;
	uint64_t print;        /* of the members that it was started with last; 0: of none */
	bool may_degrade;      /* as it was started last */
	struct kb_arena arena; /* of the sets */
	struct kb_set *sets;
	size_t n_sets;
	struct kb_arena incoming_arena;
	struct kb_set *incoming;
	size_t n_incoming;
};

struct kb_assembly_watch {
	struct kb_scanner *scanner;
	const struct kb_hotplug *hotplug;
	void *ctx;
	void (*changed)(void *ctx); /* a set is another one, or its worker ended */
	struct kb_source *patience;
	struct kb_assembler by_kind[KB_N_SETS];
	struct kb_disassemble_job apart; /* what is still to be taken apart */
	struct kb_disassemble_job taking;
	struct kb_child *taker;
};

KB_MUST_CHECK int kb_assembly_init(struct kb_assembly_watch *a);
void kb_assembly_done(struct kb_assembly_watch *a);
/* After places came, went, or were read. */
void kb_assembly_look(struct kb_assembly_watch *a);
/* At the next look everything is assembled anew, whatever is known. */
void kb_assembly_again(struct kb_assembly_watch *a);
/* Is something still being assembled, or waited for? */
bool kb_assembly_pending(const struct kb_assembly_watch *a);
/* The device of that name stands on something that is gone: it is taken apart. */
void kb_assembly_take_apart(struct kb_assembly_watch *a, const char *name);

#endif
