/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "write_job.h"

#include <errno.h>

#include "efi_dir.h"
#include "kboot/base/escape.h"
#include "kboot/boot/firmware.h"
#include "kboot/formats/boot_state.h"
#include "kboot/mount/in_place.h"
#include "report.h"
#include "resolver.h"

struct work {
	const struct kb_write_job *job;
	const struct kb_device *device;
	struct kb_mount_options options;
	const char *file; /* whose variables are being written */
};

static int edit_block(void *ctx, struct kb_str old, struct kb_buf *out)
{
	const struct work *w = ctx;

	return kb_grubenv_edit(old, &w->job->entry->writes, w->file, out);
}

/* A simulated device's folder has the variables, too. -ENOENT: this machine has none. */
static int write_variable(const struct work *w, const char *name, const char *value)
{
	KB_CLOSE int fd = -1;
	int r = kb_efi_dir_open(w->job->sys, w->device->tree, true, &fd);

	return r < 0 ? r : fd < 0 ? -ENOENT : kb_firmware_write_loader(fd, name, value);
}

/*
 * systemd-bless-boot of the system that is started finds in a variable which file it may take the
 * counter from. systemd-boot's does not outlive the boot; no firmware takes such a one any more.
 */
static int tell_counted(const struct work *w, struct kb_str folder, struct kb_str name,
			struct kb_error *err)
{
	const char *variable = kb_loader_var_names[KB_LOADER_COUNT_PATH];
	KB_BUF struct kb_buf path = {0};
	int r;

	kb_buf_str(&path, folder);
	kb_buf_str(&path, name);
	for (size_t i = 0; i < path.len; i++) {
		path.data[i] = (char)(path.data[i] == '/' ? '\\' : path.data[i]);
	}
	r = kb_buf_error(&path);
	r = r < 0 ? r : write_variable(w, variable, path.data);
	return r == 0 || r == -ENOENT
		       ? 0
		       : kb_error_set(err, r, "the EFI variable %s: %s", variable, strerror(-r));
}

static int count_try(const struct work *w, const char *file, struct kb_error *err)
{
	const char *slash = strrchr(file, '/');
	struct kb_str folder =
		kb_str_head(kb_str_from(file), slash ? (size_t)(slash + 1 - file) : 0);
	KB_BUF struct kb_buf name = {0};
	int r = kb_bls_count_try(kb_str_skip(kb_str_from(file), folder.len), &name);

	r = r < 0 ? kb_error_set(err, r, "its name counts nothing")
		  : kb_in_place_rename(w->job->sys, w->device, &w->options, file, name.data, err);
	return r < 0 ? r : tell_counted(w, folder, kb_buf_view(&name), err);
}

static int do_write(struct work *w, const struct kb_write *write, struct kb_error *err)
{
	if (write->kind == KB_WRITE_FIRMWARE) {
		return write_variable(w, write->file, write->value);
	}
	if (write->kind == KB_WRITE_TRY) {
		/* Where it is not counted, the one before is not found good for it. */
		(void)!write_variable(w, kb_loader_var_names[KB_LOADER_COUNT_PATH], NULL);
	}
	if (w->job->hibernated) {
		return kb_error_set(err, -EROFS,
				    "a system of this machine is hibernated, and may be using it");
	}
	if (write->kind == KB_WRITE_TRY) {
		return count_try(w, write->file, err);
	}
	w->file = write->file;
	return kb_in_place_edit(w->job->sys, w->device, &w->options, write->file, edit_block, w,
				err);
}

/* All the variables of a file are written with the first of them. */
static bool is_done(const struct kb_writes *writes, size_t n)
{
	const struct kb_write *write = &writes->items[n];

	for (size_t i = 0; i < n; i++) {
		if (writes->items[i].kind == write->kind &&
		    strcmp(writes->items[i].file, write->file) == 0) {
			return true;
		}
	}
	return false;
}

static void tell_failure(const struct work *w, const struct kb_write *write, int r,
			 struct kb_error *err, int out_fd)
{
	const char *place = write->kind == KB_WRITE_FIRMWARE ? "firmware" : w->device->name;
	const char *file = write->file;

	if (!err->code) {
		(void)kb_error_set(err, r, "%s", strerror(-r));
	}
	(void)kb_error_prefix(err, r, "%s:%s was not written", place, file);
	kb_report_tell(out_fd, &(struct kb_report){.note = err->text});
}

static void tell(int out_fd, const char *sentence)
{
	kb_report_tell(out_fd, &(struct kb_report){.note = sentence});
}

static void write_for_entry(const struct kb_write_job *job, int out_fd)
{
	const struct kb_writes *writes = &job->entry->writes;
	const char *subvolume = job->entry->subvolume;
	struct work w = {
		.job = job,
		.device = job->entry->device,
		.options = {.dev_dir = "/dev",
			    .work_dir = KB_RESOLVER_RUN_DIR "/mnt",
			    .subvolume = subvolume ? subvolume + 1 : NULL,
			    .hibernated = job->hibernated},
	};

	for (size_t i = 0; i < writes->n; i++) {
		struct kb_error err = {0};
		int r = is_done(writes, i) ? 0 : do_write(&w, &writes->items[i], &err);
		if (r < 0) {
			tell_failure(&w, &writes->items[i], r, &err, out_fd);
		}
	}
}

static void write_list(const struct kb_write_job *job, int out_fd)
{
	struct kb_error err = {0};
	int r = kb_remember_write(&job->list, &err);

	if (r < 0) {
		(void)kb_error_prefix(&err, r, "the list is not kept");
		tell(out_fd, err.text);
	}
}

int kb_write_job_run(void *data, int out_fd)
{
	const struct kb_write_job *job = data;
	struct kb_error err = {0};
	int r = job->sys->confine(job->sys->ctx, KB_CONFINE_WRITE, 0);

	if (r == 0) {
		r = job->sys->unshare_mounts(job->sys->ctx);
	}
	if (r < 0) {
		(void)kb_error_set(&err, r, "nothing was written: %s", strerror(-r));
		tell(out_fd, err.text);
		return r;
	}
	if (job->entry) {
		write_for_entry(job, out_fd);
	}
	if (job->remembers) {
		write_list(job, out_fd);
	}
	return 0;
}
