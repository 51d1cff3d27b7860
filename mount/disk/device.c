/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/mount/device.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

#include "hibernation.h"
#include "job.h"
#include "replay.h"
#include "reuse.h"
#include "table/mounted.h"
#include "table/point.h"
#include "writable.h"

static void job_done(struct kb_mount_job *job)
{
	job->block_fd = kb_close(job->block_fd);
}

bool kb_mount_knows(const char *fstype)
{
	return kb_filesystem_find(fstype) != NULL;
}

static int open_root(struct kb_mount *mount, const char *path, const char *name)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0) {
		return -errno;
	}
	memcpy(mount->name, name, strlen(name) + 1);
	mount->tree.root_fd = fd;
	mount->tree.name = mount->name;
	return 0;
}

/* A name that stays below /dev, for a path and for messages. */
static int check_name(const char *name, struct kb_error *err)
{
	if (!name || name[0] == '\0' || name[0] == '/' || strcmp(name, "..") == 0 ||
	    strncmp(name, "../", 3) == 0 || strstr(name, "/../")) {
		return kb_error_set(err, -EINVAL, "%s is no name of a device",
				    name ? name : "\"\"");
	}
	if (strlen(name) >= sizeof(((struct kb_mount *)NULL)->name)) {
		return kb_error_set(err, -ENAMETOOLONG, "%s: the device's name is too long", name);
	}
	return 0;
}

/* A comma would smuggle in options of its own. */
static int check_subvolume(const char *name, const char *subvolume, struct kb_error *err)
{
	if (subvolume && (subvolume[0] == '\0' || strchr(subvolume, ','))) {
		return kb_error_set(err, -EINVAL, "%s: \"%s\" is no name of a subvolume", name,
				    subvolume);
	}
	return 0;
}

/* A look at an ntfs before it is written to. */
static int check_not_hibernated(struct kb_mount_job *job, struct kb_error *err)
{
	struct kb_mount look = {0};
	bool is_hibernated;
	int r = kb_mount_unwritten(job);

	if (r < 0) {
		return kb_mount_failure(job, r, err);
	}
	r = open_root(&look, job->target, job->device->name);
	if (r < 0) {
		kb_unmount(job->sys, job->target);
		return kb_mount_failure(job, r, err);
	}
	is_hibernated = kb_mount_is_hibernated(&look.tree);
	(void)kb_close(look.tree.root_fd);
	kb_unmount(job->sys, job->target);
	job->note[0] = '\0';
	if (!is_hibernated) {
		return 0;
	}
	return kb_error_set(
		err, -EUCLEAN,
		"%s belongs to a hibernated Windows; shut that down fully before anything "
		"is written to it",
		job->device->name);
}

static int mount_read_write(struct kb_mount_job *job, struct kb_error *err)
{
	const struct kb_sys *sys = job->sys;
	KB_CLOSE int sysfs_fd = -1;
	int r = 0;

	if (strcmp(job->device->fstype, "ntfs") == 0) {
		r = check_not_hibernated(job, err);
		if (r < 0) {
			return r;
		}
	}
	sysfs_fd = open("/sys", O_PATH | O_DIRECTORY | O_CLOEXEC);
	r = kb_make_writable(sys, sysfs_fd, job->options->dev_dir, job->device->name, err);
	if (r < 0 && err->code) {
		return r;
	}
	if (r == 0) {
		r = kb_mount_try(job, job->source, job->filesystem->read_write,
				 KB_MOUNT_SAFE_FLAGS);
	}
	return r < 0 ? kb_mount_failure(job, r, err) : 0;
}

static int mount_job(struct kb_mount_job *job, enum kb_reuse *ret_reuse, struct kb_error *err)
{
	bool read_write = job->options->read_write && job->filesystem->read_write[0].type;
	int r;

	if (read_write && job->options->hibernated) {
		return kb_error_set(err, -EUCLEAN,
				    "%s may be in use by a system that is hibernated on this "
				    "machine; wake that up and shut it down before anything is "
				    "written to its disks",
				    job->device->name);
	}
	r = kb_mount_reuse(job, read_write, ret_reuse, err);
	if (r < 0 || *ret_reuse != KB_REUSE_NONE) {
		return r;
	}
	if (read_write) {
		return mount_read_write(job, err);
	}
	r = kb_mount_unwritten(job);
	return r < 0 ? kb_mount_failure(job, r, err) : 0;
}

/*
 * Nobody else mounts this device meanwhile: a snapshot has its origin for itself, and there is to
 * be one for all. The lock ends with the descriptor, also when a worker is killed.
 */
static int lock_source(const struct kb_mount_job *job)
{
	int r;

	do {
		r = flock(job->block_fd, LOCK_EX) < 0 ? -errno : 0;
	} while (r == -EINTR);
	return r;
}

