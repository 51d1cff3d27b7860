/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "remember_job.h"

#include <errno.h>

#include "catalog/remembered.h"
#include "efi_dir.h"
#include "kboot/base/replace.h"
#include "kboot/base/tree.h"
#include "kboot/boot/firmware.h"
#include "kboot/mount/device.h"
#include "report.h"
#include "resolver.h"

static int mount_it(const struct kb_remember_job *job, bool read_write, struct kb_mount *mount,
		    struct kb_error *err)
{
	const struct kb_mount_options options = {
		.dev_dir = "/dev",
		.work_dir = KB_RESOLVER_RUN_DIR "/mnt",
		.read_write = read_write,
		.hibernated = job->hibernated,
	};

	return kb_mount_device(job->sys, job->device, &options, mount, err);
}

static int read_file(const struct kb_remember_job *job, struct kb_buf *text, struct kb_error *err)
{
	KB_CLEANUP(kb_mount_done) struct kb_mount mount = {0};
	int r = mount_it(job, false, &mount, err);

	if (r < 0) {
		return r;
	}
	r = kb_tree_read(&mount.tree, job->path, KB_REMEMBERED_MAX_BYTES, text);
	return r < 0 ? kb_error_set(err, r, "%s", strerror(-r)) : 0;
}

static int read_variable(const struct kb_remember_job *job, struct kb_buf *text,
			 struct kb_error *err)
{
	KB_CLOSE int fd = -1;
	int r = kb_efi_dir_open(job->sys, NULL, false, &fd);

	r = r < 0 ? r : fd < 0 ? -ENOENT : kb_firmware_read_scan(fd, text);
	return r < 0 ? kb_error_set(err, r, "the firmware's variable: %s", strerror(-r)) : 0;
}

int kb_remember_job_run(void *data, int out_fd)
{
	const struct kb_remember_job *job = data;
	KB_BUF struct kb_buf text = {0};
	struct kb_error err = {0};
	int r = job->sys->confine(job->sys->ctx, KB_CONFINE_SCAN, 0);

	r = r < 0 ? r : job->sys->unshare_mounts(job->sys->ctx);
	if (r == 0) {
		r = job->device ? read_file(job, &text, &err) : read_variable(job, &text, &err);
	}
	if (r == -ENOENT) {
		return 0;
	}
	if (r < 0) {
		kb_report_error(out_fd, r, &err);
		return r;
	}
	return kb_write_all(out_fd, kb_buf_view(&text));
}

/* --- writing */

static int write_variable(const struct kb_remember_job *job, struct kb_error *err)
{
	KB_CLOSE int fd = -1;
	int r = kb_efi_dir_open(job->sys, NULL, true, &fd);

	r = r < 0 ? r : fd < 0 ? -ENOENT : kb_firmware_write_scan(fd, job->text);
	if (r == -ENOENT) {
		return kb_error_set(err, r, "this machine has no EFI variables");
	}
	return r < 0 ? kb_error_set(err, r, "the firmware's variable: %s", strerror(-r)) : 0;
}

/* Where nothing else is changed by a mount for writing: no journal is replayed, no sum made new. */
static int may_write(const struct kb_remember_job *job, struct kb_error *err)
{
	static const char *const types[] = {"vfat", "ext2", "ext3", "ext4"};
	const char *fstype = job->device->fstype;

	if (job->hibernated) {
		return kb_error_set(err, -EROFS,
				    "a system of this machine is hibernated, and may be using it");
	}
	for (size_t i = 0; fstype && i < KB_ARRAY_LEN(types); i++) {
		if (strcmp(types[i], fstype) == 0) {
			return 0;
		}
	}
	return kb_error_set(err, -EOPNOTSUPP, "nothing is written on %s",
			    fstype ? fstype : "a filesystem that is not known");
}

/* 1: the file says that already. */
static int compare(const struct kb_remember_job *job, struct kb_error *err)
{
	KB_CLEANUP(kb_mount_done) struct kb_mount mount = {0};
	KB_BUF struct kb_buf old = {0};
	int r = mount_it(job, false, &mount, err);

	if (r < 0) {
		return r;
	}
	r = kb_tree_read(&mount.tree, job->path, KB_REMEMBERED_MAX_BYTES, &old);
	if (r == 0 && kb_str_eq(kb_buf_view(&old), job->text)) {
		return 1;
	}
	/* What is to be said of a mount is said of a journal. */
	return mount.note[0] ? kb_error_set(err, -EUCLEAN, "its journal waits to be replayed") : 0;
}

static int replace(const struct kb_remember_job *job, struct kb_error *err)
{
	KB_CLEANUP(kb_mount_done) struct kb_mount mount = {0};
	const char *slash = strrchr(job->path, '/');
	KB_ARENA struct kb_arena arena = {0};
	const char *folder =
		kb_arena_str(&arena, kb_str_of(job->path, (size_t)(slash + 1 - job->path)));
	KB_CLOSE int fd = -1;
	int r = folder ? mount_it(job, true, &mount, err) : kb_error_no_memory(err);

	if (r < 0) {
		return r;
	}
	r = kb_tree_open_dir(&mount.tree, folder, &fd);
	r = r < 0 ? r : kb_replace_file(fd, slash + 1, job->text);
	return r < 0 ? kb_error_set(err, r, "%s", strerror(-r)) : 0;
}

int kb_remember_write(const struct kb_remember_job *job, struct kb_error *err)
{
	int r;

	if (!job->device) {
		return write_variable(job, err);
	}
	r = may_write(job, err);
	r = r < 0 ? r : compare(job, err);
	return r == 0 ? replace(job, err) : r < 0 ? r : 0;
}
