/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "nfs_namespace.h"

#include <errno.h>
#include <string.h>

#include "kboot/mount/nfs.h"
#include "table/mountinfo.h"
#include "table/point.h"

/* "" or "/x": what is left of dir below the directory of the server export. NULL: not below it. */
static const char *below(const char *export, const char *dir)
{
	size_t len = strcmp(export, "/") == 0 ? 0 : strlen(export);

	if (strncmp(dir, export, len) != 0 || (dir[len] != '/' && dir[len] != '\0')) {
		return NULL;
	}
	return dir + len;
}

static struct nfs_export *covering(const struct kb_automount_namespace *ns, const char *dir)
{
	struct nfs_export *best = NULL;

	for (struct nfs_export *e = ns->exports; e; e = e->next) {
		if (below(e->path, dir) && (!best || strlen(e->path) > strlen(best->path))) {
			best = e;
		}
	}
	return best;
}

static int add_export(struct kb_automount_namespace *ns, struct nfs_export *e, const char *path,
		      const char *real, struct kb_error *err)
{
	struct kb_automount *a = ns->owner;

	e->path = kb_arena_strdup(&a->arena, path);
	e->mounted.real = kb_arena_strdup(&a->arena, real);
	e->mounted.canonical = kb_arena_printf(&a->arena, "%s%s", ns->base.prefix,
					       strcmp(path, "/") == 0 ? "" : path);
	e->mounted.host = ns->key;
	if (!e->path || !e->mounted.real || !e->mounted.canonical) {
		kb_mounted_tree_done(&e->mounted);
		return kb_error_no_memory(err);
	}
	e->next = ns->exports;
	ns->exports = e;
	return 0;
}

/* What an earlier visit has left mounted: "host:/export" on a folder below ours. */
static int adopt(struct kb_automount_namespace *ns, const struct kb_mountinfo *info)
{
	struct kb_automount *a = ns->owner;
	struct nfs_export *e;
	size_t len = strlen(ns->folder);
	const char *export = strstr(info->source, ":/");

	if (strncmp(info->fstype, "nfs", 3) != 0 || strncmp(info->target, ns->folder, len) != 0 ||
	    info->target[len] != '/' || !export) {
		return 0;
	}
	e = kb_arena_alloc(&a->arena, sizeof(*e));
	if (!e) {
		return -ENOMEM;
	}
	/* One that no longer answers is mounted anew. */
	return kb_mounted_tree_adopt(a, info->target, ns->key, &e->mounted) < 0
		       ? 0
		       : add_export(ns, e, export + 1, info->target, NULL);
}

static int adopt_all(struct kb_automount_namespace *ns)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_mounts all = {0};
	int r = kb_mountinfo_read(&arena, "/proc/self/mountinfo", &all);

	for (size_t i = 0; r == 0 && i < all.n; i++) {
		r = adopt(ns, &all.mounts[i]);
	}
	return r;
}

static int open_server(struct kb_automount_namespace *ns, const struct kb_device *device,
		       struct kb_error *err)
{
	struct kb_automount *a = ns->owner;
	char *folder = kb_automount_folder(&a->arena, a->options.run_dir, "nfs", ns->key);
	int r;

	(void)device;
	ns->folder = folder;
	ns->base.prefix = kb_name_format(&a->arena, &(const struct kb_name){.kind = KB_NAME_NFS,
									    .place = ns->key,
									    .path = ""});
	ns->nfs = kb_arena_alloc(&a->arena, sizeof(*ns->nfs));
	if (!folder || !ns->base.prefix || !ns->nfs) {
		return kb_error_no_memory(err);
	}
	r = kb_nfs_place_parse(&a->arena, kb_str_from(ns->key), ns->nfs, err);
	if (r == 0 && a->options.keep) {
		r = adopt_all(ns);
		r = r < 0 ? kb_error_set(err, r, "/proc/self/mountinfo: %s", strerror(-r)) : 0;
	}
	return r;
}

static int mount_for(struct kb_automount_namespace *ns, const char *dir,
		     struct nfs_export **ret_export, struct kb_error *err)
{
	struct kb_automount *a = ns->owner;
	const struct kb_nfs_mount_request request = {
		.place = ns->nfs,
		.path = dir,
		.work_dir = ns->folder,
		.keep = a->options.keep,
		.read_write = a->options.read_write,
		.deadline_ms = a->options.deadline_ms,
		.hooks = a->hooks.server,
	};
	struct nfs_export *e = kb_arena_alloc(&a->arena, sizeof(*e));
	const char *path = NULL;
	int r;

	if (!e) {
		return kb_error_no_memory(err);
	}
	r = kb_mount_nfs(a->sys, &request, &a->arena, &e->mounted.mount, &path, err);
	if (r == 0) {
		/* The struct has come to its last place: the tree names itself. */
		e->mounted.mount.tree.name = e->mounted.mount.name;
		r = kb_mounted_tree_allow_exec(a, &e->mounted, err);
		if (r < 0) {
			kb_mounted_tree_done(&e->mounted);
		}
	}
	if (r == 0) {
		r = add_export(ns, e, path, e->mounted.mount.target, err);
	}
	if (r == 0) {
		*ret_export = e;
	}
	return r;
}

static int locate(void *ctx, const char *dir, const struct kb_tree **ret_tree,
		  const char **ret_rest, struct kb_error *err)
{
	struct kb_automount_namespace *ns = ctx;
	struct nfs_export *e = covering(ns, dir);
	const char *rest;
	int r = e ? 0 : mount_for(ns, dir, &e, err);

	if (r != 0) {
		return r;
	}
	rest = below(e->path, dir);
	if (!rest) {
		return kb_error_set(err, -ENOENT, "%s%s: the server does not offer it",
				    ns->base.prefix, dir);
	}
	*ret_tree = &e->mounted.mount.tree;
	*ret_rest = rest[0] ? rest : "/";
	return 0;
}

int kb_nfs_namespace_start(struct kb_automount_namespace *ns, const char *path,
			   const char **ret_start, const char **ret_rest, struct kb_error *err)
{
	struct nfs_export *e = covering(ns, path);
	int r = e ? 0 : mount_for(ns, path, &e, err);

	if (r != 0) {
		return r;
	}
	*ret_start = e->path;
	*ret_rest = below(e->path, path);
	/* The server's own links may have led us elsewhere: then the walk goes from its root. */
	if (!*ret_rest) {
		*ret_start = "/";
		*ret_rest = path;
	} else if ((*ret_rest)[0] == '/') {
		(*ret_rest)++;
	}
	return 0;
}

static void close_server(struct kb_automount_namespace *ns)
{
	for (struct nfs_export *e = ns->exports; e; e = e->next) {
		kb_mounted_tree_done(&e->mounted);
	}
	ns->exports = NULL;
}

const struct kb_namespace_kind kb_nfs_namespace_kind = {open_server, locate, close_server};

int kb_nfs_namespace_get(struct kb_automount *a, const char *host,
			 struct kb_automount_namespace **ret_namespace, struct kb_error *err)
{
	if (a->options.no_network) {
		return kb_error_set(err, -ENOTSUP,
				    "%s: a simulation does not reach for the network", host);
	}
	return kb_namespace_get(a, &kb_nfs_namespace_kind, host, NULL, ret_namespace, err);
}