static int prepare_source(struct kb_mount_job *job, struct kb_error *err)
{
	const char *name = job->device->name;
	int n = snprintf(job->source, sizeof(job->source), "%s/%s", job->options->dev_dir, name);
	int r;

	if (n < 0 || (size_t)n >= sizeof(job->source)) {
		return kb_error_set(err, -ENAMETOOLONG, "%s: the device's path is too long", name);
	}
	/* O_NONBLOCK: an optical drive would wait for its medium. */
	job->block_fd = open(job->source, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	r = job->block_fd < 0 ? -errno : lock_source(job);
	return r < 0 ? kb_error_set(err, r, "%s cannot be opened: %s", name, strerror(-r)) : 0;
}

static int prepare_target(struct kb_mount_job *job, struct kb_error *err)
{
	const struct kb_mount_options *options = job->options;
	const char *name = job->device->name;
	int r;

	if (options->target) {
		r = kb_mount_point_resolve(options->target, job->target, sizeof(job->target));
		return r < 0 ? kb_error_set(err, r, "cannot mount %s on %s: %s", name,
					    options->target, strerror(-r))
			     : 0;
	}
	r = kb_mount_point_make(options->work_dir, name, job->target, sizeof(job->target));
	return r < 0 ? kb_error_set(err, r, "cannot make a mount point for %s below %s: %s", name,
				    options->work_dir, strerror(-r))
		     : 0;
}

static void remove_point(const struct kb_mount_job *job)
{
	if (!job->options->target) {
		(void)rmdir(job->target);
	}
}

/* Where that cannot be seen it is taken for the top. */
static void look_at_subvolume(const struct kb_mount_job *job, struct kb_mount *mount)
{
	char *name = mount->subvolume;

	if (strcmp(job->device->fstype, "btrfs") != 0 ||
	    kb_mounted_root(mount->tree.root_fd, "/proc/self/mountinfo", name,
			    sizeof(mount->subvolume)) < 0 ||
	    name[1] == '\0') {
		name[0] = '\0';
	}
}

static int mount_and_open(struct kb_mount_job *job, struct kb_mount *mount, struct kb_error *err)
{
	enum kb_reuse reuse = KB_REUSE_NONE;
	int r = mount_job(job, &reuse, err);

	if (r < 0) {
		remove_point(job);
		return r;
	}
	r = open_root(mount, job->target, job->device->name);
	if (r < 0) {
		if (reuse != KB_REUSE_THERE) {
			kb_unmount(job->sys, job->target);
		}
		remove_point(job);
		return kb_mount_failure(job, r, err);
	}
	memcpy(mount->target, job->target, sizeof(mount->target));
	memcpy(mount->note, job->note, sizeof(mount->note));
	mount->is_ours = !job->options->keep && reuse != KB_REUSE_THERE;
	mount->is_fresh = !job->options->target;
	mount->sys = job->sys;
	look_at_subvolume(job, mount);
	return 0;
}

static int mount_real(const struct kb_sys *sys, const struct kb_device *device,
		      const struct kb_mount_options *options, struct kb_mount *mount,
		      struct kb_error *err)
{
	KB_CLEANUP(job_done)
	struct kb_mount_job job = {
		.sys = sys,
		.device = device,
		.options = options,
		.filesystem = kb_filesystem_find(device->fstype),
		.block_fd = -1,
	};
	int r;

	if (!device->fstype) {
		return kb_error_set(err, -ENODEV, "%s holds no filesystem that kboot knows",
				    device->name);
	}
	if (!job.filesystem) {
		return kb_error_set(
			err, -ENODEV,
			"%s holds %s, which is not a filesystem that kboot can open yet",
			device->name, device->fstype);
	}
	r = prepare_source(&job, err);
	if (r == 0) {
		r = prepare_target(&job, err);
	}
	return r < 0 ? r : mount_and_open(&job, mount, err);
}

static int open_simulated(const struct kb_sys *sys, const struct kb_device *device,
			  const char *subvolume, struct kb_mount *mount, struct kb_error *err)
{
	int r = open_root(mount, device->tree, device->name);

	subvolume = subvolume ? subvolume : device->subvolume;
	if (r == 0 && subvolume) {
		KB_CLOSE int whole_fd = mount->tree.root_fd;
		const struct kb_tree whole = {.root_fd = whole_fd, .name = device->name};

		r = kb_tree_open_dir(&whole, subvolume, &mount->tree.root_fd);
		if (r < 0) {
			return kb_error_set(err, r, "%s has no subvolume %s: %s", device->name,
					    subvolume, strerror(-r));
		}
	}
	if (r < 0) {
		return kb_error_set(err, r, "the folder %s that stands for %s cannot be opened: %s",
				    device->tree, device->name, strerror(-r));
	}
	if (subvolume && subvolume[strspn(subvolume, "/")]) {
		(void)snprintf(mount->subvolume, sizeof(mount->subvolume), "/%s", subvolume);
	}
	mount->sys = sys;
	return 0;
}

int kb_mount_device(const struct kb_sys *sys, const struct kb_device *device,
		    const struct kb_mount_options *options, struct kb_mount *ret_mount,
		    struct kb_error *err)
{
	struct kb_mount mount = {0};
	int r = check_name(device->name, err);

	if (r == 0) {
		r = check_subvolume(device->name, options->subvolume, err);
	}
	if (r == 0) {
		r = device->tree ? open_simulated(sys, device, options->subvolume, &mount, err)
				 : mount_real(sys, device, options, &mount, err);
	}
	if (r < 0) {
		return r;
	}
	*ret_mount = mount;
	ret_mount->tree.name = ret_mount->name;
	return 0;
}
