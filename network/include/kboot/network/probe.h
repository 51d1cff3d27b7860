/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the servers of a network say that is to be booted: the question behind the lease, in which
 * this machine says that it is one that boots from there.
 * For app, in a process that may wait. Must not take a lease, nor believe what is said.
 */
#ifndef KBOOT_NETWORK_PROBE_H
#define KBOOT_NETWORK_PROBE_H

#include "kboot/base/arena.h"
#include "kboot/base/error.h"
#include "kboot/base/sys.h"
#include "kboot/network/address.h"

/* No answer: as long. An answer: half as long, for others may have more to say. */
enum { KB_PROBE_MS = 4000 };

struct kb_probe {
	const char *interface;    /* the kernel's name; it is on, and best has its address */
	unsigned arch;            /* kb_probe_arch */
	const char *user_class;   /* NULL: "iPXE"; "": none */
	const char *vendor_class; /* NULL: PXE's for arch */
	struct kb_ip lease;       /* who gave the lease; family 0: not known */
};

enum { KB_BOOT_INFOS_MAX = 16, KB_BOOT_TITLE_BYTES = 81 };

/* Texts are of any bytes but NUL, and live in the arena. */
struct kb_boot_info {
	const char *title;  /* of the menu that the server has; NULL: it has none */
	const char *reason; /* a sentence: why this server and no other */
	/* "NAME=VALUE" in udhcpc's names, NULL behind the last, to be put over a lease's: where the
	 * file is is tftp, the file both bootfile and boot_file, so that nothing of a lease is
	 * taken for it. */
	char *const *variables;
};

/* One, or the items of a menu, of which the first is the server's own choice. */
struct kb_boot_infos {
	struct kb_boot_info at[KB_BOOT_INFOS_MAX];
	size_t n;
	int wait_s; /* before that choice; -1: a person has to choose */
};

/* Was this machine started by EFI firmware? sysfs_fd: /sys. */
bool kb_probe_has_efi(int sysfs_fd);
/* IANA's number for this machine as its firmware started it. */
unsigned kb_probe_arch(int sysfs_fd);
/* Asks, for KB_PROBE_MS at most, in a process that has nothing but the socket. -ETIMEDOUT: nobody
 * answers; -ENOMEM, another -errno. */
KB_MUST_CHECK int kb_probe_run(const struct kb_probe *probe, const struct kb_sys *sys, int sysfs_fd,
			       struct kb_arena *arena, struct kb_boot_infos *ret_infos,
			       struct kb_error *err);

#endif
