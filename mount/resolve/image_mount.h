/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names that lead into files: an image is mounted the moment somebody goes there.
 * For namespace.c; the functions are those of kb_namespace, ctx is the namespace.
 * Must not open an image that is in another one.
 */
#ifndef KBOOT_MOUNT_IMAGE_MOUNT_H
#define KBOOT_MOUNT_IMAGE_MOUNT_H

#include "namespace.h"

enum { IMAGE_MOUNTS_MAX = 16 };

/* What is below a file that was entered is there, all else where the namespace's kind says. */
KB_MUST_CHECK int kb_image_mount_locate(void *ctx, const char *dir, const struct kb_tree **ret_tree,
					const char **ret_rest, struct kb_error *err);
KB_MUST_CHECK int kb_image_mount_enter(void *ctx, const char *dir, const struct kb_tree *tree,
				       const char *rest, const struct kb_tree **ret_tree,
				       struct kb_error *err);
size_t kb_image_mount_entered(void *ctx, const char *dir);
void kb_image_mounts_done(struct kb_automount_namespace *ns);

#endif
