/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Walks a path component by component over a namespace that may be made of several mounted trees.
 * For automount.c, fstab_mount.c, environment.c and the tests.
 * Must not mount anything itself, and must never come out of the namespace, whatever symlinks say.
 */
#ifndef KBOOT_MOUNT_WALK_H
#define KBOOT_MOUNT_WALK_H

#include "kboot/base/arena.h"
#include "kboot/base/error.h"
#include "kboot/base/tree.h"

enum {
	KB_WALK_MAX_LINKS = 40, /* as the kernel's own */
	KB_WALK_MAX_BYTES = 4096,
	KB_WALK_MAX_NAME = 255,
};

/* What is walked on: /dir of it is *ret_rest ("/", "/x") of *ret_tree, both borrowed. */
struct kb_namespace {
	const char *prefix; /* how its paths are shown: "sda2:", "host:", "" for the environment */
	void *ctx;
	/* dir is absolute and free of symlinks, "." and "..". May mount what belongs there. */
	int (*locate)(void *ctx, const char *dir, const struct kb_tree **ret_tree,
		      const char **ret_rest, struct kb_error *err);
	/* The file at dir, rest of tree, is gone into as if it were a directory: *ret_tree is what
	 * it holds, and locate knows from then on what is below it. -ENOTDIR where it holds no
	 * filesystem; NULL: no file does. */
	int (*enter)(void *ctx, const char *dir, const struct kb_tree *tree, const char *rest,
		     const struct kb_tree **ret_tree, struct kb_error *err);
	/* How many bytes of dir are the path of a file that was entered; 0: it is in none. */
	size_t (*entered)(void *ctx, const char *dir);
};

/* A path, resolved: where a walk ended. Text lives in the arena, the tree is borrowed. */
struct kb_resolved {
	const struct kb_tree *tree;
	const char *rest;       /* below the tree's root, without symlinks: "/", "/x/y" */
	const char *path;       /* the same place in the namespace */
	enum kb_tree_type type; /* never a link */
};

/* How far a path could be resolved. Text lives in the arena. */
struct kb_partial_path {
	const char *at;    /* in the namespace, without symlinks */
	const char *ahead; /* what is left to be walked from there: "", "x/y" */
};

/*
 * Walks from start (absolute, free of symlinks) along path; an absolute path starts at the
 * namespace's root. ".." ends at the root; symlinks stay inside it, absolute ones begin at its
 * root. Symlinks of a file that was entered stay inside that one. A file at the end is entered
 * where a slash follows. Of the last component everything must exist. -ENOENT, -ENOTDIR, -ELOOP,
 * -ENAMETOOLONG, what locate answers, each with a sentence that begins with the place where it went
 * wrong.
 */
KB_MUST_CHECK int kb_walk(const struct kb_namespace *namespace, struct kb_arena *arena,
			  const char *start, const char *path, struct kb_resolved *ret_resolved,
			  struct kb_error *err);
/*
 * The same path, resolved in part: up to where locate answers -EAGAIN, because something is
 * going to be mounted there. What does not exist is taken as it is written: a mount point may be
 * made later. -ENOENT for ".." behind that.
 */
KB_MUST_CHECK int kb_walk_ahead(const struct kb_namespace *namespace, struct kb_arena *arena,
				const char *start, const char *path,
				struct kb_partial_path *ret_partial, struct kb_error *err);

#endif
