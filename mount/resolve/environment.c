/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "environment.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <unistd.h>

#include "fstab_mount.h"
#include "kboot/mount/device.h"
#include "kboot/mount/subvolume.h"
#include "nfs_namespace.h"
#include "smb_namespace.h"
#include "table/point.h"

static void environment_done(struct kb_automount_namespace *ns)
{
	/* A later line may be mounted inside an earlier one's. */
	for (size_t i = ns->fstab_mounts ? ns->fstab.n_lines : 0; i > 0; i--) {
		kb_mounted_tree_done(&ns->fstab_mounts[i - 1].mounted);
	}
	ns->fstab_mounts = NULL;
	ns->fstab.n_lines = 0;
}

static void say_where(const struct kb_automount *a, const struct kb_fstab_line *line,
		      const struct mounted_tree *mounted)
{
	char text[KB_ERROR_TEXT];
	const char *place = mounted->host ? mounted->host : mounted->canonical;
	int len = mounted->host ? INT_MAX : (int)strcspn(place, ":");

	(void)snprintf(text, sizeof(text), "%s:%u: %s is on %.*s", line->at.file, line->at.line,
		       line->dir, len, place);
	a->hooks.note(a->hooks.ctx, text);
}

/* --- one line of the fstab */

static int environment_locate(void *ctx, const char *dir, const struct kb_tree **ret_tree,
			      const char **ret_rest, struct kb_error *err);

/* The folder that a line mounts on, opened in whatever holds it. */
static int open_mount_point(struct kb_automount_namespace *ns, const struct fstab_mount *m,
			    int *ret_fd, struct kb_error *err)
{
	char parent[PATH_MAX];
	const struct kb_tree *tree = NULL;
	const char *rest = NULL;
	char path[PATH_MAX];
	const char *name = strrchr(m->at, '/');
	int r;

	(void)snprintf(parent, sizeof(parent), "%.*s", name == m->at ? 1 : (int)(name - m->at),
		       m->at);
	r = environment_locate(ns, parent, &tree, &rest, err);
	if (r < 0) {
		return r;
	}
	(void)snprintf(path, sizeof(path), "%s%s", strcmp(rest, "/") == 0 ? "" : rest, name);
	r = kb_tree_open_dir(tree, path, ret_fd);
	return r < 0 ? kb_error_set(err, r, "its mount point cannot be opened: %s", strerror(-r))
		     : 0;
}

/*
 * Binds the root of mounted onto target too. From then on it is seen through
 * there: what is mounted further in belongs there alone. Two prompts may come at once; the lock
 * lets the second one find what the first has mounted.
 */
