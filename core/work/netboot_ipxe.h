/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A script of iPXE that a network boot service gives, and those that it goes on to: the entries
 * that its menus lead to. For the netboot worker. Must not start what a script starts.
 */
#ifndef KBOOT_CORE_NETBOOT_IPXE_H
#define KBOOT_CORE_NETBOOT_IPXE_H

#include "netboot_files.h"
#include "netboot_source.h"

struct kb_netboot_script {
	struct kb_arena *arena;
	struct kb_netboot_files *files;
	const struct kb_netboot_lease *lease;
	struct kb_diag_sink diags;
	void *ctx;
	int (*entry)(void *ctx, const struct kb_entry *entry);
};

/* *ret_wait_ms: how long its first menu waits, 0 where it asks nothing and starts something; -1:
 * for ever. -ENOMEM, or what entry answers. */
KB_MUST_CHECK int kb_netboot_run(const struct kb_netboot_script *script, const char *url,
				 struct kb_str text, int64_t *ret_wait_ms);

#endif
