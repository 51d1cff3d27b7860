/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/mount/subvolume.h"

#include <errno.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/vfs.h>

enum { SUBVOLUME_INODE = 256 }; /* BTRFS_FIRST_FREE_OBJECTID */

struct search {
	const struct kb_tree *top;
	int (*fn)(void *ctx, const struct kb_tree *system);
	void *ctx;
};

static bool has_folder(const struct kb_tree *tree, const char *path)
{
	KB_CLOSE int fd = -1;

	return kb_tree_open_dir(tree, path, &fd) == 0;
}

/* Only a subvolume can be mounted. What is no btrfs stands for one. */
static bool is_plain_folder(int fd)
{
	struct statfs fs;
	struct stat st;

	return fstatfs(fd, &fs) == 0 && fs.f_type == BTRFS_SUPER_MAGIC && fstat(fd, &st) == 0 &&
	       st.st_ino != SUBVOLUME_INODE;
}

/* Does it call itself a root, or look like one? A comma could not be handed to a mount. */
static int look_at(void *ctx, const char *name)
{
	struct search *s = ctx;
	KB_CLOSE int fd = -1;
	char below[NAME_MAX + 2];
	char link[KB_TREE_LINK_BYTES];
	struct kb_tree system = {.block_fd = s->top->block_fd,
				 .name = s->top->name,
				 .below = below};
	enum kb_tree_type type;
	int r;

	if (strchr(name, ',') || kb_tree_look(s->top, name, &type, link) < 0 ||
	    type != KB_TREE_DIR || kb_tree_open_dir(s->top, name, &fd) < 0 || is_plain_folder(fd)) {
		return 0;
	}
	system.root_fd = fd;
	(void)snprintf(below, sizeof(below), "/%s", name);
	if (kb_tree_has_file(&system, "/etc/fstab") < 0 &&
	    kb_tree_has_file(&system, "/etc/os-release") < 0) {
		return 0;
	}
	r = s->fn(s->ctx, &system);
	return r > 0 ? -EEXIST : r; /* ends the listing early */
}

int kb_subvolumes_list(const struct kb_tree *top, int (*fn)(void *, const struct kb_tree *),
		       void *ctx)
{
	struct search s = {top, fn, ctx};
	int r = has_folder(top, "/etc") ? 0
					: kb_tree_list(top, "/", KB_SUBVOLUMES_MAX, look_at, &s);

	return r == -EEXIST ? 0 : r;
}

bool kb_subvolume_is_copy(const struct kb_tree *top, const struct kb_tree *system,
			  const struct kb_fstab *fstab)
{
	const struct kb_fstab_line *root = kb_fstab_at(fstab, "/");
	char path[PATH_MAX];

	if (!root || !root->subvolume || strcmp(root->subvolume, system->below + 1) == 0) {
		return false;
	}
	(void)snprintf(path, sizeof(path), "%s/etc", root->subvolume);
	return has_folder(top, path);
}
