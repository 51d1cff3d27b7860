/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statvfs.h>

#include "automount_private.h"
#include "table/mounted.h"
#include "table/point.h"

static int no_memory(struct kb_error *err)
{
	return kb_error_set(err, -ENOMEM, "out of memory");
}

void kb_automount_init(struct kb_automount *a, const struct kb_sys *sys,
		       const struct kb_automount_hooks *hooks,
		       const struct kb_automount_options *options)
{
	*a = (struct kb_automount){.sys = sys, .hooks = *hooks, .options = *options};
}

void kb_mounted_tree_note(const struct kb_automount *a, const struct mounted_tree *mounted)
{
	if (mounted->mount.note[0] != '\0') {
		a->hooks.note(a->hooks.ctx, mounted->mount.note);
	}
}

int kb_mounted_tree_allow_exec(const struct kb_automount *a, const struct mounted_tree *mounted,
			       struct kb_error *err)
{
	unsigned long flags = MS_REMOUNT | MS_BIND | MS_NODEV | MS_NOSUID | MS_NOATIME;
	struct statvfs fs;
	char target[64];
	int r;

	if (!a->options.may_exec) {
		return 0;
	}
	if (fstatvfs(mounted->mount.tree.root_fd, &fs) < 0 || (fs.f_flag & ST_RDONLY)) {
		flags |= MS_RDONLY;
	}
	(void)snprintf(target, sizeof(target), "/proc/self/fd/%d", mounted->mount.tree.root_fd);
	r = a->sys->mount(a->sys->ctx, "none", target, NULL, flags, NULL);
	return r < 0 ? kb_error_set(err, r, "%s: its programs cannot be made executable: %s",
				    mounted->mount.name, strerror(-r))
		     : 0;
}

void kb_mounted_tree_done(struct mounted_tree *mounted)
{
	kb_mount_done(&mounted->mount);
}

static void namespace_done(struct kb_automount_namespace *ns)
{
	kb_environment_done(ns);
	kb_nfs_namespace_done(ns);
	kb_mounted_tree_done(&ns->root);
}

/* What was mounted last goes first: it may be inside the others. */
void kb_automount_done(struct kb_automount *a)
{
	for (struct kb_automount_namespace *ns = a->namespaces; ns; ns = ns->next) {
		namespace_done(ns);
	}
	kb_arena_done(&a->arena);
	a->namespaces = NULL;
	a->n_namespaces = 0;
}

/* --- trees */

/* Not by statx(2): the image's C library does not have it. */
bool kb_is_mount_root(int fd)
{
	KB_CLOSE int parent_fd = openat(fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
	uint64_t id;
	uint64_t parent_id;

	return parent_fd >= 0 && kb_mount_id(fd, &id) == 0 &&
	       kb_mount_id(parent_fd, &parent_id) == 0 && id != parent_id;
}

int kb_mounted_tree_adopt(struct kb_automount *a, const char *path, const char *name,
			  struct mounted_tree *ret_mounted)
{
	KB_CLOSE int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0) {
		return -errno;
	}
	if (!kb_is_mount_root(fd)) {
		return -ENOENT;
	}
	ret_mounted->mount =
		(struct kb_mount){.sys = a->sys, .tree = {.root_fd = kb_steal_fd(&fd)}};
	(void)snprintf(ret_mounted->mount.name, sizeof(ret_mounted->mount.name), "%s", name);
	ret_mounted->mount.tree.name = ret_mounted->mount.name;
	return 0;
}

char *kb_automount_folder(struct kb_arena *arena, const char *run_dir, const char *below,
			  const char *name)
{
	char *path = kb_arena_printf(arena, "%s/%s/%s", run_dir, below, name);

	for (char *c = path ? path + strlen(path) - strlen(name) : NULL; c && *c; c++) {
		if (*c == '/') {
			*c = '!';
		}
	}
	return path;
}

void kb_automount_unfold(char *name)
{
	for (; *name; name++) {
		if (*name == '!') {
			*name = '/';
		}
	}
}

