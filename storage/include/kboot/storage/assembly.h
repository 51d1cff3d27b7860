/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is to be assembled, and who is told of it.
 * For whoever calls assemble.h.
 * Must not hold more than the caller knows: what is on the members is found out by reading them.
 */
#ifndef KBOOT_STORAGE_ASSEMBLY_H
#define KBOOT_STORAGE_ASSEMBLY_H

#include <stdbool.h>
#include <stddef.h>

#include "kboot/base/error.h"
#include "kboot/base/sys.h"
#include "kboot/model/set.h"

/* One device of a kind. */
struct kb_member {
	const char *name; /* its kernel name, below dev_dir: "sda2", "dm-1" */
	const char *uuid; /* as libblkid has it: of the array, of the volume, of the filesystem */
	bool is_refused;  /* it is there, but does not count: a copy of another member */
};

/* What is to be assembled: every member of one kind that the machine has. */
struct kb_assembly {
	const struct kb_sys *sys;
	const char *dev_dir; /* "/dev" */
	const char *run_dir; /* "/run/kboot/storage": made where it is missing */
	const char *sys_dir; /* NULL: "/sys" */
	enum kb_set_kind kind;
	const struct kb_member *members;
	size_t n_members;
	/* No more members are to be expected soon: what can be read without the missing ones is. */
	bool may_degrade;
};

/* Told of every set once it is assembled, or why it is not; texts are borrowed. Negative ends. */
struct kb_set_sink {
	int (*take)(void *ctx, const struct kb_set *set);
	void *ctx;
};

#endif
