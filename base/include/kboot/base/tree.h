/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A directory tree seen as if its root were /: names, symlinks and ".." never lead out of it.
 * For whoever reads what is on a device: formats, scan, mount, core, app.
 * Must not write, and must not follow anything that leaves the tree or opens a device, pipe or
 * socket.
 */
#ifndef KBOOT_BASE_TREE_H
#define KBOOT_BASE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kboot/base/cleanup.h"
#include "kboot/base/str.h"

/* A subvolume of a btrfs and the directory of a tree that it is mounted on ("/.snapshots"), "" for
 * its root. subvolume: from the top of the filesystem ("/@/.snapshots"). root_fd: its own
 * directory. */
struct kb_tree_mount {
	const char *at;
	const char *subvolume;
	int root_fd;
};

/* Where the files of a tree come from that is on no filesystem: a server. It has files alone: no
 * directory can be listed, and no symlink is seen. */
struct kb_tree_source {
	void *ctx;
	int (*open)(void *ctx, const char *path, int *ret_fd); /* as kb_tree_open */
};

/* name: how canonical resources call it ("sda2"), borrowed. root_fd: a directory, owned by whoever
 * made the tree. block_fd: the device below it, for reading; 0: not to be had. below: where that
 * directory is on what name means ("/@rootfs"); NULL: its root. mounts: none where its root is the
 * top of the filesystem; names lead into them, symlinks and ".." do not. source: in place of
 * root_fd; NULL: none. is_image: below is a file that holds the tree. */
struct kb_tree {
	int root_fd;
	int block_fd;
	const char *name;
	const char *below;
	const struct kb_tree_mount *mounts;
	size_t n_mounts;
	const struct kb_tree_source *source;
	bool is_image;
};

/* The mount with the longest directory that path is in, *ret_rest what is left of path; NULL: the
 * tree's own. */
const struct kb_tree_mount *kb_tree_mount_of(const struct kb_tree *tree, const char *path,
					     const char **ret_rest);

/*
 * Opens a regular file for reading (O_NONBLOCK while opening, so that no FIFO or device can hang
 * us), by openat2(RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS). -ENOENT, -ELOOP, -EISDIR, -EINVAL for
 * what is no regular file, -ENAMETOOLONG, …
 */
KB_MUST_CHECK int kb_tree_open(const struct kb_tree *tree, const char *path, int *ret_fd);
KB_MUST_CHECK int kb_tree_open_dir(const struct kb_tree *tree, const char *path, int *ret_fd);
enum kb_tree_type { KB_TREE_FILE, KB_TREE_DIR, KB_TREE_LINK, KB_TREE_OTHER };
enum { KB_TREE_LINK_BYTES = 4096 };

/*
 * What is at path, which must not lead through a symlink; a symlink at its end is seen itself, with
 * its text in link (KB_TREE_LINK_BYTES of room, terminated). -ENOENT, -ENOTDIR, -ELOOP, …
 */
KB_MUST_CHECK int kb_tree_look(const struct kb_tree *tree, const char *path,
			       enum kb_tree_type *ret_type, char *link);
/* 0 where a regular file is there. */
KB_MUST_CHECK int kb_tree_has_file(const struct kb_tree *tree, const char *path);
/* Reads a whole file; -EFBIG above max_bytes (nothing is kept). buf is appended to. */
KB_MUST_CHECK int kb_tree_read(const struct kb_tree *tree, const char *path, size_t max_bytes,
			       struct kb_buf *buf);
/* The names in a directory, without . and .., in byte order; at most max names (-E2BIG above). fn<0
 * stops. */
KB_MUST_CHECK int kb_tree_list(const struct kb_tree *tree, const char *path, size_t max,
			       int (*fn)(void *ctx, const char *name), void *ctx);
/* All len bytes from offset on; -EUCLEAN where the file ends before, else what pread(2) said. */
KB_MUST_CHECK int kb_read_at(int fd, uint64_t offset, void *buf, size_t len);
/* Reads a descriptor to its end, the same cap. */
KB_MUST_CHECK int kb_read_all(int fd, size_t max_bytes, struct kb_buf *buf);

#endif