/* The folder, made where it is missing. */
static int make_target(struct kb_automount *a, const char *below, const char *name,
		       const char **ret_path, struct kb_error *err)
{
	char *path = kb_automount_folder(&a->arena, a->options.run_dir, below, name);
	int r;

	if (!path) {
		return no_memory(err);
	}
	r = kb_mount_folder_make(path);
	if (r < 0) {
		return kb_error_set(err, r, "%s cannot be made: %s", path, strerror(-r));
	}
	*ret_path = path;
	return 0;
}

static int mount_at_target(struct kb_automount *a, const struct kb_device *device,
			   const char *below, const char *subvolume, struct mounted_tree *mounted,
			   struct kb_error *err)
{
	struct kb_mount_options options = {.dev_dir = a->options.dev_dir,
					   .subvolume = subvolume,
					   .read_write = a->options.read_write,
					   .hibernated = a->options.hibernated,
					   .keep = a->options.keep};
	const char *name = device->name;
	const char *target;
	int r;

	/* A subvolume beside the whole: both may be mounted. */
	if (subvolume && strcmp(below, "mnt") == 0) {
		name = kb_arena_printf(&a->arena, "%s/%s", device->name,
				       subvolume + strspn(subvolume, "/"));
	}
	r = name ? make_target(a, below, name, &target, err) : no_memory(err);
	if (r < 0) {
		return r;
	}
	mounted->real = target;
	r = kb_mounted_tree_adopt(a, target, device->name, mounted);
	if (r != -ENOENT) {
		return r < 0 ? kb_error_set(err, r, "%s: %s", target, strerror(-r)) : 0;
	}
	options.target = target;
	r = kb_mount_device(a->sys, device, &options, &mounted->mount, err);
	if (r < 0) {
		return r;
	}
	kb_mounted_tree_note(a, mounted);
	return kb_mounted_tree_allow_exec(a, mounted, err);
}

int kb_mounted_tree_mount(struct kb_automount *a, const struct kb_device *device, const char *below,
			  const char *subvolume, struct mounted_tree *mounted, struct kb_error *err)
{
	const struct kb_mount_options simulated = {.subvolume = subvolume};
	const char *slash = subvolume ? (subvolume[0] == '/' ? "" : "/") : "";
	int r;

	mounted->canonical = kb_arena_printf(&a->arena, "%s:%s%s", device->name, slash,
					     subvolume ? subvolume : "");
	if (!mounted->canonical) {
		return no_memory(err);
	}
	if (!device->tree) {
		return mount_at_target(a, device, below, subvolume, mounted, err);
	}
	mounted->real = kb_arena_printf(&a->arena, "%s%s%s", device->tree, slash,
					subvolume ? subvolume : "");
	r = kb_mount_device(a->sys, device, &simulated, &mounted->mount, err);
	return r == 0 && !mounted->real ? no_memory(err) : r;
}

static int open_folder(struct kb_automount *a, const char *folder, struct mounted_tree *mounted,
		       struct kb_error *err)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0) {
		return kb_error_set(err, -errno, "%s: %s", folder, strerror(errno));
	}
	mounted->mount = (struct kb_mount){.sys = a->sys, .tree = {.root_fd = fd, .name = ""}};
	mounted->canonical = "";
	mounted->real = strcmp(folder, "/") == 0 ? "" : folder;
	return 0;
}

/* --- namespaces */

static int locate_simple(void *ctx, const char *dir, const struct kb_tree **ret_tree,
			 const char **ret_rest, struct kb_error *err)
{
	const struct kb_automount_namespace *ns = ctx;

	(void)err;
	*ret_tree = &ns->root.mount.tree;
	*ret_rest = dir;
	return 0;
}

static int open_namespace(struct kb_automount *a, struct kb_automount_namespace *ns,
			  const struct kb_device *device, struct kb_error *err)
{
	int r;

	switch (ns->kind) {
	case NAMESPACE_OWN:
		ns->base.prefix = "/";
		r = open_folder(a, "/", &ns->root, err);
		ns->root.canonical = "/";
		return r;
	case NAMESPACE_DEVICE:
		ns->base.prefix = kb_arena_printf(&a->arena, "%s:", device->name);
		return ns->base.prefix
			       ? kb_mounted_tree_mount(a, device, "mnt", NULL, &ns->root, err)
			       : no_memory(err);
	case NAMESPACE_NFS:
		return kb_nfs_namespace_open(ns, err);
	case NAMESPACE_ENVIRONMENT:
		break;
	}
	ns->base.prefix = "";
	if (!device && !a->options.root) {
		r = open_folder(a, a->options.folder, &ns->root, err);
		if (r < 0) {
			return r;
		}
	}
	return kb_environment_open(ns, device, err);
}

