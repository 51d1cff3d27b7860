/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "opener.h"

#include <errno.h>
#include <fcntl.h>

#include "kboot/model/name.h"
#include "kboot/mount/network.h"
#include "kboot/mount/nfs.h"

void kb_opener_done(struct kb_opener *o)
{
	for (size_t i = 0; i < o->n_mounts; i++) {
		kb_mount_done(&o->mounts[i]);
	}
	o->n_mounts = 0;
	for (size_t i = 0; i < o->n_nfs; i++) {
		kb_mount_done(&o->nfs[i].mount);
	}
	o->n_nfs = 0;
	kb_arena_done(&o->arena);
}

/* What is mounted from here on goes with this process, however it ends. */
static int leave_namespace(struct kb_opener *o, struct kb_error *err)
{
	int r = o->own_namespace ? 0 : o->sys->unshare_mounts(o->sys->ctx);

	if (r < 0) {
		return kb_error_set(err, r, "no mount namespace: %s", strerror(-r));
	}
	o->own_namespace = true;
	return 0;
}

static int mounted(struct kb_opener *o, const struct kb_device *device,
		   const struct kb_tree **ret_tree, struct kb_error *err)
{
	const struct kb_mount_options options = {.dev_dir = "/dev",
						 .work_dir = KB_MOUNT_DIR,
						 .read_write = o->read_write};
	int r;

	for (size_t i = 0; i < o->n_mounts; i++) {
		if (strcmp(o->mounts[i].name, device->name) == 0) {
			*ret_tree = &o->mounts[i].tree;
			return 0;
		}
	}
	if (o->n_mounts == KB_OPENER_MAX_MOUNTS) {
		return kb_error_set(err, -EMFILE, "an entry may use %d devices at most",
				    KB_OPENER_MAX_MOUNTS);
	}
	r = device->tree ? 0 : leave_namespace(o, err);
	if (r < 0) {
		return r;
	}
	r = kb_mount_device(o->sys, device, &options, &o->mounts[o->n_mounts], err);
	if (r < 0) {
		return r;
	}
	*ret_tree = &o->mounts[o->n_mounts++].tree;
	return 0;
}

static int open_in_folder(const char *folder, const char *path, int *ret_fd)
{
	KB_CLOSE int root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct kb_tree tree = {.root_fd = root, .name = ""};

	return root < 0 ? -errno : kb_tree_open(&tree, path, ret_fd);
}

static const char *environment_folder(const struct kb_opener *o)
{
	for (const struct kb_place *p = o->places->first; p; p = p->next) {
		if (p->kind == KB_PLACE_FOLDER) {
			return p->folder;
		}
	}
	return NULL;
}

static int open_on_device(struct kb_opener *o, const struct kb_name *name, const char *canonical,
			  int *ret_fd, struct kb_error *err)
{
	const struct kb_device *device = kb_places_device(o->places, kb_str_from(name->place));
	const struct kb_tree *tree = NULL;
	int r;

	if (!device) {
		return kb_error_set(err, -ENODEV, "%s: there is no %s (any more)", canonical,
				    name->place);
	}
	r = mounted(o, device, &tree, err);
	if (r < 0) {
		return kb_error_prefix(err, r, "%s", canonical);
	}
	return kb_tree_open(tree, name->path, ret_fd);
}

static bool is_simulation(const struct kb_opener *o)
{
	for (const struct kb_place *p = o->places->first; p; p = p->next) {
		if (p->simulated || p->kind == KB_PLACE_FOLDER) {
			return true;
		}
	}
	return false;
}

/* What is left of path below an export, or NULL. */
static const char *below(const char *path, const char *export)
{
	size_t len = strcmp(export, "/") == 0 ? 0 : strlen(export);

	if (strncmp(path, export, len) != 0 || (path[len] != '/' && path[len] != '\0')) {
		return NULL;
	}
	return path[len] ? path + len : "/";
}

