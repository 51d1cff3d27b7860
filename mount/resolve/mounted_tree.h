/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One of the trees that a namespace is made of: a filesystem or a part of one, mounted by us or
 * before us. For namespace.h and those who include it. Must not know which namespace it belongs to.
 */
#ifndef KBOOT_MOUNT_MOUNTED_TREE_H
#define KBOOT_MOUNT_MOUNTED_TREE_H

#include "kboot/mount/automount.h"
#include "kboot/mount/mount.h"

/* A mounted tree, and how the places in it are called. */
struct mounted_tree {
	struct kb_mount mount;
	const char *canonical; /* what comes before a path: "sda2:", "sdb1:/@", "" */
	const char *host;      /* the server that it is on, as it was written; NULL: none */
	const char *real;      /* its root in this machine's own filesystem; "" for / */
};

/* What comes before a path in a subvolume of what is called whole and a sign: "sdb1:/@"; NULL and
 * "/" are all of it. NULL when out of memory. */
char *kb_mounted_tree_name(struct kb_arena *arena, const char *whole, const char *sign,
			   const char *subvolume);
/* Mounts device at run_dir/below/NAME (or finds it there already) as ret_mounted. */
KB_MUST_CHECK int kb_mounted_tree_mount(struct kb_automount *a, const struct kb_device *device,
					const char *below, const char *subvolume,
					struct mounted_tree *ret_mounted, struct kb_error *err);
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
/* Opens a folder of this machine, whose paths stay as they are. */
KB_MUST_CHECK int kb_mounted_tree_open_folder(struct kb_automount *a, const char *folder,
					      struct mounted_tree *mounted, struct kb_error *err);
/* Is fd the root of what is mounted there? */
bool kb_is_mount_root(int fd);

#endif
