/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the superblock of an ext2, ext3 or ext4 says of its state.
 * For `rescue`, before anything is written.
 * Must not judge more than is written there.
 */
#ifndef KBOOT_SHELL_EXT_STATE_H
#define KBOOT_SHELL_EXT_STATE_H

#include "kboot/base/str.h"

/* Where it is on the device, and how much of it is looked at. */
enum { KB_EXT_AT = 1024, KB_EXT_BYTES = 128 };

enum {
	KB_EXT_ERRORS = 1,  /* the kernel has found errors in it */
	KB_EXT_JOURNAL = 2, /* its journal waits: it was not unmounted */
};

/* A set of these; 0: neither, or it is no such filesystem. */
unsigned kb_ext_state(struct kb_str superblock);

#endif
