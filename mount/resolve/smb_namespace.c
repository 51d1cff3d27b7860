/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "smb_namespace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "kboot/mount/smb.h"
#include "table/point.h"

static int mount_share(struct kb_automount *a, const struct kb_smb_place *place, const char *target,
		       struct kb_error *err)
{
	const struct kb_smb_mount_request request = {
		.place = place,
		.target = target,
		.find_user = a->hooks.smb_user,
		.ctx = a->hooks.ctx,
		.read_write = a->options.read_write,
		.deadline_ms = a->options.deadline_ms,
		.hooks = a->hooks.server,
	};

	return kb_mount_smb(a->sys, &request, err);
}

static int take_root(struct kb_automount_namespace *ns, const struct kb_smb_place *place,
		     const char *target)
{
	struct kb_automount *a = ns->owner;
	struct kb_mount *m = &ns->root.mount;
	int fd = open(target, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0) {
		return -errno;
	}
	*m = (struct kb_mount){.sys = a->sys, .is_ours = !a->options.keep, .tree = {.root_fd = fd}};
	(void)snprintf(m->target, sizeof(m->target), "%s", target);
	(void)snprintf(m->name, sizeof(m->name), "%s", place->host);
	m->tree.name = m->name;
	return 0;
}

/* Nothing is mounted there, or what is there no longer answers: mounted anew. */
static int mount_root(struct kb_automount_namespace *ns, const struct kb_smb_place *place,
		      const char *target, struct kb_error *err)
{
	struct kb_automount *a = ns->owner;
	int r = mount_share(a, place, target, err);

	if (r < 0) {
		return r;
	}
	r = take_root(ns, place, target);
	if (r < 0) {
		kb_unmount(a->sys, target);
		return kb_error_set(err, r, "%s: its share `%s` cannot be read: %s", place->host,
				    place->share, strerror(-r));
	}
	return kb_mounted_tree_allow_exec(a, &ns->root, err);
}

static int open_share(struct kb_automount_namespace *ns, const struct kb_device *device,
		      struct kb_error *err)
{
	struct kb_automount *a = ns->owner;
	struct kb_smb_place place;
	const char *target = kb_automount_folder(&a->arena, a->options.run_dir, "smb", ns->key);
	int r = kb_smb_place_parse(&a->arena, kb_str_from(ns->key), &place, err);

	(void)device;
	if (r < 0) {
		return r;
	}
	ns->base.prefix = kb_arena_printf(&a->arena, "smb://%s", ns->key);
	if (!target || !ns->base.prefix) {
		return kb_error_no_memory(err);
	}
	r = strlen(target) < KB_MOUNT_TARGET_BYTES ? kb_mount_folder_make(target) : -ENAMETOOLONG;
	if (r < 0) {
		return kb_error_set(err, r, "%s cannot be made: %s", target, strerror(-r));
	}
	ns->root.canonical = ns->base.prefix;
	ns->root.real = target;
	ns->root.host = place.host;
	return kb_mounted_tree_adopt(a, target, place.host, &ns->root) == 0
		       ? 0
		       : mount_root(ns, &place, target, err);
}

static int locate(void *ctx, const char *dir, const struct kb_tree **ret_tree,
		  const char **ret_rest, struct kb_error *err)
{
	const struct kb_automount_namespace *ns = ctx;

	(void)err;
	*ret_tree = &ns->root.mount.tree;
	*ret_rest = dir;
	return 0;
}

static const struct kb_namespace_kind smb_kind = {open_share, locate, NULL};

int kb_smb_namespace_get(struct kb_automount *a, const char *place,
			 struct kb_automount_namespace **ret_namespace, struct kb_error *err)
{
	if (a->options.no_network) {
		return kb_error_set(err, -ENOTSUP,
				    "smb://%s: a simulation does not reach for the network", place);
	}
	return kb_namespace_get(a, &smb_kind, place, NULL, ret_namespace, err);
}

bool kb_smb_namespace_is(const struct kb_automount_namespace *ns)
{
	return ns->kind == &smb_kind;
}

const char *kb_smb_namespace_name(const struct kb_automount_namespace *ns, const char *path)
{
	return kb_name_format(&ns->owner->arena, &(const struct kb_name){.kind = KB_NAME_SMB,
									 .place = ns->key,
									 .path = path});
}
