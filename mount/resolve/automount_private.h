/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parts of the automounter share.
 * For automount.c, fstab_mount.c, environment.c and nfs_namespace.c alone.
 * Must not be seen by anybody else.
 */
#ifndef KBOOT_MOUNT_AUTOMOUNT_PRIVATE_H
#define KBOOT_MOUNT_AUTOMOUNT_PRIVATE_H

#include "kboot/mount/automount.h"
#include "kboot/mount/device.h"
#include "kboot/mount/nfs.h"

/* A mounted tree, and how the places in it are called. */
struct mounted_tree {
	struct kb_mount mount;
	const char *canonical; /* what comes before a path: "sda2:", "sdb1:/@", "" */
	const char *host;      /* the server that it is on, as it was written; NULL: none */
	const char *real;      /* its root in this machine's own filesystem; "" for / */
};

/* A line of an fstab that was, or will be, followed. */
struct fstab_mount {
	enum { FSTAB_MOUNT_NEW, FSTAB_MOUNT_BUSY, FSTAB_MOUNT_READY, FSTAB_MOUNT_FAILED } state;
	bool was_there; /* mounted by somebody before us: no news */
	const char *at; /* its mount point in the namespace, free of links; NULL: not known yet, */
	struct kb_partial_path partial; /* but this far: up to what has to be mounted first */
	size_t depth;                   /* of fstab_mount.c */
	struct mounted_tree mounted;
	struct kb_error error; /* FAILED: why, for everybody who asks again */
};

/* A directory of an NFS server with what is below it. */
struct nfs_export {
	struct nfs_export *next;
	const char *path; /* on the server */
	struct mounted_tree mounted;
};

enum namespace_kind { NAMESPACE_OWN, NAMESPACE_DEVICE, NAMESPACE_ENVIRONMENT, NAMESPACE_NFS };

struct kb_automount_namespace {
	struct kb_automount_namespace *next; /* the one made before */
	struct kb_automount *owner;
	enum namespace_kind kind;
	const char *key; /* the device's name; "" for the folder; the host as it was written */
	struct kb_namespace base;
	struct mounted_tree root;
	bool in_place; /* ENVIRONMENT: what its fstab says is mounted inside it, as it would itself
			*/
	struct kb_fstab fstab;
	struct fstab_mount *fstab_mounts;
	struct kb_nfs_place *nfs; /* NFS */
	const char *folder;       /* what is mounted from there is below it */
	struct nfs_export *exports;
};

/* Mounts device at run_dir/below/NAME (or finds it there already) as ret_mounted. */
KB_MUST_CHECK int kb_mounted_tree_mount(struct kb_automount *a, const struct kb_device *device,
					const char *below, const char *subvolume,
					struct mounted_tree *ret_mounted, struct kb_error *err);
/* Is fd the root of what is mounted there? */
bool kb_is_mount_root(int fd);
/* Takes what is mounted at path over as ret_mounted; -ENOENT when nothing is. */
KB_MUST_CHECK int kb_mounted_tree_adopt(struct kb_automount *a, const char *path, const char *name,
					struct mounted_tree *ret_mounted);
/* Tells what is worth knowing about how it was mounted. */
void kb_mounted_tree_note(const struct kb_automount *a, const struct mounted_tree *mounted);
/* What is mounted may be executed, where the automounter's options say so. */
KB_MUST_CHECK int kb_mounted_tree_allow_exec(const struct kb_automount *a,
					     const struct mounted_tree *mounted,
					     struct kb_error *err);
void kb_mounted_tree_done(struct mounted_tree *mounted);

/* Which tree of the environment holds dir; for kb_namespace.locate, ctx is the namespace. */
KB_MUST_CHECK int kb_environment_locate(void *ctx, const char *dir, const struct kb_tree **ret_tree,
					const char **ret_rest, struct kb_error *err);
/* The environment's root on device, its fstab read. */
KB_MUST_CHECK int kb_environment_open(struct kb_automount_namespace *ns,
				      const struct kb_device *device, struct kb_error *err);
void kb_environment_done(struct kb_automount_namespace *ns);
/* Mounts all lines but noauto; what fails is a note. */
void kb_environment_mount_all(struct kb_automount_namespace *ns);
/* The namespace of the server host, made the first time it is wanted. */
KB_MUST_CHECK int kb_automount_server(struct kb_automount *a, const char *host,
				      struct kb_automount_namespace **ret_namespace,
				      struct kb_error *err);
/* The same three for a server; it is asked when somebody goes there. */
KB_MUST_CHECK int kb_nfs_namespace_open(struct kb_automount_namespace *ns, struct kb_error *err);
KB_MUST_CHECK int kb_nfs_namespace_locate(void *ctx, const char *dir,
					  const struct kb_tree **ret_tree, const char **ret_rest,
					  struct kb_error *err);
void kb_nfs_namespace_done(struct kb_automount_namespace *ns);
/* Where a walk to path begins: above that directory a server may show nothing. */
KB_MUST_CHECK int kb_nfs_namespace_start(struct kb_automount_namespace *ns, const char *path,
					 const char **ret_start, const char **ret_rest,
					 struct kb_error *err);
/* The mounted tree whose descriptors these are. */
const struct mounted_tree *kb_namespace_mounted_tree(const struct kb_automount_namespace *ns,
						     const struct kb_tree *tree);

#endif
