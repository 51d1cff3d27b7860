/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tree of an NFS server: what of it is mounted, and what has to be when somebody goes on.
 * For automount.c and environment.c.
 * Must not ask the server before somebody goes there.
 */
#ifndef KBOOT_MOUNT_NFS_NAMESPACE_H
#define KBOOT_MOUNT_NFS_NAMESPACE_H

#include "namespace.h"

extern const struct kb_namespace_kind kb_nfs_namespace_kind;

/* The namespace of the server host, made the first time it is wanted; -ENOTSUP in a simulation. */
KB_MUST_CHECK int kb_nfs_namespace_get(struct kb_automount *a, const char *host,
				       struct kb_automount_namespace **ret_namespace,
				       struct kb_error *err);
/* Where a walk to path begins: above that directory a server may show nothing. */
KB_MUST_CHECK int kb_nfs_namespace_start(struct kb_automount_namespace *ns, const char *path,
					 const char **ret_start, const char **ret_rest,
					 struct kb_error *err);

#endif
