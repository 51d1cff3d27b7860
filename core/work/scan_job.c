/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scan_job.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "catalog/findings.h"
#include "efi_dir.h"
#include "kboot/base/tree.h"
#include "kboot/boot/firmware.h"
#include "kboot/formats/fstab.h"
#include "kboot/formats/reader.h"
#include "kboot/model/set.h"
#include "kboot/mount/device.h"
#include "kboot/mount/subvolume.h"
#include "scan_isos.h"
#include "scan_subvolumes.h"

/* The greeting that message= names, on the same tree. A missing one is a diagnostic, not a failure.
 */
static int read_greeting(struct kb_findings_writer *w, const struct kb_tree *tree,
			 const struct kb_reader_out *out)
{
	KB_BUF struct kb_buf text = {0};
	const struct kb_setting *message = &w->message;
	int r;

	if (!message->value) {
		return 0;
	}
	if (!message->value[0]) {
		/* None: neither kboot's own. */
		return kb_findings_write_greeting(w, "");
	}
	r = kb_tree_read(tree, message->value, KB_GREETING_MAX_BYTES, &text);
	if (r < 0) {
		kb_diag_report(&out->diags, KB_SEVERITY_WARNING, message->at,
			       "the message file %s cannot be read: %s", message->value,
			       strerror(-r));
		return 0;
	}
	return kb_findings_write_greeting(w, text.data ? text.data : "");
}

/* A system's fstab; r < 0 only where the machine, not the file, is at fault. *ret_found: is there
 * one? */
static int read_fstab(struct kb_findings_writer *w, const struct kb_tree *tree,
		      const struct kb_reader_out *out, struct kb_fstab *ret_fstab, bool *ret_found)
{
	KB_BUF struct kb_buf text = {0};
	char file[KB_ERROR_FILE];
	const char *below = tree->below ? tree->below : "";
	const char *copy;
	int r = kb_tree_read(tree, "/etc/fstab", (size_t)2 * KB_FSTAB_MAX_BYTES, &text);

	*ret_found = r == 0;
	if (r < 0) {
		return r == -ENOMEM ? r : 0;
	}
	(void)snprintf(file, sizeof(file), "%s%s%s/etc/fstab", tree->name, tree->name[0] ? ":" : "",
		       below);
	copy = kb_arena_str(&w->arena, kb_buf_view(&text));
	return copy ? kb_fstab_read(&w->arena, file, kb_str_from(copy), &out->diags, ret_fstab,
				    NULL)
		    : -ENOMEM;
}

/* A system's fstab, and its tree. */
struct installed {
	const struct kb_fstab *fstab;
	const struct kb_tree *tree;
};

/* Does the fstab say that another filesystem is there when this system runs? */
static bool is_elsewhere(void *ctx, const char *path)
{
	const struct installed *system = ctx;
	const char *rest;

	return kb_fstab_covering(system->fstab, path, &rest) &&
	       !kb_tree_mount_of(system->tree, path, &rest);
}

/* From here on what somebody else wrote is taken apart. */
static int confine(const struct kb_scan_job *job, enum kb_confinement kind, struct kb_error *err)
{
	int r = job->sys->confine(job->sys->ctx, kind, job->memory_bytes);

	return r < 0 ? kb_error_set(err, r, "its reader cannot be confined: %s", strerror(-r)) : 0;
}

struct filesystem {
	struct kb_findings_writer *w;
	const struct kb_device *device; /* NULL: a folder */
	const struct kb_tree *top;
	const struct kb_mount *mount; /* NULL: a folder */
	struct kb_scan_subvolumes *subvolumes;
	struct kb_scan_others *others;
	struct kb_scan_isos *isos;
	struct kb_error *err;
	/* The subvolumes that are the /boot of its systems. */
	const char *boots[KB_FINDINGS_MAX_SYSTEMS];
	size_t n_boots;
};

static struct kb_reader_out reader_out(const struct filesystem *fs)
{
	struct kb_reader_out out = kb_findings_writer_out(fs->w);

