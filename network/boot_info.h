/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What servers say that is to be booted, as text: for the way from the process that has taken their
 * packets apart, which has no rights, to the one that asked for it.
 * For probe.c. Must not believe the text: whoever has read a packet may have been made to write it.
 */
#ifndef KBOOT_NETWORK_BOOT_INFO_H
#define KBOOT_NETWORK_BOOT_INFO_H

#include "offers.h"

enum { KB_BOOT_INFOS_BYTES = 1 << 20 };

/* An object; with a code in err it is the sentence alone that counts. */
void kb_boot_infos_put(const struct kb_boot_infos *infos, const struct kb_error *err,
		       struct kb_buf *json);
/* What err was, -EINVAL, -EPROTO, -ENOMEM. */
KB_MUST_CHECK int kb_boot_infos_take(struct kb_arena *arena, struct kb_str text,
				     struct kb_boot_infos *ret_infos, struct kb_error *err);

#endif
