/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The namespaces of an automounter: where a name can lead, each made the first time it is wanted.
 * For automount.c, and for those who make a kind of namespace.
 * Must not know the kinds: each is a table of its own.
 */
#ifndef KBOOT_MOUNT_NAMESPACE_H
#define KBOOT_MOUNT_NAMESPACE_H

#include "image_mount.h"

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

struct kb_namespace_kind {
	/* Sets base.prefix and what locate needs; device as kb_namespace_get had it. */
	int (*open)(struct kb_automount_namespace *ns, const struct kb_device *device,
		    struct kb_error *err);
	/* As in kb_namespace; ctx is the namespace. */
	int (*locate)(void *ctx, const char *dir, const struct kb_tree **ret_tree,
		      const char **ret_rest, struct kb_error *err);
	/* Takes down what is beside the root; may be NULL. Also after an open that failed. */
	void (*done)(struct kb_automount_namespace *ns);
};

struct kb_automount_namespace {
	struct kb_automount_namespace *next; /* the one made before */
	struct kb_automount *owner;
	const struct kb_namespace_kind *kind;
	/* The device's name, and "/SUBVOLUME" of an environment that is not its first; "" for the
	 * folder; the host as it was written. */
	const char *key;
	struct kb_namespace base;
	struct mounted_tree root;
	bool in_place; /* ENVIRONMENT: what its fstab says is mounted inside it, as it would itself
			*/
	struct kb_fstab fstab;
	struct fstab_mount *fstab_mounts;
	struct kb_nfs_place *nfs; /* NFS */
	const char *folder;       /* what is mounted from there is below it */
	struct nfs_export *exports;
	struct image_mounts images;
};

/* The one device that a reference means. -ENODEV ("UUID=x is not there"), -ENOTUNIQ. */
KB_MUST_CHECK int kb_namespace_device(const struct kb_automount *a, const char *reference,
				      const struct kb_device **ret_device, struct kb_error *err);
/* The namespace of a kind on device (NULL: none) called key, opened the first time it is wanted. */
KB_MUST_CHECK int kb_namespace_get(struct kb_automount *a, const struct kb_namespace_kind *kind,
				   const char *key, const struct kb_device *device,
				   struct kb_automount_namespace **ret_namespace,
				   struct kb_error *err);
void kb_namespace_done(struct kb_automount_namespace *ns);
/* The mounted tree of the namespace whose tree this is. */
const struct mounted_tree *kb_namespace_mounted_tree(const struct kb_automount_namespace *ns,
						     const struct kb_tree *tree);

#endif
