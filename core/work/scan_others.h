/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The other filesystems to which the configurations of a device lead.
 * For the worker that looks at the device.
 * Must open them before anything is read, and tell each name that is asked for.
 */
#ifndef KBOOT_CORE_SCAN_OTHERS_H
#define KBOOT_CORE_SCAN_OTHERS_H

#include "catalog/findings.h"
#include "kboot/mount/device.h"

/* A filesystem that the configurations of the device lead to, and its name there. */
struct kb_scan_other {
	const char *name;
	const struct kb_device *device;
};

/* Zeroed is empty. */
struct kb_scan_others {
	struct kb_findings_writer *w;
	const struct kb_scan_other *list;
	size_t n;
	struct kb_mount mounts[KB_FINDINGS_MAX_OTHERS]; /* of the list */
	bool is_open[KB_FINDINGS_MAX_OTHERS];
	const char *asked[KB_FINDINGS_MAX_OTHERS];
	size_t n_asked;
};

/* Of one with w, list and n. One that cannot be had is told, and is not there. */
void kb_scan_others_open(struct kb_scan_others *o, const struct kb_sys *sys,
			 const struct kb_mount_options *options);
void kb_scan_others_done(struct kb_scan_others *o);
/* What out, of a device, asks about them. */
void kb_scan_others_give(struct kb_scan_others *o, struct kb_reader_out *out);

#endif
