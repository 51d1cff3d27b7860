/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What boot loaders keep on their disks about the last boots: GRUB's environment block, the tries
 * in the name of a counted entry. Bytes in, bytes out.
 * For core, which writes them when an entry is really booted.
 * Must not open anything.
 */
#ifndef KBOOT_FORMATS_BOOT_STATE_H
#define KBOOT_FORMATS_BOOT_STATE_H

#include "kboot/model/write.h"

/*
 * Appends to out the environment block with those of writes that are variables of file, in as many
 * bytes as it has; everything else in it, comments too, stays as it is. -EILSEQ for what is no
 * block, -ENOSPC where there is no room for them, -ENOMEM.
 */
KB_MUST_CHECK int kb_grubenv_edit(struct kb_str block, const struct kb_writes *writes,
				  const char *file, struct kb_buf *out);

/*
 * Appends the name that a counted entry has when one more try is made: "x+3.conf" is "x+2-1.conf",
 * "x+2-1.conf" is "x+1-2.conf"; as many digits stay. -EINVAL where it counts nothing, or no try is
 * left.
 */
KB_MUST_CHECK int kb_bls_count_try(struct kb_str name, struct kb_buf *out);
/* Takes the counter off the end of a name without its suffix. False: there is none. */
bool kb_bls_drop_counter(struct kb_str *stem);

#endif
