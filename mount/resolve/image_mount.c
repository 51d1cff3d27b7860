/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image_mount.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

#include "kboot/mount/image.h"
#include "table/point.h"

const struct image_mount *kb_image_mount_holding(const struct image_mounts *images, const char *dir)
{
	for (const struct image_mount *m = images->first; m; m = m->next) {
		if (kb_path_below(dir, m->at)) {
			return m;
		}
	}
	return NULL;
}

const struct mounted_tree *kb_image_mount_of(const struct image_mounts *images,
					     const struct kb_tree *tree)
{
	for (const struct image_mount *m = images->first; m; m = m->next) {
		if (&m->mounted.mount.tree == tree) {
			return &m->mounted;
		}
	}
	return NULL;
}

/*
 * RUN/iso/PLACE/NAME: what is mounted from a device that is removed is found by that, and another
 * visit finds it there again.
 */
static int make_target(struct kb_automount *a, const char *canonical, const char **ret_path,
		       struct kb_error *err)
{
	const char *sign = strstr(canonical, ":/");
	const char *place =
		sign ? kb_arena_str(&a->arena, kb_str_of(canonical, (size_t)(sign - canonical)))
		     : "own";
	const char *name = sign ? sign + 1 : canonical;
	const char *run_dir = a->options.run_dir;
	const char *folder = place ? kb_automount_folder(&a->arena, run_dir, "iso", place) : NULL;
	const char *path =
		folder ? kb_automount_folder(&a->arena, run_dir, folder + strlen(run_dir) + 1,
					     name + strspn(name, "/"))
		       : NULL;
	int r = path ? kb_mount_folder_make(path) : -ENOMEM;

	if (r < 0) {
		return kb_error_set(err, r, "%s: a mount point cannot be made for it: %s",
				    canonical, strerror(-r));
	}
	*ret_path = path;
	return 0;
}

/* Two prompts may come at once: the lock lets the second one find what the first has mounted. */
static int mount_file(struct kb_automount *a, int fd, struct mounted_tree *mounted,
		      struct kb_error *err)
{
	const struct kb_mount_options options = {.target = mounted->real,
						 .modules = a->options.modules,
						 .keep = a->options.keep};
	/* Not on the file: the loop device would keep it locked. */
	KB_CLOSE int lock_fd = open(mounted->real, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	(void)flock(lock_fd, LOCK_EX);
	r = kb_mounted_tree_adopt(a, mounted->real, mounted->canonical, mounted);
	if (r != -ENOENT) {
		return r < 0 ? kb_error_set(err, r, "%s: %s", mounted->real, strerror(-r)) : 0;
	}
	r = kb_mount_image(a->sys, fd, mounted->canonical, &options, &mounted->mount, err);
	if (r < 0) {
		return r;
	}
	r = kb_mounted_tree_allow_exec(a, mounted, err);
	if (r < 0) {
		kb_mounted_tree_done(mounted);
	}
	return r;
}

static int add(struct kb_automount *a, struct image_mounts *images, const struct image_file *file,
	       int fd, struct kb_error *err)
{
	const struct mounted_tree *from = file->from;
	struct image_mount *m = kb_arena_alloc(&a->arena, sizeof(*m));
	int r = 0;

	if (!m) {
		return kb_error_no_memory(err);
	}
	m->at = kb_arena_strdup(&a->arena, file->dir);
	m->mounted.host = from->host;
	m->mounted.canonical =
		from->canonical ? kb_arena_printf(&a->arena, "%s%s", from->canonical, file->rest)
				: kb_arena_printf(&a->arena, "%s%s", file->prefix, file->dir);
	if (!m->at || !m->mounted.canonical) {
		return kb_error_no_memory(err);
	}
	r = make_target(a, m->mounted.canonical, &m->mounted.real, err);
	if (r == 0) {
		r = mount_file(a, fd, &m->mounted, err);
	}
	if (r == 0) {
		m->mounted.mount.tree.name = m->mounted.mount.name;
		m->next = images->first;
		images->first = m;
		images->n++;
	}
	return r;
}

/* What is against entering an image; in: the one that it is in, or NULL. */
static int refuse(const struct kb_automount *a, const struct image_mounts *images,
		  const struct image_file *file, const struct image_mount *in, struct kb_error *err)
{
	if (in) {
		return kb_error_set(err, -ENOTDIR, "%s%s: an image inside an image is not opened",
				    file->prefix, file->dir);
	}
	if (a->options.no_network) {
		return kb_error_set(err, -ENOTDIR,
				    "%s%s: a simulation mounts nothing (a folder of that name may "
				    "stand for the image)",
				    file->prefix, file->dir);
	}
	return images->n == IMAGE_MOUNTS_MAX
		       ? kb_error_set(err, -EMFILE, "more than %d images at once", IMAGE_MOUNTS_MAX)
		       : 0;
}

int kb_image_mount_enter(struct kb_automount *a, struct image_mounts *images,
			 const struct image_file *file, const struct kb_tree **ret_tree,
			 struct kb_error *err)
{
	const struct image_mount *in = kb_image_mount_holding(images, file->dir);
	KB_CLOSE int fd = -1;
	int r;

	if (in && strcmp(in->at, file->dir) == 0) {
		*ret_tree = &in->mounted.mount.tree;
		return 0;
	}
	r = kb_tree_open(file->tree, file->rest, &fd);
	if (r == 0 && !kb_image_fstype(fd)) {
		return -ENOTDIR;
	}
	if (r == 0) {
		r = refuse(a, images, file, in, err);
	}
	if (r == 0) {
		r = add(a, images, file, fd, err);
	}
	if (r == 0) {
		*ret_tree = &images->first->mounted.mount.tree;
	}
	return r;
}

void kb_image_mounts_done(struct image_mounts *images)
{
	for (struct image_mount *m = images->first; m; m = m->next) {
		kb_mounted_tree_done(&m->mounted);
	}
	*images = (struct image_mounts){0};
}
