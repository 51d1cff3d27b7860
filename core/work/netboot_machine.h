/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a network boot service would be told and has said: the machine's lease, and the machine.
 * For the netboot worker, while it may still send what it likes. Must not take a lease: it has been
 * taken.
 */
#ifndef KBOOT_CORE_NETBOOT_MACHINE_H
#define KBOOT_CORE_NETBOOT_MACHINE_H

#include "kboot/base/sys.h"
#include "kboot/network/probe.h"
#include "netboot_source.h"

/* What may be booted: one, or the items of a menu that a server has. */
struct kb_netboot_choices {
	struct {
		const char *title; /* NULL: there is nothing to choose from */
		struct kb_netboot_lease lease;
	} at[KB_BOOT_INFOS_MAX];
	size_t n;
	int wait_s; /* before the first; -1: a person has to choose */
};

/* Of several leases the first that names a boot file; before it what servers say that are asked
 * what to boot. note: who, or why nobody. -ENOENT: there is no lease. */
KB_MUST_CHECK int kb_netboot_machine(const struct kb_sys *sys, struct kb_arena *arena,
				     struct kb_netboot_choices *ret_choices, struct kb_error *note,
				     struct kb_error *err);

#endif