static int (*const locators[])(void *ctx, const char *dir, const struct kb_tree **ret_tree,
			       const char **ret_rest, struct kb_error *err) = {
	[NAMESPACE_OWN] = locate_simple,
	[NAMESPACE_DEVICE] = locate_simple,
	[NAMESPACE_ENVIRONMENT] = kb_environment_locate,
	[NAMESPACE_NFS] = kb_nfs_namespace_locate,
};

/* The namespace of a kind on device (NULL: none) called key, made the first time it is wanted. */
static int get_namespace(struct kb_automount *a, enum namespace_kind kind, const char *key,
			 const struct kb_device *device,
			 struct kb_automount_namespace **ret_namespace, struct kb_error *err)
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
		return no_memory(err);
	}
	*ns = (struct kb_automount_namespace){.owner = a, .kind = kind, .key = key};
	ns->root.mount.tree.root_fd = -1;
	ns->base.ctx = ns;
	ns->base.locate = locators[kind];
	r = open_namespace(a, ns, device, err);
	if (r < 0) {
		namespace_done(ns);
		return r;
	}
	ns->next = a->namespaces;
	a->namespaces = ns;
	a->n_namespaces++;
	*ret_namespace = ns;
	return 0;
}

int kb_automount_server(struct kb_automount *a, const char *host,
			struct kb_automount_namespace **ret_namespace, struct kb_error *err)
{
	if (a->options.no_network) {
		return kb_error_set(err, -ENOTSUP,
				    "%s: a simulation does not reach for the network", host);
	}
	return get_namespace(a, NAMESPACE_NFS, host, NULL, ret_namespace, err);
}

static int get_device_namespace(struct kb_automount *a, const char *reference,
				struct kb_automount_namespace **ret_namespace, struct kb_error *err)
{
	const struct kb_device *device = a->hooks.device(a->hooks.ctx, kb_str_from(reference));

	if (!device) {
		return strpbrk(reference, "=/ ")
			       ? kb_error_set(err, -ENODEV, "there is no device %s", reference)
			       : kb_error_set(err, -ENODEV,
					      "there is no device %s (were it a host: nfs://%s/…)",
					      reference, reference);
	}
	return get_namespace(a, NAMESPACE_DEVICE, device->name, device, ret_namespace, err);
}

static int get_environment(struct kb_automount *a, struct kb_automount_namespace **ret_namespace,
			   struct kb_error *err)
{
	const struct kb_device *device = NULL;

	if (a->options.folder && !a->options.root) {
		return get_namespace(a, NAMESPACE_ENVIRONMENT, "", NULL, ret_namespace, err);
	}
	if (!a->options.root) {
		return kb_error_set(err, -ENODEV,
				    "no booted environment is known (root= names one)");
	}
	if (strstr(a->options.root, ":/")) {
		return get_namespace(a, NAMESPACE_ENVIRONMENT, a->options.root, NULL, ret_namespace,
				     err);
	}
	device = a->hooks.device(a->hooks.ctx, kb_str_from(a->options.root));
	if (!device) {
		return kb_error_set(err, -ENODEV, "the booted environment root=%s is not there",
				    a->options.root);
	}
	return get_namespace(a, NAMESPACE_ENVIRONMENT, device->name, device, ret_namespace, err);
}

/* --- names */

static bool is_device(void *ctx, struct kb_str word)
{
	const struct kb_automount *a = ctx;

	return a->hooks.device(a->hooks.ctx, word) != NULL;
}

static int namespace_of(struct kb_automount *a, const struct kb_name *name,
			struct kb_automount_namespace **ret_namespace, struct kb_error *err)
{
	switch (name->kind) {
	case KB_NAME_RELATIVE:
	case KB_NAME_ENVIRONMENT:
		return get_environment(a, ret_namespace, err);
	case KB_NAME_OWN:
		return get_namespace(a, NAMESPACE_OWN, "", NULL, ret_namespace, err);
	case KB_NAME_DEVICE:
		return get_device_namespace(a, name->place, ret_namespace, err);
	case KB_NAME_NFS:
		return kb_automount_server(a, name->place, ret_namespace, err);
	case KB_NAME_URL:
		break;
	}
	return kb_error_set(err, -ENOTSUP, "%s: this kboot cannot fetch files by URL", name->path);
}

