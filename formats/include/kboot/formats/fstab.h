/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An fstab(5): bytes in, the mounts worth following out, each with its position.
 * For core and mount, which follow them, and for app.
 * Must not open files or look at devices, and must keep what can be read of a broken one.
 */
#ifndef KBOOT_FORMATS_FSTAB_H
#define KBOOT_FORMATS_FSTAB_H

#include "kboot/base/arena.h"
#include "kboot/base/error.h"
#include "kboot/base/str.h"
#include "kboot/model/fstab.h"

enum {
	KB_FSTAB_MAX_BYTES = 64 << 10, /* what is behind is left out with one sentence */
	KB_FSTAB_MAX_LINE = 8 << 10,   /* a line above is skipped with one sentence */
	KB_FSTAB_MAX_LINES = 256,      /* mounts above are left out with one sentence */
	KB_FSTAB_MAX_DIAGS = 20,       /* then one "N more" line */
};

/*
 * file is for positions and is copied. Broken lines are diagnostics (an error: the line is skipped;
 * a warning: it is used in part, or left out though somebody may look for it); only -ENOMEM is a
 * failure. What lies on no disk (swap, proc, tmpfs, …) is left out without a word. Of a line kept:
 *
 * - source is "UUID=…", "LABEL=…", "PARTUUID=…" or "PARTLABEL=…" (tag in capitals, no quotes), also
 *   where /dev/disk/by-… was written; "vg/lv", also for /dev/mapper/vg-lv; else a path below /dev;
 *   "host:/export" or "[v6]:/export" of NFS; a directory of a bind mount.
 * - fstype is as libblkid says it ("ntfs", "vfat"), or several with commas; "nfs" or "nfs4"; NULL
 *   for auto and for a bind mount.
 * - subvolume has no leading slash, but for "/" alone, the top of a btrfs; it has no comma.
 * - options are words of a table of what is safe for reading and fits the type, each with its value
 *   checked: ready to be put behind others with a comma. Where the type is NULL they may fit
 * another type than is found.
 */
KB_MUST_CHECK int kb_fstab_read(struct kb_arena *arena, const char *file, struct kb_str text,
				const struct kb_diag_sink *diags, struct kb_fstab *ret_fstab,
				struct kb_error *err);

#endif
