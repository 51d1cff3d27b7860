/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ISO files on a filesystem: found, mounted, and read as entries.
 * For the worker that looks at the device.
 * Must find and mount them before anything in them is read, and only names are looked at until
 * then.
 */
#ifndef KBOOT_CORE_SCAN_ISOS_H
#define KBOOT_CORE_SCAN_ISOS_H

#include "catalog/findings.h"
#include "kboot/formats/iso.h"
#include "kboot/mount/device.h"

enum {
	KB_SCAN_ISOS_MAX = 64,
	KB_SCAN_ISOS_MAX_FOLDERS = 256,
	KB_SCAN_ISOS_MAX_NAMES = 4096, /* in a folder; more are not looked at */
	KB_SCAN_ISOS_DEPTH = 3,        /* folders in each other, on what people carry around */
	/* So long folders are looked into; on a disk that is built in, on which a system waits to
	 * be started, not as long. */
	KB_SCAN_ISOS_SEARCH_MS = 4000,
	KB_SCAN_ISOS_SEARCH_BUILT_IN_MS = 1500,
	KB_SCAN_ISOS_MOUNT_MS = 4000, /* then no further image is mounted, */
	KB_SCAN_ISOS_READ_MS = 5000,  /* nor read: its script may take its time */
};

struct kb_scan_iso {
	const char *path; /* on the filesystem */
	bool is_open;
	struct kb_mount mount; /* in a simulation: the folder that stands for it */
	unsigned char descriptor[KB_ISO_DESCRIPTOR_BYTES];
};

/* Zeroed, with w, is empty. */
struct kb_scan_isos {
	struct kb_findings_writer *w;
	const struct kb_sys *sys;
	const struct kb_device *device;
	const struct kb_tree *top;
	struct kb_scan_iso *list;
	size_t n;
	int64_t until_ms;
};

/* Finds and mounts those on device, whose tree is top. What cannot be had is told. -ENOMEM. */
KB_MUST_CHECK int kb_scan_isos_open(struct kb_scan_isos *s, const struct kb_mount_options *options);
/* Gives their entries to out. -ENOMEM, what out answers. */
KB_MUST_CHECK int kb_scan_isos_read(struct kb_scan_isos *s, struct kb_error *err);
/* What out, of the device, may ask about them. */
void kb_scan_isos_give(struct kb_scan_isos *s, struct kb_reader_out *out);
void kb_scan_isos_done(struct kb_scan_isos *s);

#endif