static int network_up(void *ctx, struct kb_error *err)
{
	return kb_network_up(ctx, err);
}

static int mount_nfs(struct kb_opener *o, const struct kb_name *name, struct kb_error *err)
{
	struct kb_opener_nfs *nfs = &o->nfs[o->n_nfs];
	struct kb_nfs_place place;
	const struct kb_nfs_mount_request request = {
		.place = &place,
		.path = name->path,
		.work_dir = KB_MOUNT_DIR,
		.read_write = o->read_write,
		.hooks = {.ctx = (void *)o->sys, .network_up = network_up},
	};
	int r = kb_nfs_place_parse(&o->arena, kb_str_from(name->place), &place, err);

	if (r < 0) {
		return r;
	}
	nfs->place = kb_arena_strdup(&o->arena, name->place);
	if (!nfs->place) {
		return kb_error_set(err, -ENOMEM, "out of memory");
	}
	r = kb_mount_nfs(o->sys, &request, &o->arena, &nfs->mount, &nfs->export, err);
	o->n_nfs += r == 0;
	return r;
}

static int open_on_nfs(struct kb_opener *o, const struct kb_name *name, const char *canonical,
		       int *ret_fd, struct kb_error *err)
{
	int r;

	if (is_simulation(o)) {
		return kb_error_set(err, -ENOTSUP,
				    "%s: a simulation does not reach for the network", canonical);
	}
	for (size_t i = 0; i < o->n_nfs; i++) {
		const char *rest = below(name->path, o->nfs[i].export);

		if (rest && strcmp(o->nfs[i].place, name->place) == 0) {
			return kb_tree_open(&o->nfs[i].mount.tree, rest, ret_fd);
		}
	}
	if (o->n_nfs == KB_OPENER_MAX_MOUNTS) {
		return kb_error_set(err, -EMFILE,
				    "an entry may use %d directories of servers at most",
				    KB_OPENER_MAX_MOUNTS);
	}
	r = leave_namespace(o, err);
	if (r == 0) {
		r = mount_nfs(o, name, err);
	}
	if (r < 0) {
		return kb_error_prefix(err, r, "%s", canonical);
	}
	return kb_tree_open(&o->nfs[o->n_nfs - 1].mount.tree,
			    below(name->path, o->nfs[o->n_nfs - 1].export), ret_fd);
}

static bool is_device(void *ctx, struct kb_str word)
{
	const struct kb_opener *o = ctx;

	return kb_places_device(o->places, word) != NULL;
}

int kb_opener_open(struct kb_opener *o, const char *canonical, int *ret_fd, struct kb_error *err)
{
	KB_ARENA struct kb_arena arena = {0};
	const char *folder = environment_folder(o);
	struct kb_name name;
	int r = kb_name_parse(&arena, kb_str_from(canonical), is_device, o, &name, err);

	if (r < 0) {
		return r;
	}
	switch (name.kind) {
	case KB_NAME_DEVICE:
		r = open_on_device(o, &name, canonical, ret_fd, err);
		break;
	case KB_NAME_RELATIVE:
	case KB_NAME_ENVIRONMENT:
		if (!folder) {
			return kb_error_set(err, -ENODEV, "%s: no booted environment is known",
					    canonical);
		}
		r = open_in_folder(folder, name.path, ret_fd);
		break;
	case KB_NAME_OWN:
		r = open_in_folder("/", name.path, ret_fd);
		break;
	case KB_NAME_NFS:
		r = open_on_nfs(o, &name, canonical, ret_fd, err);
		break;
	case KB_NAME_URL:
		return kb_error_set(err, -ENOTSUP,
				    "%s: this kboot cannot reach files on the network", canonical);
	}
	if (r < 0 && !err->code) {
		return kb_error_set(err, r, "%s: %s", canonical,
				    r == -ENOENT ? "there is no such file" : strerror(-r));
	}
	return r;
}
