/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mounted_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statvfs.h>

#include "kboot/mount/device.h"
#include "table/mounted.h"
#include "table/point.h"

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
		return kb_error_no_memory(err);
	}
	r = kb_mount_folder_make(path);
	if (r < 0) {
		return kb_error_set(err, r, "%s cannot be made: %s", path, strerror(-r));
	}
	*ret_path = path;
	return 0;
}

char *kb_mounted_tree_name(struct kb_arena *arena, const char *whole, const char *sign,
			   const char *subvolume)
{
	const char *name = subvolume ? subvolume + strspn(subvolume, "/") : "";

	return kb_arena_printf(arena, "%s%s%s%s", whole, sign, name[0] ? "/" : "", name);
}

static int mount_at_target(struct kb_automount *a, const struct kb_device *device,
			   const char *below, const char *subvolume, struct mounted_tree *mounted,
			   struct kb_error *err)
{
	struct kb_mount_options options = {.dev_dir = a->options.dev_dir,
					   .modules = a->options.modules,
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
	r = name ? make_target(a, below, name, &target, err) : kb_error_no_memory(err);
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
	int r;

	mounted->canonical = kb_mounted_tree_name(&a->arena, device->name, ":", subvolume);
	if (!mounted->canonical) {
		return kb_error_no_memory(err);
	}
	if (!device->tree) {
		return mount_at_target(a, device, below, subvolume, mounted, err);
	}
	mounted->real = kb_mounted_tree_name(&a->arena, device->tree, "", subvolume);
	r = kb_mount_device(a->sys, device, &simulated, &mounted->mount, err);
	return r == 0 && !mounted->real ? kb_error_no_memory(err) : r;
}

int kb_mounted_tree_open_folder(struct kb_automount *a, const char *folder,
				struct mounted_tree *mounted, struct kb_error *err)
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