	out.device = fs->device;
	if (fs->device) {
		kb_scan_others_give(fs->others, &out);
		kb_scan_isos_give(fs->isos, &out);
	}
	return out;
}

static void keep_boots(struct filesystem *fs, const struct kb_fstab *fstab)
{
	for (size_t i = 0; fs->device && i < fstab->n_lines; i++) {
		const struct kb_fstab_line *line = &fstab->lines[i];
		bool is_known = !line->subvolume || line->subvolume[0] == '/';

		for (size_t k = 0; !is_known && k < fs->n_boots; k++) {
			is_known = strcmp(fs->boots[k], line->subvolume) == 0;
		}
		if (!is_known && fs->n_boots < KB_ARRAY_LEN(fs->boots) && kb_fstab_is_boot(line) &&
		    kb_device_matches(fs->device, kb_str_from(line->source))) {
			fs->boots[fs->n_boots++] = line->subvolume;
		}
	}
}

/* 1: there is none, or it is a copy of another. Its fstab stays as long as w. */
static int read_system(const struct filesystem *fs, const struct kb_tree *tree,
		       const struct kb_reader_out *out, struct kb_system *system)
{
	struct kb_findings_writer *w = fs->w;
	bool has_fstab;
	int r = read_fstab(w, tree, out, &system->fstab, &has_fstab);

	if (r < 0 || !(has_fstab || tree->below)) {
		return r < 0 ? r : 1;
	}
	if (tree->below && kb_subvolume_is_copy(fs->top, tree, &system->fstab)) {
		return 1;
	}
	system->subvolume = w->subvolume;
	r = kb_installed_read(&w->arena, tree, &system->says);
	return r < 0 ? r : kb_findings_write_system(w, system);
}

static int read_tree(const struct filesystem *fs, const struct kb_tree *tree,
		     struct kb_reader_out *out)
{
	for (size_t i = 0; i < kb_n_readers; i++) {
		struct kb_error why = {0};
		int r = kb_readers[i]->read(tree, out, &why);

		if (r == -ENOMEM || r == -EPIPE) {
			return kb_error_set(fs->err, r, "%s", why.text);
		}
		if (r < 0) {
			/* One reader's trouble is not the other readers'. */
			kb_diag_report(&out->diags, KB_SEVERITY_LOSS,
				       (struct kb_position){why.file, why.line, why.column},
				       "%s: %s", kb_readers[i]->name,
				       why.text[0] ? why.text : strerror(-r));
		}
	}
	return read_greeting(fs->w, tree, out);
}

/* A filesystem's root, or a system in a subvolume. */
static int read_root(void *ctx, const struct kb_tree *tree)
{
	struct filesystem *fs = ctx;
	struct kb_findings_writer *w = fs->w;
	struct kb_reader_out out = reader_out(fs);
	struct kb_system system = {0};
	struct kb_tree whole = *tree;
	struct installed installed = {&system.fstab, &whole};
	int r;

	if (w->n_systems == KB_FINDINGS_MAX_SYSTEMS) {
		kb_diag_report(&out.diags, KB_SEVERITY_LOSS, (struct kb_position){0},
			       "more than %d systems: %s and the rest are left out",
			       KB_FINDINGS_MAX_SYSTEMS, tree->below);
		return 1;
	}
	/* Names without more, and what is set, mean the first system. */
	if (w->n_systems > 0) {
		out.setting = NULL;
	}
	w->message = (struct kb_setting){0};
	w->subvolume = tree->below ? kb_arena_strdup(&w->arena, tree->below) : NULL;
	r = tree->below && !w->subvolume ? -ENOMEM : read_system(fs, tree, &out, &system);
	if (r < 0) {
		return kb_error_set(fs->err, r, "/etc/fstab: %s", strerror(-r));
	}
	if (r > 0 && tree->below) {
		return 0;
	}
	keep_boots(fs, &system.fstab);
	if (fs->mount && !tree->below) {
		kb_scan_subvolumes_lay(fs->subvolumes, &w->arena, fs->device, fs->mount,
				       &system.fstab, &whole);
	}
	out.is_elsewhere = is_elsewhere;
	out.elsewhere = &installed;
	return read_tree(fs, &whole, &out);
}

