/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The automounter: from a name, as a person writes it, to the place it means; mounts what is on the
 * way: devices, servers, and what the fstab of a booted environment says.
 * For core, inside a worker.
 * Must not decide policy, must not write to a disk unless told to, and must not run in a process
 * that may not hang.
 */
#ifndef KBOOT_MOUNT_AUTOMOUNT_H
#define KBOOT_MOUNT_AUTOMOUNT_H

#include "kboot/base/arena.h"
#include "kboot/base/error.h"
#include "kboot/base/sys.h"
#include "kboot/model/device.h"
#include "kboot/model/fstab.h"
#include "kboot/model/name.h"
#include "kboot/mount/nfs.h"
#include "kboot/mount/smb.h"
#include "kboot/mount/walk.h"

enum { KB_AUTOMOUNT_MAX_NAMESPACES = 16 };

/* What the automounter does not know by itself. Answers are borrowed for as long as it lives. */
struct kb_automount_hooks {
	void *ctx;
	/* A device by NAME, UUID=… and so on; NULL. *ret_other is NULL, or a further one that fits
	 * as well: then a person has to say which. */
	const struct kb_device *(*device)(void *ctx, struct kb_str reference,
					  const struct kb_device **ret_other);
	/* /etc/fstab of the environment whose root is tree; an empty one where there is none. */
	int (*fstab)(void *ctx, struct kb_arena *arena, const struct kb_tree *tree,
		     struct kb_fstab *ret_fstab);
	/* One sentence worth showing: "/etc/fstab:3: /boot is on vda1". */
	void (*note)(void *ctx, const char *sentence);
	struct kb_mount_server_hooks server;
	/* As find_user of kb_smb_mount_request; may be NULL. */
	int (*smb_user)(void *ctx, const struct kb_smb_place *place, struct kb_smb_user *ret_user);
};

struct kb_automount_options {
	const char *dev_dir; /* "/dev" */
	const char *modules; /* "/proc/modules"; NULL: none is waited for */
	const char *run_dir; /* "/run/kboot": mounts are made in mnt/, root/, nfs/, smb/ and iso/
				below */
	/* The booted environment: a device ("sda2", "UUID=…"), "host:/path", "smb://…", or NULL for
	 * none. */
	const char *root;
	const char *folder; /* simulation: a folder that stands for the environment; NULL */
	bool read_write;
	bool hibernated; /* a system sleeps on this machine's disks: none is written to */
	bool no_network; /* a simulation */
	bool may_exec;   /* programs on what is mounted may be run */
	bool keep;       /* mounts stay when the automounter goes: those of the prompt */
	/* On the table's clock: whatever is waited for ends by then, with its own sentence; 0: none
	 */
	int64_t deadline_ms;
};

struct kb_automount_namespace;

struct kb_automount {
	const struct kb_sys *sys;
	struct kb_automount_hooks hooks;
	struct kb_automount_options options;
	struct kb_arena arena;
	struct kb_automount_namespace *namespaces;
	size_t n_namespaces;
};

/* Where a name leads. Text lives in the automounter, as does the tree. */
struct kb_place_found {
	struct kb_resolved resolved;
	const char
		*canonical; /* the resource: "sda1:/vmlinuz" also where /boot/vmlinuz was asked */
	const char *shown;  /* as the prompt shows it: "/boot", "sda2:/x", "//tmp", "host:/x" */
	const char *path;   /* where it is in this machine's own filesystem */
};

/* run_dir/below/NAME, where name is mounted: a slash in it would be a folder, and becomes a '!'.
 * NULL: out of memory. */
char *kb_automount_folder(struct kb_arena *arena, const char *run_dir, const char *below,
			  const char *name);
/* Such a NAME is turned back into what is mounted there. */
void kb_automount_unfold(char *name);
/* Zeroed but for these three. */
void kb_automount_init(struct kb_automount *a, const struct kb_sys *sys,
		       const struct kb_automount_hooks *hooks,
		       const struct kb_automount_options *options);
/* Unmounts (unless kept), closes, frees. */
void kb_automount_done(struct kb_automount *a);
/*
 * Where text leads, seen from the place from (as shown; NULL: the environment's root). -EINVAL for
 * what is no name, -ENODEV for a device that is not there or no environment, -ENOTSUP for URLs,
 * what mounting and walking answer; always with one sentence.
 */
KB_MUST_CHECK int kb_automount_find(struct kb_automount *a, const char *text, const char *from,
				    struct kb_place_found *ret_found, struct kb_error *err);
/* The same within the environment that is on device (in that subvolume of it; NULL: as the
 * filesystem says), whichever is the booted one. */
KB_MUST_CHECK int kb_automount_find_in(struct kb_automount *a, const char *device,
				       const char *subvolume, const char *path,
				       struct kb_place_found *ret_found, struct kb_error *err);
/* Mounts all that the environment's fstab says (but noauto); what fails is a note, unless it is the
 * root. ret_path: the environment's root in this machine's filesystem. */
KB_MUST_CHECK int kb_automount_environment(struct kb_automount *a, const char **ret_path,
					   struct kb_error *err);

#endif