static const char *join(struct kb_arena *arena, const char *before, const char *path)
{
	size_t len = strlen(before);
	bool is_root = strcmp(path, "/") == 0;

	/* "sda2:" needs its slash, "sda2:/@" and "/run/x" do not. */
	if (is_root && len > 0 && before[len - 1] != ':' && before[len - 1] != '/') {
		return before;
	}
	return kb_arena_printf(arena, "%s%s", before, path);
}

static int describe(struct kb_automount *a, const struct kb_automount_namespace *ns,
		    struct kb_place_found *found, struct kb_error *err)
{
	const struct mounted_tree *mounted = kb_namespace_mounted_tree(ns, found->resolved.tree);

	found->canonical = join(&a->arena, mounted->canonical, found->resolved.rest);
	found->path = join(&a->arena, mounted->real, found->resolved.rest);
	found->shown = join(&a->arena, ns->base.prefix, found->resolved.path);
	return found->canonical && found->path && found->shown ? 0 : no_memory(err);
}

static int walk_from(struct kb_automount *a, struct kb_automount_namespace *ns, const char *start,
		     const char *path, struct kb_place_found *ret_found, struct kb_error *err)
{
	struct kb_place_found found = {0};
	const char *root = "/";
	int r = 0;

	if (ns->kind == NAMESPACE_NFS) {
		/* The path alone says how far down the server has to be asked. */
		if (path[0] == '/') {
			start = path;
			path = "";
		}
		r = kb_nfs_namespace_start(ns, start, &root, &start, err);
	}
	if (r == 0) {
		r = kb_walk(&ns->base, &a->arena, root, start, &found.resolved, err);
	}
	/* A walk takes its start for a directory; without a step it would say so of a file. */
	if (r == 0 && path[0] != '\0') {
		r = kb_walk(&ns->base, &a->arena, found.resolved.path, path, &found.resolved, err);
	}
	if (r == 0) {
		r = describe(a, ns, &found, err);
	}
	if (r == 0) {
		*ret_found = found;
	}
	return r;
}

static int parse(struct kb_automount *a, const char *text, struct kb_name *ret_name,
		 struct kb_error *err)
{
	return kb_name_parse(&a->arena, kb_str_from(text), is_device, a, ret_name, err);
}

int kb_automount_find(struct kb_automount *a, const char *text, const char *from,
		      struct kb_place_found *ret_found, struct kb_error *err)
{
	struct kb_automount_namespace *ns = NULL;
	struct kb_name start = {.path = "/"};
	struct kb_name name;
	int r = parse(a, text, &name, err);

	if (r == 0 && name.kind == KB_NAME_RELATIVE && from) {
		r = parse(a, from, &start, err);
		if (r == 0) {
			r = namespace_of(a, &start, &ns, err);
		}
	} else if (r == 0) {
		r = namespace_of(a, &name, &ns, err);
	}
	return r == 0 ? walk_from(a, ns, start.path, name.path, ret_found, err) : r;
}

int kb_automount_find_in(struct kb_automount *a, const char *device, const char *path,
			 struct kb_place_found *ret_found, struct kb_error *err)
{
	const struct kb_device *found = a->hooks.device(a->hooks.ctx, kb_str_from(device));
	struct kb_automount_namespace *ns = NULL;
	int r;

	if (!found) {
		return kb_error_set(err, -ENODEV, "there is no device %s", device);
	}
	r = get_namespace(a, NAMESPACE_ENVIRONMENT, found->name, found, &ns, err);
	return r == 0 ? walk_from(a, ns, "/", path, ret_found, err) : r;
}

int kb_automount_environment(struct kb_automount *a, const char **ret_path, struct kb_error *err)
{
	struct kb_automount_namespace *ns = NULL;
	int r = get_environment(a, &ns, err);

	if (r < 0) {
		return r;
	}
	kb_environment_mount_all(ns);
	*ret_path = ns->root.real[0] ? ns->root.real : "/";
	return 0;
}
