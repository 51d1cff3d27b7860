/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The small files of /sys/class/block: one value each.
 * For the sources of scan.
 * Must not follow a link out of the sysfs tree it is given.
 */
#ifndef KBOOT_SCAN_ATTRIBUTE_H
#define KBOOT_SCAN_ATTRIBUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kboot/base/cleanup.h"
#include "kboot/base/str.h"
#include "kboot/base/tree.h"

/* Names in /sys/class/block with '!' for '/'; a component of at most this many bytes with NUL. */
enum { KB_SCAN_NAME_BYTES = 64 };

/* Is attribute ("size", "../removable") of block device name there? */
bool kb_scan_has(const struct kb_tree *sysfs, const char *name, const char *attribute);
/* A decimal number. -ENOENT, -EINVAL, … */
KB_MUST_CHECK int kb_scan_number(const struct kb_tree *sysfs, const char *name,
				 const char *attribute, uint64_t *ret_value);
/* Does the file hold 1? No is also the answer where there is none or it holds no number. */
KB_MUST_CHECK int kb_scan_flag(const struct kb_tree *sysfs, const char *name, const char *attribute,
			       bool *ret_flag);
/* What the file holds, without blanks around; "" where there is none. */
KB_MUST_CHECK int kb_scan_text(const struct kb_tree *sysfs, const char *name, const char *attribute,
			       struct kb_buf *text);
/* Does the file begin with this? No is also the answer where there is none. */
KB_MUST_CHECK int kb_scan_begins(const struct kb_tree *sysfs, const char *name,
				 const char *attribute, struct kb_str with, bool *ret_begins);
/*
 * Where /sys/class/block/NAME points: "../../devices/pci0000:00/…/block/sda/sda1". "" in a tree
 * with folders in place of links. -ENAMETOOLONG, …
 */
KB_MUST_CHECK int kb_scan_link(const struct kb_tree *sysfs, const char *name, char *ret_target,
			       size_t size);

#endif
