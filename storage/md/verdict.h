/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the superblocks of an array say together: can it be read, and with which of its members?
 * For the assembler of arrays.
 * Must not touch a device.
 */
#ifndef KBOOT_STORAGE_MD_VERDICT_H
#define KBOOT_STORAGE_MD_VERDICT_H

#include "kboot/base/str.h"
#include "kboot/model/set.h"
#include "md/superblock.h"

struct kb_md_member {
	const char *name;
	struct kb_md_super super;
};

struct kb_md_verdict {
	enum kb_set_state state; /* READY and DEGRADED: to be assembled */
	unsigned n_wanted;
	size_t freshest;                /* the member whose word counts */
	bool takes[KB_SET_MAX_MEMBERS]; /* which members it is assembled from */
};

/* n_members is at least 1. why gets a sentence without its stop where there is one to be said. */
void kb_md_judge(const struct kb_md_member *members, size_t n_members, bool may_degrade,
		 struct kb_md_verdict *ret_verdict, struct kb_buf *why);
/* "raid5"; of an unknown level "level 7". */
void kb_md_put_level(struct kb_buf *to, int level);

#endif
