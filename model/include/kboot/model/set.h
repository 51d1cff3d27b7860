/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A set: devices that make another one (or several) together, as far as they are there.
 * For every module above base.
 * Must not do I/O; the strings belong to whoever made the value.
 */
#ifndef KBOOT_MODEL_SET_H
#define KBOOT_MODEL_SET_H

#include <stdbool.h>
#include <stddef.h>

#include "kboot/base/arena.h"
#include "kboot/base/json.h"

enum kb_set_kind {
	KB_SET_NONE,
	KB_SET_MD,
	KB_SET_LVM,
	KB_SET_BTRFS, /* of several devices */
	KB_SET_LUKS,
	KB_SET_TABLE, /* a partition table inside another volume */
	KB_N_SETS
};

enum kb_set_state {
	KB_SET_WAITING,  /* for members that are not there yet */
	KB_SET_LOCKED,   /* for a passphrase */
	KB_SET_READY,    /* assembled, whole; unlocked */
	KB_SET_DEGRADED, /* assembled without some */
	KB_SET_REFUSED,  /* it is not going to be: why says it */
	KB_N_SET_STATES
};

enum { KB_SET_MAX_MEMBERS = 64 };

struct kb_set {
	enum kb_set_kind kind;
	enum kb_set_state state;
	const char *uuid; /* of the array, the volume group, the filesystem; of a TABLE its member's
			     name */
	const char *name; /* "data", "vg"; NULL: it has none */
	const char *why;  /* a sentence without its stop ("1 of 3 disks is missing"); NULL: all is
			     well */
	unsigned n_wanted;                       /* members; 0: nobody says */
	const char *members[KB_SET_MAX_MEMBERS]; /* that are there, by kernel name */
	size_t n_members;
};

const char *
kb_set_kind_name(enum kb_set_kind kind); /* "md", "lvm", "btrfs", "luks", "partitions" */
/* What a device of that type (libblkid's) is a member of; NONE: it stands for itself. */
enum kb_set_kind kb_set_kind_of_type(const char *fstype);
/* NONE for what is no such name, and for NULL. */
enum kb_set_kind kb_set_kind_from_name(const char *name);
const char *kb_set_state_name(enum kb_set_state state); /* "waiting", "locked", … */

#endif
