/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/mount/device.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>

#include "filesystem.h"
#include "hibernation.h"
#include "point.h"

/* Nothing on a found disk may act on kboot's own system. */
static const unsigned long safe_flags = MS_NODEV | MS_NOSUID | MS_NOEXEC | MS_NOATIME;

enum { OPTIONS_BYTES = 1024 };

/* A mount in the making. */
struct job {
	const struct kb_sys *sys;
	const struct kb_device *device;
	const struct kb_mount_options *options;
	const struct kb_filesystem *filesystem;
	int block_fd;
	char source[512];
	char target[KB_MOUNT_TARGET_BYTES];
};

static void job_done(struct job *job)
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

static int failure(const struct job *job, int code, struct kb_error *err)
{
	const char *name = job->device->name;
	const char *fstype = job->device->fstype;

	switch (code) {
	case -ENODEV:
		return kb_error_set(err, code, "%s holds %s, and this kernel has no driver for it",
				    name, fstype);
	case -EINVAL:
	case -EBADMSG:
	case -EUCLEAN:
		return kb_error_set(err, -EUCLEAN,
				    "the %s filesystem on %s is damaged, incomplete or newer than "
				    "this kernel (%s)",
				    fstype, name, strerror(-code));
	case -EROFS:
	case -EACCES:
		return kb_error_set(err, -EUCLEAN,
				    "the %s filesystem on %s would have to be repaired by writing "
				    "to it first, which kboot does not do",
				    fstype, name);
	case -EBUSY:
		return kb_error_set(err, code,
				    "%s is in use (mounted elsewhere, or part of an array)", name);
	case -ENOENT:
		if (job->options->subvolume) {
			return kb_error_set(err, code, "%s has no subvolume %s", name,
					    job->options->subvolume);
		}
		break;
	default:
		break;
	}
	return kb_error_set(err, code, "%s cannot be mounted: %s", name, strerror(-code));
}

/* Whether the kernel may merely not know this type or one of its options. */
static bool may_try_next(int code)
{
	return code == -EINVAL || code == -ENODEV;
}

static void add_option(struct kb_buf *list, const char *key, const char *value)
{
	if (value && value[0] != '\0') {
		kb_buf_printf(list, "%s%s%s", list->len > 0 ? "," : "", key, value);
	}
}

/* more: options that the caller would like, NULL for none. */
static int mount_with(const struct job *job, const struct kb_mount_attempt *attempt,
		      unsigned long flags, const char *more)
{
	KB_BUF struct kb_buf list = {.max_bytes = OPTIONS_BYTES};

	add_option(&list, "", attempt->options);
	if (strcmp(attempt->type, "btrfs") == 0) {
		add_option(&list, "subvol=", job->options->subvolume);
	}
	add_option(&list, "", more);
	if (kb_buf_error(&list) < 0) {
		return kb_buf_error(&list);
	}
	return job->sys->mount(job->sys->ctx, job->source, job->target, attempt->type, flags,
			       list.data);
}

static int try_attempts(const struct job *job,
			const struct kb_mount_attempt attempts[static KB_MOUNT_ATTEMPTS],
			unsigned long flags)
{
	const char *more = job->options->options;
	int first = -ENODEV;

	for (size_t i = 0; i < KB_MOUNT_ATTEMPTS && attempts[i].type; i++) {
		int r = mount_with(job, &attempts[i], flags, more);

		if (r == -EINVAL && more) {
			r = mount_with(job, &attempts[i], flags, NULL);
		}
		if (r == 0 || !may_try_next(r)) {
			return r;
		}
		/* "No driver" for a later attempt says less than what the first driver said. */
		first = first == -ENODEV ? r : first;
	}
	return first;
}

static void unmount(const struct kb_sys *sys, const char *target)
{
	if (sys->umount(sys->ctx, target, UMOUNT_NOFOLLOW) < 0) {
		(void)sys->umount(sys->ctx, target, UMOUNT_NOFOLLOW | MNT_DETACH);
	}
}

/*
 * The block device itself is made read-only before the mount: ext4 truncates and frees the orphaned
 * inodes of an unclean filesystem even on a read-only mount, f2fs does the like, and both write
 * error counters into their superblock later; all ask the device first whether it can be written.
 * The device must have been told by then, so the order matters. (The block layer only warns about
 * writes to a read-only device, so this does not replace the options in filesystem.c.)
 */
