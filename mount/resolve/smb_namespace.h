/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A share of an SMB server: one tree, mounted when somebody goes there.
 * For automount.c and environment.c.
 * Must not ask the server before that.
 */
#ifndef KBOOT_MOUNT_SMB_NAMESPACE_H
#define KBOOT_MOUNT_SMB_NAMESPACE_H

#include "namespace.h"

/* The namespace of a share ("host/share" as in a name), made and mounted the first time it is
 * wanted; -ENOTSUP in a simulation. */
KB_MUST_CHECK int kb_smb_namespace_get(struct kb_automount *a, const char *place,
				       struct kb_automount_namespace **ret_namespace,
				       struct kb_error *err);
bool kb_smb_namespace_is(const struct kb_automount_namespace *ns);
/* What a path in the share is called. NULL: out of memory. */
const char *kb_smb_namespace_name(const struct kb_automount_namespace *ns, const char *path);

#endif
