/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A logical volume as a read-only device: the tables that lvm would make, as far as reading needs
 * them.
 * For the assembler of volume groups.
 * Must not map what cannot be read without writing.
 */
#ifndef KBOOT_STORAGE_LVM_MAP_H
#define KBOOT_STORAGE_LVM_MAP_H

#include "kboot/base/dm.h"
#include "lvm/report.h"
#include "part/member.h"

struct kb_lvm_mapper {
	const struct kb_assembly *a;
	const struct kb_dm *dm;
	struct kb_arena *arena;
	const struct kb_lvm_vg *vg;
	const struct kb_part *parts; /* the physical volumes that are there */
	size_t n_parts;
};

/* It is there already: nothing is done. Errors with a sentence without its subject. */
KB_MUST_CHECK int kb_lvm_map(const struct kb_lvm_mapper *m, struct kb_lvm_lv *lv,
			     struct kb_error *err);
/* "vg--x-root": what device-mapper calls it. -ENAMETOOLONG. */
KB_MUST_CHECK int kb_lvm_dm_name(const char *vg, const char *lv,
				 char ret_name[static KB_DM_NAME_BYTES]);

#endif
