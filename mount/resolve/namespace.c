/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "namespace.h"

#include <errno.h>
#include <string.h>

const struct mounted_tree *kb_namespace_mounted_tree(const struct kb_automount_namespace *ns,
						     const struct kb_tree *tree)
{
	const struct mounted_tree *image = kb_image_mount_of(&ns->images, tree);

	if (image) {
		return image;
	}
	for (size_t i = 0; i < ns->fstab.n_lines; i++) {
		if (&ns->fstab_mounts[i].mounted.mount.tree == tree) {
			return &ns->fstab_mounts[i].mounted;
		}
	}
	for (const struct nfs_export *e = ns->exports; e; e = e->next) {
		if (&e->mounted.mount.tree == tree) {
			return &e->mounted;
		}
	}
	return &ns->root;
}

int kb_namespace_device(const struct kb_automount *a, const char *reference,
			const struct kb_device **ret_device, struct kb_error *err)
{
	const struct kb_device *other = NULL;
	const struct kb_device *device =
		a->hooks.device(a->hooks.ctx, kb_str_from(reference), &other);

	if (!device) {
		return kb_error_set(err, -ENODEV, "%s is not there", reference);
	}
	if (other) {
		return kb_error_set(err, -ENOTUNIQ, "%s is both %s and %s: say which", reference,
				    device->name, other->name);
	}
	*ret_device = device;
	return 0;
}

void kb_namespace_done(struct kb_automount_namespace *ns)
{
	kb_image_mounts_done(&ns->images);
	if (ns->kind->done) {
		ns->kind->done(ns);
	}
	kb_mounted_tree_done(&ns->root);
}

/* What is below a file that was entered is there, all else where the kind says. */
static int locate(void *ctx, const char *dir, const struct kb_tree **ret_tree,
		  const char **ret_rest, struct kb_error *err)
{
	struct kb_automount_namespace *ns = ctx;
	const struct image_mount *m = kb_image_mount_holding(&ns->images, dir);
	const char *rest = m ? dir + strlen(m->at) : "";

	/* The image itself is a file, of whatever holds it. */
	if (rest[0] == '\0') {
		return ns->kind->locate(ns, dir, ret_tree, ret_rest, err);
	}
	*ret_tree = &m->mounted.mount.tree;
	*ret_rest = rest;
	return 0;
}

static int enter(void *ctx, const char *dir, const struct kb_tree *tree, const char *rest,
		 const struct kb_tree **ret_tree, struct kb_error *err)
{
	struct kb_automount_namespace *ns = ctx;
	const struct image_file file = {.prefix = ns->base.prefix,
					.dir = dir,
					.tree = tree,
					.rest = rest,
					.from = kb_namespace_mounted_tree(ns, tree)};

	return kb_image_mount_enter(ns->owner, &ns->images, &file, ret_tree, err);
}

static size_t entered(void *ctx, const char *dir)
{
	const struct kb_automount_namespace *ns = ctx;
	const struct image_mount *m = kb_image_mount_holding(&ns->images, dir);

	return m ? strlen(m->at) : 0;
}

int kb_namespace_get(struct kb_automount *a, const struct kb_namespace_kind *kind, const char *key,
		     const struct kb_device *device, struct kb_automount_namespace **ret_namespace,
		     struct kb_error *err)
{
	struct kb_automount_namespace *ns;
	int r;

	for (ns = a->namespaces; ns; ns = ns->next) {
		if (ns->kind == kind && strcmp(ns->key, key) == 0) {
			*ret_namespace = ns;
			return 0;
		}
	}
	if (a->n_namespaces == KB_AUTOMOUNT_MAX_NAMESPACES) {
		return kb_error_set(err, -EMFILE, "more than %d devices at once",
				    KB_AUTOMOUNT_MAX_NAMESPACES);
	}
	ns = kb_arena_alloc(&a->arena, sizeof(*ns));
	if (!ns) {
		return kb_error_no_memory(err);
	}
	*ns = (struct kb_automount_namespace){.owner = a, .kind = kind, .key = key};
	ns->root.mount.tree.root_fd = -1;
	ns->base.ctx = ns;
	ns->base.locate = locate;
	ns->base.enter = enter;
	ns->base.entered = entered;
	r = kind->open(ns, device, err);
	if (r < 0) {
		kb_namespace_done(ns);
		return r;
	}
	ns->next = a->namespaces;
	a->namespaces = ns;
	a->n_namespaces++;
	*ret_namespace = ns;
	return 0;
}
