/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "environment.h"
#include "nfs_namespace.h"
#include "smb_namespace.h"

void kb_automount_init(struct kb_automount *a, const struct kb_sys *sys,
		       const struct kb_automount_hooks *hooks,
		       const struct kb_automount_options *options)
{
	*a = (struct kb_automount){.sys = sys, .hooks = *hooks, .options = *options};
}

/* What was mounted last goes first: it may be inside the others. */
void kb_automount_done(struct kb_automount *a)
{
	for (struct kb_automount_namespace *ns = a->namespaces; ns; ns = ns->next) {
		kb_namespace_done(ns);
	}
	kb_arena_done(&a->arena);
	a->namespaces = NULL;
	a->n_namespaces = 0;
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

static int open_own(struct kb_automount_namespace *ns, const struct kb_device *device,
		    struct kb_error *err)
{
	int r = kb_mounted_tree_open_folder(ns->owner, "/", &ns->root, err);

	(void)device;
	ns->base.prefix = "/";
	ns->root.canonical = "/";
	return r;
}

static const struct kb_namespace_kind own_kind = {open_own, locate_simple, NULL};

static int open_device(struct kb_automount_namespace *ns, const struct kb_device *device,
		       struct kb_error *err)
{
	ns->base.prefix = kb_arena_printf(&ns->owner->arena, "%s:", device->name);
	return ns->base.prefix
		       ? kb_mounted_tree_mount(ns->owner, device, "mnt", NULL, &ns->root, err)
		       : kb_error_no_memory(err);
}

static const struct kb_namespace_kind device_kind = {open_device, locate_simple, NULL};

static int get_device_namespace(struct kb_automount *a, const char *reference,
				struct kb_automount_namespace **ret_namespace, struct kb_error *err)
{
	const struct kb_device *device = NULL;
	int r = kb_namespace_device(a, reference, &device, err);

	if (r == -ENODEV) {
		return strpbrk(reference, "=/ ")
			       ? kb_error_set(err, r, "there is no device %s", reference)
			       : kb_error_set(err, r,
					      "there is no device %s (were it a host: nfs://%s/…)",
					      reference, reference);
	}
	if (r < 0) {
		return r;
	}
	return kb_namespace_get(a, &device_kind, device->name, device, ret_namespace, err);
}

static int get_environment(struct kb_automount *a, struct kb_automount_namespace **ret_namespace,
			   struct kb_error *err)
{
	const struct kb_device *device = NULL;
	int r;

	if (a->options.folder && !a->options.root) {
		return kb_namespace_get(a, &kb_environment_kind, "", NULL, ret_namespace, err);
	}
	if (!a->options.root) {
		return kb_error_set(err, -ENODEV,
				    "no booted environment is known (root= names one)");
	}
	if (strstr(a->options.root, ":/")) {
		return kb_namespace_get(a, &kb_environment_kind, a->options.root, NULL,
					ret_namespace, err);
	}
	r = kb_namespace_device(a, a->options.root, &device, err);
	if (r < 0) {
		return kb_error_set(err, r, "the booted environment root=%s", err->text);
	}
	return kb_namespace_get(a, &kb_environment_kind, device->name, device, ret_namespace, err);
}

/* --- names */

static bool is_device(void *ctx, struct kb_str word)
{
	const struct kb_automount *a = ctx;
	const struct kb_device *other;

	return a->hooks.device(a->hooks.ctx, word, &other) != NULL;
}

static int namespace_of(struct kb_automount *a, const struct kb_name *name,
			struct kb_automount_namespace **ret_namespace, struct kb_error *err)
{
	switch (name->kind) {
	case KB_NAME_RELATIVE:
	case KB_NAME_ENVIRONMENT:
		return get_environment(a, ret_namespace, err);
	case KB_NAME_OWN:
		return kb_namespace_get(a, &own_kind, "", NULL, ret_namespace, err);
	case KB_NAME_DEVICE:
		return get_device_namespace(a, name->place, ret_namespace, err);
	case KB_NAME_NFS:
		return kb_nfs_namespace_get(a, name->place, ret_namespace, err);
	case KB_NAME_SMB:
		return kb_smb_namespace_get(a, name->place, ret_namespace, err);
	case KB_NAME_URL:
		break;
	}
	return kb_error_set(err, -ENOTSUP, "%s: a URL names one file; there is nothing to go to",
			    name->path);
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

	if (kb_smb_namespace_is(ns)) {
		found->canonical = kb_smb_namespace_name(ns, found->resolved.path);
		found->shown = found->canonical;
	} else {
		found->canonical = join(&a->arena, mounted->canonical, found->resolved.rest);
		found->shown = join(&a->arena, ns->base.prefix, found->resolved.path);
	}
	found->path = join(&a->arena, mounted->real, found->resolved.rest);
	return found->canonical && found->path && found->shown ? 0 : kb_error_no_memory(err);
}

static int walk_on(struct kb_automount *a, const struct kb_automount_namespace *ns,
		   const char *path, struct kb_resolved *at, struct kb_error *err)
{
	const char *start = at->path;

	/* Inside an image: it is entered on the way. */
	if (at->type == KB_TREE_FILE && path[0] != '/') {
		path = kb_arena_printf(&a->arena, "%s/%s", start, path);
		start = "/";
	}
	return path ? kb_walk(&ns->base, &a->arena, start, path, at, err) : kb_error_no_memory(err);
}

static int walk_from(struct kb_automount *a, struct kb_automount_namespace *ns, const char *start,
		     const char *path, struct kb_place_found *ret_found, struct kb_error *err)
{
	struct kb_place_found found = {0};
	const char *root = "/";
	int r = 0;

	if (ns->kind == &kb_nfs_namespace_kind) {
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
		r = walk_on(a, ns, path, &found.resolved, err);
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
	int r = kb_name_parse(&a->arena, kb_str_from(text), is_device, a, ret_name, err);

	if (r == 0 && ret_name->had_password) {
		a->hooks.note(a->hooks.ctx, KB_NAME_PASSWORD_TEXT);
	}
	return r;
}

int kb_automount_find(struct kb_automount *a, const char *text, const char *from,
		      struct kb_place_found *ret_found, struct kb_error *err)
{
	struct kb_automount_namespace *ns = NULL;
	struct kb_name start = {.path = "/"};
	struct kb_name name = {.path = ""};
	int r = parse(a, text, &name, err);

	if (r == 0 && name.kind == KB_NAME_RELATIVE && from) {
		r = parse(a, from, &start, err);
		if (r == 0) {
			r = namespace_of(a, &start, &ns, err);
		}
	} else if (r == 0) {
		r = namespace_of(a, &name, &ns, err);
	}
	/* Where one is, is a directory, also inside an image. */
	if (name.kind == KB_NAME_RELATIVE && from && !name.path[0]) {
		name.path = ".";
	}
	return r == 0 ? walk_from(a, ns, start.path, name.path, ret_found, err) : r;
}

int kb_automount_find_in(struct kb_automount *a, const char *device, const char *subvolume,
			 const char *path, struct kb_place_found *ret_found, struct kb_error *err)
{
	const struct kb_device *found = NULL;
	struct kb_automount_namespace *ns = NULL;
	const char *key;
	int r = kb_namespace_device(a, device, &found, err);

	if (r == 0) {
		key = kb_arena_printf(&a->arena, "%s%s%s", found->name, subvolume ? "/" : "",
				      subvolume ? subvolume : "");
		r = key ? kb_namespace_get(a, &kb_environment_kind, key, found, &ns, err)
			: kb_error_no_memory(err);
	}
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