static int mount_read_only(const struct job *job)
{
	const struct kb_sys *sys = job->sys;
	int was_read_only;
	bool known = ioctl(job->block_fd, BLKROGET, &was_read_only) == 0;
	int r = sys->set_block_read_only(sys->ctx, job->block_fd, true);

	if (r < 0) {
		return r;
	}
	r = try_attempts(job, job->filesystem->read_only, safe_flags | MS_RDONLY);
	if (r < 0 && known && !was_read_only) {
		/* Somebody may have it mounted read-write: that is why we failed. */
		(void)sys->set_block_read_only(sys->ctx, job->block_fd, false);
	}
	return r;
}

/* A look at an ntfs before it is written to. */
static int check_not_hibernated(const struct job *job, struct kb_error *err)
{
	struct kb_mount look = {0};
	bool is_hibernated;
	int r = mount_read_only(job);

	if (r < 0) {
		return failure(job, r, err);
	}
	r = open_root(&look, job->target, job->device->name);
	if (r < 0) {
		unmount(job->sys, job->target);
		return failure(job, r, err);
	}
	is_hibernated = kb_mount_is_hibernated(&look.tree);
	(void)kb_close(look.tree.root_fd);
	unmount(job->sys, job->target);
	if (!is_hibernated) {
		return 0;
	}
	return kb_error_set(
		err, -EUCLEAN,
		"%s belongs to a hibernated Windows; shut that down fully before anything "
		"is written to it",
		job->device->name);
}

static int mount_read_write(const struct job *job, struct kb_error *err)
{
	const struct kb_sys *sys = job->sys;
	int r = 0;

	if (job->options->hibernated) {
		return kb_error_set(err, -EUCLEAN,
				    "%s may be in use by a system that is hibernated on this "
				    "machine; wake that up and shut it down before anything is "
				    "written to its disks",
				    job->device->name);
	}
	if (strcmp(job->device->fstype, "ntfs") == 0) {
		r = check_not_hibernated(job, err);
		if (r < 0) {
			return r;
		}
	}
	r = sys->set_block_read_only(sys->ctx, job->block_fd, false);
	if (r == 0) {
		r = try_attempts(job, job->filesystem->read_write, safe_flags);
	}
	return r < 0 ? failure(job, r, err) : 0;
}

static int mount_job(const struct job *job, struct kb_error *err)
{
	int r;

	if (job->options->read_write && job->filesystem->read_write[0].type) {
		return mount_read_write(job, err);
	}
	r = mount_read_only(job);
	return r < 0 ? failure(job, r, err) : 0;
}

static int prepare_source(struct job *job, struct kb_error *err)
{
	const char *name = job->device->name;
	int n = snprintf(job->source, sizeof(job->source), "%s/%s", job->options->dev_dir, name);

	if (n < 0 || (size_t)n >= sizeof(job->source)) {
		return kb_error_set(err, -ENAMETOOLONG, "%s: the device's path is too long", name);
	}
	/* O_NONBLOCK: an optical drive would wait for its medium. */
	job->block_fd = open(job->source, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (job->block_fd < 0) {
		int r = -errno;

		return kb_error_set(err, r, "%s cannot be opened: %s", name, strerror(-r));
	}
	return 0;
}

static int prepare_target(struct job *job, struct kb_error *err)
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

static void remove_point(const struct job *job)
{
	if (!job->options->target) {
		(void)rmdir(job->target);
	}
}

static int mount_and_open(const struct job *job, struct kb_mount *mount, struct kb_error *err)
{
	int r = mount_job(job, err);

	if (r < 0) {
		remove_point(job);
		return r;
	}
	r = open_root(mount, job->target, job->device->name);
	if (r < 0) {
		unmount(job->sys, job->target);
		remove_point(job);
		return failure(job, r, err);
	}
	memcpy(mount->target, job->target, sizeof(mount->target));
	mount->is_ours = !job->options->keep;
	mount->is_fresh = !job->options->target;
	mount->sys = job->sys;
	return 0;
}

static int mount_real(const struct kb_sys *sys, const struct kb_device *device,
		      const struct kb_mount_options *options, struct kb_mount *mount,
		      struct kb_error *err)
{
	KB_CLEANUP(job_done)
	struct job job = {
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

	if (r == 0 && subvolume) {
		KB_CLOSE int whole_fd = mount->tree.root_fd;
		const struct kb_tree whole = {whole_fd, device->name};

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

void kb_mount_done(struct kb_mount *mount)
{
	if (!mount || !mount->sys) {
		return;
	}
	(void)kb_close(mount->tree.root_fd);
	if (mount->is_ours) {
		unmount(mount->sys, mount->target);
		if (mount->is_fresh) {
			(void)rmdir(mount->target);
		}
	}
	*mount = (struct kb_mount){.tree.root_fd = -1};
}
