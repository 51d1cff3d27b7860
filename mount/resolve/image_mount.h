/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files that hold a filesystem and that a name leads into: mounted the moment somebody goes there.
 * For namespace.h, whose namespaces have them.
 * Must not open an image that is in another one.
 */
#ifndef KBOOT_MOUNT_IMAGE_MOUNT_H
#define KBOOT_MOUNT_IMAGE_MOUNT_H

#include "mounted_tree.h"

enum { IMAGE_MOUNTS_MAX = 16 };

struct image_mount {
	struct image_mount *next;
	const char *at; /* in the namespace */
	struct mounted_tree mounted;
};

/* Those of a namespace, the newest first. Zeroed is none. */
struct image_mounts {
	struct image_mount *first;
	size_t n;
};

/* A file of a namespace: rest of tree, whose names are those of from. */
struct image_file {
	const char *prefix; /* of the namespace */
	const char *dir;    /* in it */
	const struct kb_tree *tree;
	const char *rest;
	const struct mounted_tree *from;
};

/* The image that dir is, or is below; NULL. */
const struct image_mount *kb_image_mount_holding(const struct image_mounts *images,
						 const char *dir);
/* The image whose tree this is; NULL. */
const struct mounted_tree *kb_image_mount_of(const struct image_mounts *images,
					     const struct kb_tree *tree);
/* As enter of kb_namespace. */
KB_MUST_CHECK int kb_image_mount_enter(struct kb_automount *a, struct image_mounts *images,
				       const struct image_file *file,
				       const struct kb_tree **ret_tree, struct kb_error *err);
void kb_image_mounts_done(struct image_mounts *images);

#endif
