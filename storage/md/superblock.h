/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The md superblock of one member, of every version there is.
 * For the assembler of arrays.
 * Must not judge: verdict.h does.
 */
#ifndef KBOOT_STORAGE_MD_SUPERBLOCK_H
#define KBOOT_STORAGE_MD_SUPERBLOCK_H

#include "part/member.h"

enum {
	KB_MD_NAME_BYTES = 33,
	KB_MD_ROLES = 1920, /* devices that a superblock knows of, at most */
	KB_MD_SPARE = 0xffff,
	KB_MD_FAULTY = 0xfffe,
	KB_MD_JOURNAL = 0xfffd,
	KB_MD_MOST_ACTIVE = 0xff00, /* above it are words, below it places */
};

struct kb_md_super {
	unsigned major_version; /* 0 (90) or 1 */
	unsigned minor_version;
	int level;
	unsigned raid_disks;
	uint64_t events;
	bool is_clean;      /* parity is as it should be */
	bool is_reshaping;  /* its data are on their way to other places */
	bool is_recovering; /* this member is only being filled */
	unsigned number;    /* of this device, among all that ever were */
	unsigned n_roles;
	uint16_t roles[KB_MD_ROLES]; /* by number */
	char name[KB_MD_NAME_BYTES]; /* as it stands there, "host:data"; "": none */
};

/* -ENOENT: there is none; -EUCLEAN: it is none that could be; -errno of reading. */
KB_MUST_CHECK int kb_md_super_read(const struct kb_part *part, struct kb_md_super *ret_super);

#endif
