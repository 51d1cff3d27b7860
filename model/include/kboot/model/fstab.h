/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an /etc/fstab says that matters for reading: which directory is on what.
 * For formats (makes it), mount and core (follow it).
 * Must not do I/O; the strings belong to whoever made the value (usually an arena).
 */
#ifndef KBOOT_MODEL_FSTAB_H
#define KBOOT_MODEL_FSTAB_H

#include <stdbool.h>
#include <stddef.h>

#include "kboot/base/error.h"

/* A line that mounts something at a directory; lines of swap and of kernel filesystems are not
 * kept. */
struct kb_fstab_line {
	const char *source; /* "UUID=…", "/dev/sda1", "vg/lv" as written; "host:/export"; of a bind
			       mount the directory */
	const char *dir;    /* absolute, normalised: "/", "/home" */
	const char *fstype;    /* NULL for auto: to be probed */
	const char *subvolume; /* btrfs subvol=; NULL */
	const char
		*options; /* what is left that is safe for reading, for mount(2); NULL for none */
	bool is_bind;     /* source is a directory of the same environment */
	bool noauto;      /* mounted when somebody goes there, not by chroot */
	bool nofail;
	struct kb_position at;
};

/* In the order of the file. */
struct kb_fstab {
	struct kb_fstab_line *lines;
	size_t n_lines;
};

/* The line that mounts exactly dir (the last one counts, as when mount -a runs); NULL. */
const struct kb_fstab_line *kb_fstab_at(const struct kb_fstab *fstab, const char *dir);
/* Does it mount a filesystem, or a subvolume, where kernels are: at /boot, or where the ESP is? */
bool kb_fstab_is_boot(const struct kb_fstab_line *line);
/*
 * The line with the longest directory that path is in; "/" lines do not count. *ret_rest is what is
 * left of path ("" or "/x"), borrowed from path. NULL: the root filesystem's own.
 */
const struct kb_fstab_line *kb_fstab_covering(const struct kb_fstab *fstab, const char *path,
					      const char **ret_rest);

#endif