/* A subvolume of its own for /boot holds no system; that is in the fstab which names it. */
static int read_boots(const struct filesystem *fs)
{
	struct kb_findings_writer *w = fs->w;
	struct kb_reader_out out = reader_out(fs);
	int r = 0;

	out.setting = NULL;
	w->message = (struct kb_setting){0};
	for (size_t i = 0; r == 0 && i < fs->n_boots; i++) {
		KB_CLOSE int fd = -1;
		struct kb_tree tree = {.name = fs->top->name, .block_fd = fs->top->block_fd};

		if (kb_tree_open_dir(fs->top, fs->boots[i], &fd) < 0) {
			continue;
		}
		w->subvolume = kb_arena_printf(&w->arena, "/%s", fs->boots[i]);
		tree.root_fd = fd;
		tree.below = w->subvolume;
		r = tree.below ? read_tree(fs, &tree, &out) : kb_error_no_memory(fs->err);
	}
	return r;
}

static int read_filesystem(struct filesystem *fs, const struct kb_scan_job *job)
{
	const struct kb_reader_out out = kb_findings_writer_out(fs->w);
	const struct kb_device *device = fs->device;
	int r = confine(job, KB_CONFINE_READ, fs->err);

	if (r == 0) {
		r = read_root(fs, fs->top);
	}
	if (r < 0 || !device || !device->fstype || strcmp(device->fstype, "btrfs") != 0) {
		return r;
	}
	r = kb_subvolumes_list(fs->top, read_root, fs);
	if (r == -E2BIG) {
		kb_diag_report(&out.diags, KB_SEVERITY_LOSS,
			       (struct kb_position){.file = fs->top->name},
			       "more than %d names: no subvolume is searched for systems",
			       KB_SUBVOLUMES_MAX);
	}
	return r == -ENOMEM || r == -EPIPE ? r : read_boots(fs);
}

static int open_block(const char *name)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "/dev/%s", name);
	return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

static int probe(struct kb_findings_writer *w, const struct kb_scan_job *job,
		 struct kb_device *ret_device, struct kb_error *err)
{
	KB_CLOSE int fd = -1;

	if (job->simulated) {
		*ret_device = *job->simulated;
		return 0;
	}
	fd = open_block(job->block->name);
	if (fd < 0) {
		return kb_error_set(err, -errno, "/dev/%s cannot be opened: %s", job->block->name,
				    strerror(errno));
	}
	return kb_scan_probe(&w->arena, fd, job->block, ret_device, err);
}

/* What the firmware says to systemd-boot belongs to the partitions that the firmware can read. One
 * that says nothing, or cannot be read, changes nothing. */
static int read_vars(struct kb_findings_writer *w, const struct kb_scan_job *job,
		     const struct kb_device *device)
{
	struct kb_loader_vars vars = {0};
	KB_CLOSE int fd = -1;

	if (job->vars) {
		return kb_findings_write_vars(w, job->vars);
	}
	if (!device->fstype || strcmp(device->fstype, "vfat") != 0 ||
	    kb_efi_dir_open(job->sys, NULL, false, &fd) < 0 || fd < 0) {
		return 0;
	}
	return kb_firmware_read_loader(fd, &w->arena, &vars) < 0 ? -ENOMEM
								 : kb_findings_write_vars(w, &vars);
}

