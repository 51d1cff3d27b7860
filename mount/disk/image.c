/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/mount/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "job.h"
#include "table/point.h"

enum { MAGIC_BYTES = 8 };

/* ISO 9660: the first descriptor of a volume, at sector 16, is the primary one (ECMA-119, 8.4). */
static const struct {
	const char *fstype;
	uint64_t offset;
	const char *magic;
} types[] = {
	{"iso9660", 0x8000, "\1CD001"},
	{"squashfs", 0, "hsqs"},
};

const char *kb_image_fstype(int fd)
{
	char found[MAGIC_BYTES];

	for (size_t i = 0; i < KB_ARRAY_LEN(types); i++) {
		size_t len = strlen(types[i].magic);

		if (kb_read_at(fd, types[i].offset, found, len) == 0 &&
		    memcmp(found, types[i].magic, len) == 0) {
			return types[i].fstype;
		}
	}
	return NULL;
}

/* mount(2) wants a path, and the table of mounts shows it. */
static int path_of(int fd, char *ret_path, size_t size)
{
	char link[64];
	ssize_t n;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, ret_path, size - 1);
	if (n < 0) {
		return -errno;
	}
	ret_path[n] = '\0';
	return 0;
}

static int prepare_target(struct kb_mount_job *job)
{
	const struct kb_mount_options *options = job->options;

	return options->target
		       ? kb_mount_point_resolve(options->target, job->target, sizeof(job->target))
		       : kb_mount_point_make(options->work_dir, "image", job->target,
					     sizeof(job->target));
}

static int mount_job(struct kb_mount_job *job, int fd, struct kb_error *err)
{
	const struct kb_sys *sys = job->sys;
	KB_CLOSE int disk_fd = -1;
	int r = sys->file_disk(sys->ctx, fd, &disk_fd);

	if (r < 0) {
		return kb_error_set(err, r, "%s: there is no loop device for it: %s",
				    job->device->name, strerror(-r));
	}
	r = path_of(disk_fd, job->source, sizeof(job->source));
	if (r == 0) {
		r = kb_mount_try(job, job->source, job->filesystem->read_only,
				 KB_MOUNT_SAFE_FLAGS | MS_RDONLY);
	}
	return r < 0 ? kb_mount_failure(job, r, err) : 0;
}

static int open_root(const struct kb_mount_job *job, struct kb_mount *mount, struct kb_error *err)
{
	int fd = open(job->target, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0) {
		int r = -errno;

		kb_unmount(job->sys, job->target);
		return kb_mount_failure(job, r, err);
	}
	*mount = (struct kb_mount){.sys = job->sys,
				   .is_ours = !job->options->keep,
				   .is_fresh = !job->options->target,
				   .tree = {.root_fd = fd}};
	memcpy(mount->target, job->target, sizeof(mount->target));
	/* Only for messages: a long one loses its end. */
	(void)snprintf(mount->name, sizeof(mount->name), "%s", job->device->name);
	return 0;
}

int kb_mount_image(const struct kb_sys *sys, int fd, const char *name,
		   const struct kb_mount_options *options, struct kb_mount *ret_mount,
		   struct kb_error *err)
{
	const struct kb_device device = {.name = name, .fstype = kb_image_fstype(fd)};
	struct kb_mount_job job = {.sys = sys,
				   .device = &device,
				   .options = options,
				   .filesystem = kb_filesystem_find(device.fstype),
				   .block_fd = -1};
	struct kb_mount mount;
	int r;

	if (!job.filesystem) {
		return kb_error_set(err, -ENODEV, "%s is not an ISO image", name);
	}
	r = prepare_target(&job);
	if (r < 0) {
		return kb_error_set(err, r, "cannot make a mount point for %s: %s", name,
				    strerror(-r));
	}
	r = mount_job(&job, fd, err);
	if (r == 0) {
		r = open_root(&job, &mount, err);
	}
	if (r < 0) {
		if (!options->target) {
			(void)rmdir(job.target);
		}
		return r;
	}
	*ret_mount = mount;
	ret_mount->tree.name = ret_mount->name;
	return 0;
}
