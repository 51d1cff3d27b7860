/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where GRUB's configurations are on a tree, each read once. */
#include <errno.h>
#include <sys/stat.h>

#include "readers.h"
#include "script.h"
#include "state.h"
#include "tree_names.h"

enum { MAX_FILES = 64, MAX_FOLDERS = 256, PATH_BYTES = 320 };

struct file_id {
	dev_t device;
	ino_t inode;
};

struct reading {
	const struct kb_tree *tree;
	const struct kb_reader_out *out;
	struct kb_error *err;
	const struct kb_grub_net *net;
	bool says_all;
	struct file_id files[MAX_FILES];
	size_t n_files;
	size_t n_before; /* those of earlier configurations */
};

static bool is_among(const struct reading *reading, struct file_id id, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (reading->files[i].inode == id.inode && reading->files[i].device == id.device) {
			return true;
		}
	}
	return false;
}

/* The ESP's configuration leads to the one that was read already, or that one to another on the
 * list: each gives its entries once. */
static bool may_run(void *ctx, int fd)
{
	struct reading *reading = ctx;
	struct file_id id;
	struct stat st;

	if (fstat(fd, &st) < 0) {
		return true;
	}
	id = (struct file_id){st.st_dev, st.st_ino};
	if (is_among(reading, id, reading->n_before)) {
		return false;
	}
	if (!is_among(reading, id, reading->n_files) && reading->n_files < MAX_FILES) {
		reading->files[reading->n_files++] = id;
	}
	return true;
}

static int fail(const struct reading *reading, const char *path, int code)
{
	KB_ARENA struct kb_arena arena = {0};
	const char *file = tree_canonical(&arena, reading->tree, path);
	struct kb_position at = {.file = file ? file : path};

	if (code == -EFBIG) {
		kb_diag_report(&reading->out->diags, KB_SEVERITY_LOSS, at,
			       "the file is above %d MiB and is not read", GRUB_MAX_FILE >> 20);
		return 0;
	}
	if (code == -ENOMEM || code == -E2BIG || code == -ECANCELED) {
		return kb_error_set_at(reading->err, code, at,
				       code == -E2BIG
					       ? "there are more entries than kboot keeps of one "
						 "disk: the rest are left out"
					       : "the reading ended early: %s",
				       strerror(-code));
	}
	kb_diag_report(&reading->out->diags, KB_SEVERITY_LOSS, at, "the file cannot be read: %s",
		       strerror(-code));
	return 0;
}

/* As on EFI; where that gives nothing, as on a BIOS. */
static int read_script(struct reading *reading, const char *path)
{
	const struct kb_grub_eval eval = {.out = reading->out};
	struct grub_script script = {
		.tree = reading->tree,
		.path = path,
		.platform = "efi",
		.eval = &eval,
		.net = reading->net,
		.says_all = reading->says_all,
		.may_run = may_run,
		.ctx = reading,
	};
	int r = grub_script_read(&script);

	if (r == 0 && script.n_entries == 0 && script.knows_platform) {
		const struct kb_reader_out quiet = {
			.ctx = reading->out->ctx,
			.entry = reading->out->entry,
			.setting = reading->out->setting,
			.is_elsewhere = reading->out->is_elsewhere,
			.elsewhere = reading->out->elsewhere,
			.device = reading->out->device,
			.outer = reading->out->outer,
		};
		const struct kb_grub_eval again = {.out = &quiet};

		script.platform = "pc";
		script.eval = &again;
		r = grub_script_read(&script);
	}
	return r;
}

static int read_file(struct reading *reading, const char *path)
{
	KB_CLOSE int fd = -1;
	int r = kb_tree_open(reading->tree, path, &fd);

	if (r == -ENOENT || r == -ENOTDIR) {
		return 0;
	}
	if (r == 0) {
		reading->n_before = reading->n_files;
		r = may_run(reading, fd) ? read_script(reading, path) : 0;
	}
	return r < 0 ? fail(reading, path, r) : 0;
}

static int read_vendor(void *ctx, const char *name)
{
	char path[PATH_BYTES];

	(void)snprintf(path, sizeof(path), "/EFI/%s/grub.cfg", name);
	return read_file(ctx, path);
}

static int read_tree(const struct kb_tree *tree, const struct kb_reader_out *out,
		     struct kb_error *err)
{
	static const char *const paths[] = {"/boot/grub/grub.cfg", "/boot/grub2/grub.cfg",
					    "/grub/grub.cfg", "/grub2/grub.cfg"};
	struct reading reading = {.tree = tree, .out = out, .err = err};
	int r = 0;

	for (size_t i = 0; r == 0 && i < KB_ARRAY_LEN(paths); i++) {
		r = read_file(&reading, paths[i]);
	}
	if (r == 0) {
		r = kb_tree_list(tree, "/EFI", MAX_FOLDERS, read_vendor, &reading);
		r = r == -ENOENT || r == -ENOTDIR || r == -E2BIG || r == -ELOOP ? 0 : r;
	}
	return r;
}

static int check(const struct kb_tree *tree, const char *path, const struct kb_reader_out *out,
		 struct kb_error *err)
{
	struct reading reading = {.tree = tree, .out = out, .err = err, .says_all = true};

	return read_file(&reading, path);
}

int kb_grub_read_net(const struct kb_tree *tree, const char *path, const struct kb_grub_net *net,
		     const struct kb_reader_out *out, struct kb_error *err)
{
	struct reading reading = {
		.tree = tree, .out = out, .err = err, .net = net, .says_all = out->wants_all};
	int r = read_script(&reading, path);

	return r < 0 ? fail(&reading, path, r) : 0;
}

int kb_grub_read_image(const struct kb_tree *tree, const char *path,
		       const struct kb_reader_out *out, struct kb_error *err)
{
	struct reading reading = {.tree = tree, .out = out, .err = err};

	return read_file(&reading, path);
}

const struct kb_reader kb_reader_grub = {
	.name = "GRUB",
	.format = KB_FORMAT_GRUB,
	.read = read_tree,
	.check = check,
};
