/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Device-mapper: devices made of ranges of others.
 * For the floors that map (mount, storage), in a worker.
 * Must not know what a table is for.
 */
#ifndef KBOOT_BASE_DM_H
#define KBOOT_BASE_DM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "kboot/base/sys.h"

/* What kboot makes for itself has a uuid that begins so, and is shown to nobody. */
#define KB_DM_OWN      "KBOOT-"
#define KB_DM_SNAPSHOT KB_DM_OWN       /* MAJOR:MINOR of its origin; it goes by itself */
#define KB_DM_PART     KB_DM_OWN "of-" /* and the uuid of what it is a part of */

enum { KB_DM_NAME_BYTES = 128, KB_DM_UUID_BYTES = 129 };

struct kb_dm {
	const struct kb_sys *sys;
	int control_fd;
};

struct kb_dm_target {
	uint64_t start; /* in sectors of 512 bytes, as length */
	uint64_t length;
	const char *type; /* "linear" */
	const char *params;
};

/* By which a device is found: the first of the three that is there. */
struct kb_dm_id {
	const char *name;
	const char *uuid;
	dev_t dev;
};

struct kb_dm_status {
	dev_t dev;
	uint32_t flags; /* DM_ACTIVE_PRESENT_FLAG, … */
	char name[KB_DM_NAME_BYTES];
	char uuid[KB_DM_UUID_BYTES];
};

/* Its control device below dev_dir; the modules that it needs, and loop, are loaded where it is
 * missing. -ENOENT, -ENODEV: this kernel has none. */
KB_MUST_CHECK int kb_dm_open(const struct kb_sys *sys, const char *dev_dir, struct kb_dm *ret_dm);
/* The same without loading anything. */
KB_MUST_CHECK int kb_dm_find(const struct kb_sys *sys, const char *dev_dir, struct kb_dm *ret_dm);
void kb_dm_done(struct kb_dm *dm);

/* -ENXIO: there is no such device. */
KB_MUST_CHECK int kb_dm_status(const struct kb_dm *dm, const struct kb_dm_id *id,
			       struct kb_dm_status *ret_status);
/* -EBUSY: there is one of this name or uuid. */
KB_MUST_CHECK int kb_dm_create(const struct kb_dm *dm, const char *name, const char *uuid,
			       dev_t *ret_dev);
/* The table that the next resume makes valid. flags: DM_READONLY_FLAG. */
KB_MUST_CHECK int kb_dm_load(const struct kb_dm *dm, const char *name, uint32_t flags,
			     const struct kb_dm_target *targets, size_t n_targets);
/* The table that is in use. Texts lie in it, and it may hold a key: it is overwritten when it goes.
 */
struct kb_dm_table {
	struct kb_dm_target targets[64];
	size_t n_targets;
	char *data;
	size_t bytes;
};

/* -E2BIG: it has more targets than that. */
KB_MUST_CHECK int kb_dm_table(const struct kb_dm *dm, const struct kb_dm_id *id,
			      struct kb_dm_table *ret_table);
void kb_dm_table_done(struct kb_dm_table *table);
/* flags: 0 resumes, DM_SUSPEND_FLAG suspends (DM_NOFLUSH_FLAG: with what waits). */
KB_MUST_CHECK int kb_dm_suspend(const struct kb_dm *dm, const char *name, uint32_t flags);
/* flags: DM_DEFERRED_REMOVE: when nobody has it open any more. */
KB_MUST_CHECK int kb_dm_remove(const struct kb_dm *dm, const struct kb_dm_id *id, uint32_t flags);
/* All of it: a device with this table, in use. flags as kb_dm_load() has them. Nothing is left of
 * it where it fails. */
KB_MUST_CHECK int kb_dm_map(const struct kb_dm *dm, const struct kb_dm_id *id, uint32_t flags,
			    const struct kb_dm_target *targets, size_t n_targets, dev_t *ret_dev);

#endif
