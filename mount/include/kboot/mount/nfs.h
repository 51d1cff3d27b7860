/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Directories of NFS servers, by the kernel's own client: text options for mount(2), no helper
 * programs, no daemons. For core, inside a worker, and for the automounter.
 * Must not run in a process that may not hang, must not write unless told to, and must not send a
 * packet before somebody asks for a file on a server.
 */
#ifndef KBOOT_MOUNT_NFS_H
#define KBOOT_MOUNT_NFS_H

#include <stdbool.h>
#include <stdint.h>

#include "kboot/base/arena.h"
#include "kboot/base/error.h"
#include "kboot/base/str.h"
#include "kboot/base/sys.h"
#include "kboot/mount/mount.h"
#include "kboot/mount/server.h"

enum {
	KB_NFS_PORT = 2049,
	/* A server that is there and says nothing is given up after this long: it fails the call it
	 * leaves unanswered, when mounting and when reading. The kernel sends again at each third.
	 */
	KB_NFS_ANSWER_MS = 12000,
	/* What is mounted is read with the same patience, so it is never less than this. */
	KB_NFS_ANSWER_LEAST_MS = 3000,
	KB_NFS_MAX_PATH = 1024,  /* what the protocols take */
	KB_NFS_MAX_PARENTS = 32, /* directories of a path that are tried with version 3 */
	KB_NFS_MINOR_ANY = -1,
};

/* A server, as the place of a name and an fstab's options describe it. */
struct kb_nfs_place {
	const char *host; /* a name, or an address without brackets */
	uint16_t port;    /* 0: KB_NFS_PORT */
	uint16_t
		mount_port; /* of version 3's mount protocol; 0: the server's portmapper is asked */
	unsigned version;   /* 3 or 4; 0: 4, else 3 */
	int minor;          /* of version 4; KB_NFS_MINOR_ANY: the highest that both sides know */
};

/*
 * "host", "host:2050", "[2001:db8::1]", "[fe80::1%eth0]:2050", each with "?OPTIONS" behind, as
 * kb_name_parse leaves it. An option that kboot does not know is an error here: it was written for
 * kboot. -EINVAL, -ENAMETOOLONG, -ENOTSUP, -ENOMEM, with a sentence.
 */
KB_MUST_CHECK int kb_nfs_place_parse(struct kb_arena *arena, struct kb_str text,
				     struct kb_nfs_place *ret_place, struct kb_error *err);
/*
 * Options as in fstab, over what *place says already: vers=, nfsvers=, v3, v4, v4.1, minorversion=,
 * port=, mountport=; what is about other things (rsize=, hard, x-systemd.automount) is passed over,
 * what kboot cannot do (sec=krb5, proto=rdma) is -ENOTSUP. *place is untouched on failure.
 */
KB_MUST_CHECK int kb_nfs_options_parse(struct kb_str options, struct kb_nfs_place *place,
				       struct kb_error *err);

/* Zeroed but for what is needed. Everything is borrowed for the call. */
struct kb_nfs_mount_request {
	const struct kb_nfs_place *place;
	const char *path;     /* absolute: the file or directory that shall be reached */
	const char *work_dir; /* a mount point is made below it … */
	const char *target; /* … or this directory, which exists, is it; as in kb_mount_options */
	bool keep;          /* kb_mount_done leaves it mounted */
	bool read_write;
	int64_t deadline_ms; /* on the table's clock: no wait is longer, each says so; 0: none */
	struct kb_mount_server_hooks hooks;
};

/*
 * Mounts what holds path: with version 4 the server's whole tree ("/"); with version 3 the longest
 * directory of path that the server lets us mount. Version 3 is also tried where the server has no
 * version 4, or has path only there. *ret_export (in the arena) is the directory of the server that
 * is at the mount's root: what is left of path is below it; whether that exists is for the caller
 * to see. nosuid, nodev, noexec, and read-only unless asked. Errors, one sentence each, beginning
 * with the host: -ENXIO (no address), -ENETUNREACH, -EHOSTUNREACH, -ECONNREFUSED, -ETIMEDOUT,
 * -EACCES, -ENOENT (no such export), -EPROTONOSUPPORT, -ENODEV, what network_up answers, others.
 */
KB_MUST_CHECK int kb_mount_nfs(const struct kb_sys *sys, const struct kb_nfs_mount_request *request,
			       struct kb_arena *arena, struct kb_mount *ret_mount,
			       const char **ret_export, struct kb_error *err);

#endif
