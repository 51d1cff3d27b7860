/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a network boot service would be told and has said: the machine's lease, and the machine.
 * For the netboot worker. Must not ask anybody: the lease has been taken.
 */
#ifndef KBOOT_CORE_NETBOOT_MACHINE_H
#define KBOOT_CORE_NETBOOT_MACHINE_H

#include "netboot_source.h"

/* Of several leases the first that names a boot file. -ENOENT: there is none. */
KB_MUST_CHECK int kb_netboot_machine(struct kb_arena *arena, struct kb_netboot_lease *ret_lease,
				     struct kb_error *err);

#endif