static int bind_directory(struct kb_automount *a, int target_fd, struct mounted_tree *mounted)
{
	KB_CLOSE int source_fd = kb_steal_fd(&mounted->mount.tree.root_fd);
	char source[64];
	char target[64];
	int r;

	(void)flock(target_fd, LOCK_EX);
	r = kb_mounted_tree_adopt(a, mounted->real, "", mounted);
	if (r != -ENOENT) {
		return r;
	}
	(void)snprintf(source, sizeof(source), "/proc/self/fd/%d", source_fd);
	(void)snprintf(target, sizeof(target), "/proc/self/fd/%d", target_fd);
	r = a->sys->mount(a->sys->ctx, source, target, NULL, MS_BIND, NULL);
	if (r == 0) {
		mounted->mount.tree.root_fd =
			open(mounted->real, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		r = mounted->mount.tree.root_fd < 0 ? -errno : 0;
	}
	return r;
}

/* Makes mounted of a directory of a namespace; bound onto target unless that is -1. */
static int take_directory(const struct kb_automount_namespace *ns,
			  const struct kb_resolved *resolved, int target_fd,
			  struct mounted_tree *mounted, struct kb_error *err)
{
	struct kb_automount *a = ns->owner;
	const struct mounted_tree *from = kb_namespace_mounted_tree(ns, resolved->tree);
	const char *rest = strcmp(resolved->rest, "/") == 0 ? "" : resolved->rest;
	int r;

	if (resolved->type != KB_TREE_DIR) {
		return kb_error_set(err, -ENOTDIR, "%s%s is not a directory", ns->base.prefix,
				    resolved->path);
	}
	mounted->canonical = kb_arena_printf(&a->arena, "%s%s", from->canonical, rest);
	mounted->host = from->host;
	if (!mounted->real) {
		mounted->real = kb_arena_printf(&a->arena, "%s%s", from->real, rest);
	}
	if (!mounted->canonical || !mounted->real) {
		return kb_error_no_memory(err);
	}
	r = kb_tree_open_dir(resolved->tree, resolved->rest, &mounted->mount.tree.root_fd);
	mounted->mount.tree.name = mounted->mount.name;
	mounted->mount.sys = a->sys;
	if (r == 0 && target_fd >= 0) {
		r = bind_directory(a, target_fd, mounted);
	}
	return r < 0 ? kb_error_set(err, r, "%s%s cannot be mounted: %s", ns->base.prefix,
				    resolved->path, strerror(-r))
		     : 0;
}

static int mount_bind(struct kb_automount_namespace *ns, const struct kb_fstab_line *line,
		      int target_fd, struct mounted_tree *mounted, struct kb_error *err)
{
	struct kb_resolved resolved = {.rest = "/"};
	int r = kb_walk(&ns->base, &ns->owner->arena, "/", line->source, &resolved, err);

	return r == 0 ? take_directory(ns, &resolved, target_fd, mounted, err) : r;
}

/* "host:/export" as its namespace sees it: a server may show more than what the line is about. */
static int mount_nfs(struct kb_automount *a, const char *source, const char *options, int target_fd,
		     struct mounted_tree *mounted, struct kb_error *err)
{
	const char *colon = strstr(source, ":/");
	char *host = kb_arena_str(&a->arena, kb_str_of(source, (size_t)(colon - source)));
	struct kb_automount_namespace *server = NULL;
	const char *start = "/";
	const char *rest = "";
	struct kb_resolved resolved = {.rest = "/"};
	int r = host ? kb_nfs_namespace_get(a, host, &server, err) : kb_error_no_memory(err);

	if (r == 0 && options) {
		r = kb_nfs_options_parse(kb_str_from(options), server->nfs, err);
	}
	if (r == 0) {
		r = kb_nfs_namespace_start(server, colon + 1, &start, &rest, err);
	}
	if (r == 0) {
		r = kb_walk(&server->base, &a->arena, start, rest, &resolved, err);
	}
	return r == 0 ? take_directory(server, &resolved, target_fd, mounted, err) : r;
}

static int mount_smb(struct kb_automount *a, const struct kb_name *name,
		     struct mounted_tree *mounted, struct kb_error *err)
{
	struct kb_automount_namespace *share = NULL;
	struct kb_resolved resolved = {.rest = "/"};
	int r = kb_smb_namespace_get(a, name->place, &share, err);

	if (r == 0) {
		r = kb_walk(&share->base, &a->arena, "/", name->path, &resolved, err);
	}
	return r == 0 ? take_directory(share, &resolved, -1, mounted, err) : r;
}

/* The root of an environment: "host:/export" or "smb://host/share/folder". */
static int mount_server(struct kb_automount *a, const char *root, struct mounted_tree *mounted,
			struct kb_error *err)
{
	struct kb_name name;
	int r = kb_name_parse(&a->arena, kb_str_from(root), NULL, NULL, &name, err);

	if (r == 0 && name.kind == KB_NAME_SMB) {
		return mount_smb(a, &name, mounted, err);
	}
	return mount_nfs(a, root, NULL, -1, mounted, err);
}

static int name_device_tree(struct kb_automount *a, const struct kb_fstab_line *line,
			    struct mounted_tree *mounted, struct kb_error *err)
{
	const struct kb_device *device = NULL;
	int r = kb_namespace_device(a, line->source, &device, err);

	if (r < 0) {
		return r;
	}
	mounted->canonical = kb_mounted_tree_name(&a->arena, device->name, ":", line->subvolume);
	return mounted->canonical ? 0 : kb_error_no_memory(err);
}

static int mount_device_line(struct kb_automount_namespace *ns, const struct kb_fstab_line *line,
			     const struct kb_device *device, int target_fd,
			     struct mounted_tree *mounted, struct kb_error *err)
{
	struct kb_automount *a = ns->owner;
	char target[64];
	const struct kb_mount_options options = {.dev_dir = a->options.dev_dir,
						 .modules = a->options.modules,
						 .target = target,
						 .subvolume = line->subvolume,
						 .options = line->options,
						 .read_write = a->options.read_write,
						 .hibernated = a->options.hibernated,
						 /* It goes with the root that it is mounted in. */
						 .keep = true};
	int r = name_device_tree(a, line, mounted, err);

	if (r < 0) {
		return r;
	}
	(void)snprintf(target, sizeof(target), "/proc/self/fd/%d", target_fd);
	r = kb_mount_device(a->sys, device, &options, &mounted->mount, err);
	if (r < 0) {
		return r;
	}
	mounted->mount.tree.name = mounted->mount.name;
	kb_mounted_tree_note(a, mounted);
	return kb_mounted_tree_allow_exec(a, mounted, err);
}

/* On the directory target_fd; -1: wherever there is room. */
static int mount_source(struct kb_automount_namespace *ns, const struct kb_fstab_line *line,
			int target_fd, struct mounted_tree *mounted, struct kb_error *err)
{
	struct kb_automount *a = ns->owner;
	const struct kb_device *device = NULL;
	int r;

	if (line->is_bind) {
		return mount_bind(ns, line, target_fd, mounted, err);
	}
	if (strstr(line->source, ":/")) {
		return mount_nfs(a, line->source, line->options, target_fd, mounted, err);
	}
	r = kb_namespace_device(a, line->source, &device, err);
	if (r < 0) {
		return r;
	}
	if (device->tree || target_fd < 0) {
		return kb_mounted_tree_mount(a, device, "mnt", line->subvolume, mounted, err);
	}
	return mount_device_line(ns, line, device, target_fd, mounted, err);
}

/* What an earlier visit has mounted at fd, which becomes the mounted tree's. */
static int adopt_line(struct kb_automount_namespace *ns, const struct kb_fstab_line *line, int fd,
		      struct mounted_tree *mounted, struct kb_error *err)
{
	mounted->mount = (struct kb_mount){.sys = ns->owner->sys, .tree = {.root_fd = fd}};
	mounted->mount.tree.name = mounted->mount.name;
	return name_device_tree(ns->owner, line, mounted, err);
}

/* In the place where the environment itself would have it, so that programs find it there too. */
static int mount_in_place(struct kb_automount_namespace *ns, const struct kb_fstab_line *line,
			  struct fstab_mount *m, struct kb_error *err)
{
	KB_CLOSE int fd = -1;
	char real[PATH_MAX];
	char target[64];
	int r = open_mount_point(ns, m, &fd, err);

	if (r < 0) {
		return r;
	}
	(void)snprintf(target, sizeof(target), "/proc/self/fd/%d", fd);
	r = kb_mount_point_resolve(target, real, sizeof(real));
	if (r < 0) {
		return kb_error_set(err, r, "its mount point cannot be found: %s", strerror(-r));
	}
	m->mounted.real = kb_arena_strdup(&ns->owner->arena, real);
	if (!m->mounted.real) {
		return kb_error_no_memory(err);
	}
	m->was_there = kb_is_mount_root(fd);
	if (m->was_there && !line->is_bind && !strstr(line->source, ":/")) {
		return adopt_line(ns, line, kb_steal_fd(&fd), &m->mounted, err);
	}
	return mount_source(ns, line, fd, &m->mounted, err);
}

static int mount_line(struct kb_automount_namespace *ns, const struct kb_fstab_line *line,
		      struct fstab_mount *m, struct kb_error *err)
{
	if (!ns->in_place) {
		return mount_source(ns, line, -1, &m->mounted, err);
	}
	return mount_in_place(ns, line, m, err);
}

static int follow_line(struct kb_automount_namespace *ns, struct fstab_mount *m,
		       struct kb_error *err)
{
	const struct kb_fstab_line *line = kb_fstab_mount_line(ns, m);
	int r;

	if (m->state == FSTAB_MOUNT_FAILED) {
		*err = m->error;
		return m->error.code;
	}
	if (m->state == FSTAB_MOUNT_BUSY) {
		return kb_error_set(err, -ELOOP, "it is mounted from a place inside itself");
	}
	m->state = FSTAB_MOUNT_BUSY;
	r = mount_line(ns, line, m, &m->error);
	if (r < 0) {
		m->state = FSTAB_MOUNT_FAILED;
		(void)kb_error_prefix(&m->error, r, "%s:%u: %s", line->at.file, line->at.line,
				      line->dir);
		*err = m->error;
		return r;
	}
	m->state = FSTAB_MOUNT_READY;
	if (!m->was_there) {
		say_where(ns->owner, line, &m->mounted);
	}
	return kb_fstab_mounts_follow(ns, m->at, err);
}

static int environment_locate(void *ctx, const char *dir, const struct kb_tree **ret_tree,
			      const char **ret_rest, struct kb_error *err)
{
	struct kb_automount_namespace *ns = ctx;
	const char *rest = dir;
	struct fstab_mount *m = kb_fstab_mount_covering(ns, dir, &rest);

	/* What was mounted may show that another line is about a place further in. */
	for (; m && m->state != FSTAB_MOUNT_READY; m = kb_fstab_mount_covering(ns, dir, &rest)) {
		struct kb_error own = {0};
		int r = follow_line(ns, m, err ? err : &own);

		if (r < 0) {
			return r;
		}
	}
	*ret_tree = m ? &m->mounted.mount.tree : &ns->root.mount.tree;
	*ret_rest = rest[0] ? rest : "/";
	return 0;
}

/* What its mount point is in is mounted first. */
static int mount_entry(struct kb_automount_namespace *ns, const struct fstab_mount *m,
		       struct kb_error *err)
{
	const struct kb_fstab_line *line = kb_fstab_mount_line(ns, m);
	const struct kb_tree *tree;
	const char *rest;

	for (size_t i = 0; !m->at && m->state == FSTAB_MOUNT_NEW && i < ns->fstab.n_lines; i++) {
		int r = environment_locate(ns, m->partial.at, &tree, &rest, err);

		if (r < 0) {
			return kb_error_prefix(err, r, "%s:%u: %s", line->at.file, line->at.line,
					       line->dir);
		}
	}
	if (!m->at) {
		*err = m->error;
		return m->error.code;
	}
	return environment_locate(ns, m->at, &tree, &rest, err);
}

void kb_environment_mount_all(struct kb_automount_namespace *ns)
{
	const struct kb_automount *a = ns->owner;

	for (size_t i = 0; i < ns->fstab.n_lines; i++) {
		struct kb_error err = {0};

		if (!ns->fstab.lines[i].noauto && mount_entry(ns, &ns->fstab_mounts[i], &err) < 0) {
			a->hooks.note(a->hooks.ctx, err.text);
		}
	}
}

/* --- the root */

struct search {
	struct kb_automount *automount;
	const struct kb_tree *top;
	const char *found;
};

static int take_first(void *ctx, const struct kb_tree *system)
{
	struct search *s = ctx;
	struct kb_automount *a = s->automount;
	struct kb_fstab fstab = {0};
	int r = a->hooks.fstab(a->hooks.ctx, &a->arena, system, &fstab);

	if (r < 0 || kb_subvolume_is_copy(s->top, system, &fstab)) {
		return r;
	}
	s->found = kb_arena_strdup(&a->arena, system->below + 1);
	return s->found ? 1 : -ENOMEM;
}

/* A btrfs whose top has no /etc keeps its root in a subvolume: the first one that is no copy. */
static int find_subvolume(struct kb_automount_namespace *ns, const struct kb_device *device,
			  const char **ret_subvolume, struct kb_error *err)
{
	struct mounted_tree top = {.mount.tree.root_fd = -1};
	struct search s = {ns->owner, &top.mount.tree, NULL};
	int r = kb_mounted_tree_mount(ns->owner, device, "mnt", NULL, &top, err);

	if (r == 0) {
		/* A top that cannot be listed is an environment without an fstab, no failure. */
		r = kb_subvolumes_list(s.top, take_first, &s) == -ENOMEM ? kb_error_no_memory(err)
									 : 0;
	}
	kb_mounted_tree_done(&top);
	*ret_subvolume = s.found;
	return r;
}

static int open_root(struct kb_automount_namespace *ns, const struct kb_device *device,
		     struct kb_error *err)
{
	const char *key = ns->key + strlen(device->name);
	const char *subvolume = *key ? key + 1 : NULL;
	int r = 0;

	if (!subvolume && device->fstype && strcmp(device->fstype, "btrfs") == 0) {
		r = find_subvolume(ns, device, &subvolume, err);
	}
	return r < 0 ? r
		     : kb_mounted_tree_mount(ns->owner, device, *key ? "mnt" : "root", subvolume,
					     &ns->root, err);
}

static int environment_open(struct kb_automount_namespace *ns, const struct kb_device *device,
			    struct kb_error *err)
{
	struct kb_automount *a = ns->owner;
	const char *root = a->options.root;
	int r = 0;

	ns->base.prefix = "";
	if (device) {
		r = open_root(ns, device, err);
	} else if (root && strstr(root, ":/")) {
		r = mount_server(a, root, &ns->root, err);
	} else if (!root) {
		r = kb_mounted_tree_open_folder(a, a->options.folder, &ns->root, err);
	}
	ns->in_place = device && !device->tree;
	if (r == 0) {
		r = a->hooks.fstab(a->hooks.ctx, &a->arena, &ns->root.mount.tree, &ns->fstab);
		if (r < 0) {
			return kb_error_set(err, r, "/etc/fstab: %s", strerror(-r));
		}
		r = kb_fstab_mounts_init(ns, err);
	}
	return r;
}

const struct kb_namespace_kind kb_environment_kind = {environment_open, environment_locate,
						      environment_done};
