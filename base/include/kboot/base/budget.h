/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine's memory as one budget: what there is, how it is divided before it is given, and
 * accounts that keep a share.
 * For every module that keeps in memory what a disk, the network or a client decides the size of.
 * Must not guess: a machine that tells nothing of its memory has the ceilings.
 */
#ifndef KBOOT_BASE_BUDGET_H
#define KBOOT_BASE_BUDGET_H

#include <stddef.h>
#include <stdint.h>

#include "kboot/base/cleanup.h"

/* Zeroed: unknown. */
struct kb_memory {
	uint64_t total_bytes;
	uint64_t available_bytes; /* without swapping, what can be reclaimed counted in */
};

/* What the memory that was available when the engine started is for; budget.c has the figures. */
enum kb_share {
	KB_SHARE_FINDINGS,  /* entries, settings, texts of all places together */
	KB_SHARE_SNAPSHOTS, /* changes that replayed journals make, of all disks together */
	KB_SHARE_READER,    /* one worker that looks at a device */
	KB_SHARE_CLIENTS,   /* what is on its way to clients, all together */
	KB_SHARE_FETCHED,   /* files from servers that nobody wants at the moment, all together */
	KB_N_SHARES,
};

/* /proc/meminfo below the descriptor. -errno leaves *ret_memory alone. */
KB_MUST_CHECK int kb_memory_read(int procfs_fd, struct kb_memory *ret_memory);
uint64_t kb_memory_share(const struct kb_memory *memory, enum kb_share share);
/* How many such workers at a time, one at least: together they have a quarter of what is available.
 */
unsigned kb_memory_readers(const struct kb_memory *memory);
/* For a kernel with its initrds, of which so many copies are made: kexec takes half of the memory
 * at most, and the clients' share stays free. */
uint64_t kb_memory_for_loading(const struct kb_memory *now, unsigned copies);

/* Zeroed has no cap. */
struct kb_account {
	size_t used_bytes;
	size_t max_bytes;
};

/* -ENOMEM above the cap. An account of NULL takes everything. */
KB_MUST_CHECK int kb_account_take(struct kb_account *account, size_t bytes);
void kb_account_give_back(struct kb_account *account, size_t bytes);

#endif
