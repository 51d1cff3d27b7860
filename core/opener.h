/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From canonical names to open descriptors: mounts what is needed, each device once.
 * For the load worker.
 * Must not run in the engine itself: it mounts and may hang.
 */
#ifndef KBOOT_CORE_OPENER_H
#define KBOOT_CORE_OPENER_H

#include "kboot/base/arena.h"
#include "kboot/base/error.h"
#include "kboot/base/sys.h"
#include "kboot/mount/device.h"
#include "places.h"

enum { KB_OPENER_MAX_MOUNTS = 8 };

/* What is mounted of a server. Text lives in the opener's arena. */
struct kb_opener_nfs {
	const char *place;
	const char *export; /* the server's directory at the root of the mount */
	struct kb_mount mount;
};

/* Zeroed but for sys, places and read_write. */
struct kb_opener {
	const struct kb_sys *sys;
	const struct kb_places *places; /* as they were when the worker was forked */
	bool read_write;
	bool own_namespace;
	struct kb_mount mounts[KB_OPENER_MAX_MOUNTS];
	size_t n_mounts;
	struct kb_arena arena;
	struct kb_opener_nfs nfs[KB_OPENER_MAX_MOUNTS];
	size_t n_nfs;
};

void kb_opener_done(struct kb_opener *o);
/* Opens a regular file for reading. The sentence begins with what could not be opened. */
KB_MUST_CHECK int kb_opener_open(struct kb_opener *o, const char *canonical, int *ret_fd,
				 struct kb_error *err);

#endif