/* What has to be open is opened before the worker gives away what that takes. */
static int read_mounted(struct kb_findings_writer *w, const struct kb_scan_job *job,
			const struct kb_device *device, struct kb_mount *mount,
			const struct kb_mount_options *options, struct kb_error *err)
{
	struct kb_scan_others others = {.w = w, .list = job->others, .n = job->n_others};
	struct kb_scan_subvolumes subvolumes = {0};
	struct kb_scan_isos isos = {.w = w, .sys = job->sys, .device = device, .top = &mount->tree};
	KB_CLOSE int block_fd = device->tree ? -1 : open_block(device->name);
	struct filesystem fs = {.w = w,
				.device = device,
				.top = &mount->tree,
				.mount = mount,
				.subvolumes = &subvolumes,
				.others = &others,
				.isos = &isos,
				.err = err};
	int r;

	kb_scan_subvolumes_open(&subvolumes, job->sys, device, mount, options);
	r = kb_scan_isos_open(&isos, options);
	kb_mount_detach(mount);
	mount->tree.block_fd = block_fd;
	kb_scan_others_open(&others, job->sys, options);
	r = r == 0 ? read_filesystem(&fs, job) : r;
	if (r == 0) {
		r = kb_scan_isos_read(&isos, err);
	}
	kb_scan_isos_done(&isos);
	kb_scan_others_done(&others);
	kb_scan_subvolumes_done(&subvolumes);
	return r;
}

/* A member of something that is assembled first, or nothing that holds files. */
static bool is_closed(const struct kb_scan_job *job, const struct kb_device *device)
{
	bool is_member = device->set || kb_set_kind_of_type(device->fstype) != KB_SET_NONE;

	return (is_member && !job->is_whole) || (!device->tree && !kb_mount_knows(device->fstype));
}

static int read_device(struct kb_findings_writer *w, const struct kb_scan_job *job,
		       struct kb_error *err)
{
	/* To look needs no writing, whatever mount_rw says. */
	const struct kb_mount_options options = {.dev_dir = "/dev",
						 .modules = "/proc/modules",
						 .work_dir = KB_SCAN_MOUNT_DIR};
	struct kb_mount mount = {0};
	struct kb_device device = {0};
	int r = probe(w, job, &device, err);

	if (r < 0) {
		return r;
	}
	r = kb_findings_write_device(w, &device);
	if (r < 0 || is_closed(job, &device)) {
		return r;
	}
	if (!device.tree) {
		/* In a namespace of its own the mount goes with this process, however it ends. */
		r = job->sys->unshare_mounts(job->sys->ctx);
		if (r < 0) {
			return kb_error_set(err, r, "no mount namespace: %s", strerror(-r));
		}
	}
	r = read_vars(w, job, &device);
	if (r == 0) {
		r = kb_mount_device(job->sys, &device, &options, &mount, err);
	}
	if (r < 0) {
		return r;
	}
	if (mount.note[0] != '\0') {
		const struct kb_reader_out out = kb_findings_writer_out(w);

		kb_diag_report(&out.diags, KB_SEVERITY_WARNING, (struct kb_position){0}, "%s",
			       mount.note);
	}
	r = read_mounted(w, job, &device, &mount, &options, err);
	kb_mount_done(&mount);
	return r;
}

static int read_folder(struct kb_findings_writer *w, const struct kb_scan_job *job,
		       struct kb_error *err)
{
	KB_CLOSE int fd = open(job->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct kb_tree tree = {.root_fd = fd, .name = ""};
	struct filesystem fs = {.w = w, .top = &tree, .err = err};

	if (fd < 0) {
		return kb_error_set(err, -errno, "the folder cannot be opened: %s",
				    strerror(errno));
	}
	if (job->vars && kb_findings_write_vars(w, job->vars) < 0) {
		return kb_error_no_memory(err);
	}
	return read_filesystem(&fs, job);
}

int kb_scan_job_run(void *data, int out_fd)
{
	const struct kb_scan_job *job = data;
	struct kb_findings_writer w = {.fd = out_fd};
	struct kb_error err = {0};
	int r = confine(job, KB_CONFINE_SCAN, &err);

	if (r == 0) {
		r = job->folder ? read_folder(&w, job, &err) : read_device(&w, job, &err);
	}
	if (r < 0) {
		if (!err.code) {
			kb_error_set(&err, r, "%s", strerror(-r));
		}
		r = kb_findings_write_error(&w, &err);
	}
	if (r == 0) {
		r = kb_findings_write_end(&w);
	}
	kb_findings_writer_done(&w);
	return r;
}
