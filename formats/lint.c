/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/formats/lint.h"

#include <errno.h>
#include <fnmatch.h>

#include "kboot/formats/fstab.h"
#include "kboot/formats/hosts.h"
#include "loader_files.h"
#include "readers.h"

/* --- files of no loader */

static int check_fstab(const struct kb_tree *tree, const char *path,
		       const struct kb_reader_out *out, struct kb_error *err)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {0};
	struct kb_fstab fstab;
	int r = loader_read_head(tree, path, KB_FSTAB_MAX_BYTES, &text);

	return r < 0 ? kb_error_set(err, r, "cannot be read: %s", strerror(-r))
		     : kb_fstab_read(&arena, path, kb_buf_view(&text), &out->diags, &fstab, err);
}

static int check_hosts(const struct kb_tree *tree, const char *path,
		       const struct kb_reader_out *out, struct kb_error *err)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {0};
	struct kb_hosts hosts;
	int r = loader_read_head(tree, path, KB_HOSTS_MAX_BYTES, &text);

	return r < 0 ? kb_error_set(err, r, "cannot be read: %s", strerror(-r))
		     : kb_hosts_read(&arena, path, kb_buf_view(&text), &out->diags, &hosts, err);
}

static const struct kb_reader fstab = {.name = "fstab",
				       .format = KB_N_FORMATS,
				       .check = check_fstab};
static const struct kb_reader hosts = {.name = "hosts",
				       .format = KB_N_FORMATS,
				       .check = check_hosts};

/* --- which is which */

/*
 * Without case, as FAT has none. The first that fits the end of a path counts. One with a slash in
 * front begins at the root of the filesystem; of a name alone that root is not known.
 */
static const struct {
	const char *pattern;
	const struct kb_reader *reader;
} files[] = {
	{"/boot/grub*/grub.cfg", &kb_reader_grub},
	{"/grub*/grub.cfg", &kb_reader_grub},
	{"/boot/EFI/*/grub.cfg", &kb_reader_grub},
	{"/EFI/*/grub.cfg", &kb_reader_grub},
	{"grub.cfg", &kb_reader_grub},
	{"/boot/grub*/custom.cfg", &kb_reader_grub},
	{"/grub*/custom.cfg", &kb_reader_grub},
	{"custom.cfg", &kb_reader_grub},
	{"/boot/loader/loader.conf", &kb_reader_bls},
	{"/loader/loader.conf", &kb_reader_bls},
	{"/boot/loader/entries/*.conf", &kb_reader_bls},
	{"/loader/entries/*.conf", &kb_reader_bls},
	{"/pxelinux.cfg/*", &kb_reader_pxelinux},
	{"/boot/*linux/extlinux.conf", &kb_reader_syslinux},
	{"/*linux/extlinux.conf", &kb_reader_syslinux},
	{"/boot/extlinux.conf", &kb_reader_syslinux},
	{"extlinux.conf", &kb_reader_syslinux},
	{"/boot/*linux/*linux.cfg", &kb_reader_syslinux},
	{"/EFI/*/sysl*.cfg", &kb_reader_syslinux},
	{"/*linux/*linux.cfg", &kb_reader_syslinux},
	{"isolinux.cfg", &kb_reader_syslinux},
	{"syslinux.cfg", &kb_reader_syslinux},
	{"syslx64.cfg", &kb_reader_syslinux},
	{"syslia32.cfg", &kb_reader_syslinux},
	{"/boot/grub/menu.lst", &kb_reader_grub_legacy},
	{"/grub/menu.lst", &kb_reader_grub_legacy},
	{"menu.lst", &kb_reader_grub_legacy},
	{"/boot/grub/grub.conf", &kb_reader_grub_legacy},
	{"/grub/grub.conf", &kb_reader_grub_legacy},
	{"grub.conf", &kb_reader_grub_legacy},
	{"/etc/lilo.conf", &kb_reader_lilo},
	{"lilo.conf", &kb_reader_lilo},
	{"/etc/yaboot.c*nf", &kb_reader_yaboot},
	{"yaboot.conf", &kb_reader_yaboot},
	{"yaboot.cnf", &kb_reader_yaboot},
	{"/boot/petitboot.conf", &kb_reader_petitboot},
	{"petitboot.conf", &kb_reader_petitboot},
	{"/boot/refind_linux.conf", &kb_reader_refind},
	{"refind_linux.conf", &kb_reader_refind},
	{"/etc/fstab", &fstab},
	{"fstab", &fstab},
	{"/etc/hosts", &hosts},
	{"hosts", &hosts},
};

/* The last names of a path, as many as the pattern has, with the slash before; NULL: fewer. */
static const char *last_names(const char *path, const char *pattern)
{
	const char *from = path + strlen(path);

	for (const char *p = pattern; *p && from; p++) {
		if (*p == '/' || p == pattern) {
			from = memrchr(path, '/', (size_t)(from - path));
		}
	}
	return from;
}

struct kb_lint kb_lint_find(const char *path)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(files); i++) {
		const char *pattern = files[i].pattern;
		bool has_root = pattern[0] == '/';
		const char *names = last_names(path, pattern);

		if (names &&
		    fnmatch(pattern, names + !has_root, FNM_PATHNAME | FNM_CASEFOLD) == 0) {
			return (struct kb_lint){files[i].reader, has_root ? names : NULL};
		}
	}
	return (struct kb_lint){0};
}

int kb_lint_set_format(struct kb_lint *lint, const char *name)
{
	static const struct kb_reader *const readers[] = {
		&kb_reader_grub, &kb_reader_bls,    &kb_reader_syslinux,  &kb_reader_pxelinux,
		&kb_reader_lilo, &kb_reader_yaboot, &kb_reader_petitboot, &kb_reader_refind,
	};
	enum kb_format format;

	if (kb_format_from_name(name, &format) < 0) {
		return -EINVAL;
	}
	if (format == KB_FORMAT_KBOOT) {
		lint->reader = NULL;
		return 0;
	}
	if (lint->reader && lint->reader->format == format) {
		return 0;
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(readers); i++) {
		if (readers[i]->format == format) {
			lint->reader = readers[i];
			return 0;
		}
	}
	return -EINVAL;
}

/* --- what is wrong */

/* What kboot cannot start is no mistake of the file. */
static int take_entry(void *ctx, const struct kb_entry *entry)
{
	struct kb_position at = {entry->file, entry->line > 0 ? entry->line : 1, 1};

	for (size_t i = 0; i < entry->n_problems; i++) {
		bool is_mistake = entry->mistakes & 1U << i;

		kb_diag_report(ctx, is_mistake ? KB_SEVERITY_ERROR : KB_SEVERITY_WARNING, at,
			       "%s: %s", kb_entry_display(entry), entry->problems[i]);
	}
	return 0;
}

static bool is_anywhere(void *ctx, const char *path)
{
	(void)ctx;
	(void)path;
	return true;
}

int kb_lint_run(const struct kb_lint *lint, const struct kb_tree *tree, const char *path,
		bool are_names_known, const struct kb_diag_sink *sink, struct kb_error *err)
{
	const struct kb_reader_out out = {
		.ctx = (void *)sink,
		.entry = take_entry,
		.diags = *sink,
		.wants_all = true,
		.is_elsewhere = are_names_known ? NULL : is_anywhere,
	};
	KB_CLOSE int fd = -1;
	int r = kb_tree_open(tree, path, &fd);

	return r < 0 ? kb_error_set(err, r, "cannot be read: %s", strerror(-r))
		     : lint->reader->check(tree, path, &out, err);
}
