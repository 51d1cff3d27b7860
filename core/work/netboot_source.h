/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a lease to what a network boot service wants to have booted: which file it names, what that
 * file is taken for by its name, and where each boot program looks for its configuration.
 * For the netboot worker. Must not ask anybody: all of it are pure functions of the lease.
 */
#ifndef KBOOT_CORE_NETBOOT_SOURCE_H
#define KBOOT_CORE_NETBOOT_SOURCE_H

#include "kboot/base/arena.h"
#include "kboot/base/error.h"
#include "kboot/formats/reader.h"

/* "NAME=VALUE", in udhcpc's names; mac= and uuid= are the machine's. Borrowed. */
struct kb_netboot_lease {
	const char *const *vars;
	size_t n_vars;
};

enum kb_netboot_kind {
	KB_NETBOOT_UNKNOWN, /* its content has to tell */
	KB_NETBOOT_PXELINUX,
	KB_NETBOOT_GRUB,
	KB_NETBOOT_IPXE,            /* the program, not a script */
	KB_NETBOOT_PXELINUX_CONFIG, /* the file itself */
	KB_NETBOOT_GRUB_CONFIG,
	KB_NETBOOT_KBOOT_CONF,
};

enum { KB_NETBOOT_MAX_PLACES = 96 };

/* NULL or empty values are none. */
const char *kb_netboot_var(const struct kb_netboot_lease *lease, const char *name);
/* Is the address of a host known, to whoever knows such things? */
typedef bool kb_netboot_host_fn(void *ctx, const char *host);
/* The file that the lease names, as a URL (by TFTP where it is none): option 67 before the packet's
 * own field; on the first server, 66 before siaddr before the server itself, that is an address or
 * a name that is_known, else on the first. -ENOENT: it names none; -EINVAL: a file, and no server.
 */
KB_MUST_CHECK int kb_netboot_url(struct kb_arena *arena, const struct kb_netboot_lease *lease,
				 kb_netboot_host_fn *is_known, void *ctx, const char **ret_url,
				 struct kb_error *err);
enum kb_netboot_kind kb_netboot_kind_of(const char *url);
/* Below the origin of url: the paths where the program at url looks for its configuration, in its
 * order. -ENOMEM. */
KB_MUST_CHECK int kb_netboot_places(struct kb_arena *arena, const struct kb_netboot_lease *lease,
				    enum kb_netboot_kind kind, const char *path,
				    const char *ret_paths[static KB_NETBOOT_MAX_PLACES],
				    size_t *ret_n);
/* What PXELINUX hands on, in the arena. -ENOMEM. */
KB_MUST_CHECK int kb_netboot_net(struct kb_arena *arena, const struct kb_netboot_lease *lease,
				 struct kb_reader_net *ret_net);
/* The bytes of a path as a URL has them. NULL: no memory. */
const char *kb_netboot_encode(struct kb_arena *arena, const char *path);

#endif
