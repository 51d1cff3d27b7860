/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Configurations of EXTLINUX, ISOLINUX, SYSLINUX and PXELINUX, and of U-Boot, which reads the same
 * syntax. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "readers.h"
#include "syslinux/choice.h"
#include "syslinux/entry.h"

enum { MAX_DIAGS = 8, MAX_CALLS = 8 };

/* Of each group the first that is there. */
static const struct place {
	unsigned group;
	enum syslinux_dialect dialect;
	const char *path;
} places[] = {
	{1, SYSLINUX_UBOOT, "/extlinux/extlinux.conf"},
	{1, SYSLINUX_UBOOT, "/boot/extlinux/extlinux.conf"},
	{1, SYSLINUX_DISK, "/boot/extlinux.conf"},
	{1, SYSLINUX_DISK, "/extlinux.conf"},
	{2, SYSLINUX_ISO, "/boot/isolinux/isolinux.cfg"},
	{2, SYSLINUX_ISO, "/boot/isolinux/syslinux.cfg"},
	{2, SYSLINUX_ISO, "/isolinux/isolinux.cfg"},
	{2, SYSLINUX_ISO, "/isolinux/syslinux.cfg"},
	{2, SYSLINUX_ISO, "/boot/syslinux/isolinux.cfg"},
	{2, SYSLINUX_ISO, "/syslinux/isolinux.cfg"},
	{2, SYSLINUX_ISO, "/isolinux.cfg"},
	{2, SYSLINUX_DISK, "/boot/syslinux/extlinux.conf"},
	{2, SYSLINUX_DISK, "/boot/syslinux/syslinux.cfg"},
	{2, SYSLINUX_DISK, "/syslinux/extlinux.conf"},
	{2, SYSLINUX_DISK, "/syslinux/syslinux.cfg"},
	{2, SYSLINUX_DISK, "/syslinux.cfg"},
	{3, SYSLINUX_DISK, "/EFI/BOOT/syslx64.cfg"},
	{3, SYSLINUX_DISK, "/EFI/BOOT/syslia32.cfg"},
	{3, SYSLINUX_DISK, "/EFI/BOOT/syslinux.cfg"},
	{3, SYSLINUX_DISK, "/EFI/syslinux/syslx64.cfg"},
	{3, SYSLINUX_DISK, "/EFI/syslinux/syslia32.cfg"},
	{3, SYSLINUX_DISK, "/EFI/syslinux/syslinux.cfg"},
	{4, SYSLINUX_NET, "/pxelinux.cfg/default"},
};

struct reading {
	const struct kb_tree *tree;
	const struct kb_reader_out *out;
	struct kb_arena arena;
	struct tree_lookups lookups;
	struct conf_diags diags;
	struct syslinux_config config;
	struct syslinux_choice choice;
	bool has_default; /* one of all configurations */
};

/* EXTLINUX puts this beside its configuration; U-Boot does not. */
static enum syslinux_dialect dialect_of(struct reading *r, const struct place *place,
					const char *folder)
{
	const char *own = place->dialect == SYSLINUX_UBOOT
				  ? kb_arena_printf(&r->arena, "%s/ldlinux.sys", folder)
				  : NULL;

	return own && tree_lookups_has_file(&r->lookups, own) == 0 ? SYSLINUX_DISK : place->dialect;
}

/* --- configurations that are called */

/* The file that a label calls, and its folder; NULL: it calls none. */
static int called_file(struct reading *r, const struct syslinux_label *label, const char **ret_path,
		       const char **ret_folder)
{
	const struct syslinux_label *to;
	struct syslinux_start start;
	struct kb_str name = KB_STR("");
	struct kb_str folder = KB_STR("");
	int code = syslinux_follow(&r->config, label, &to, &start);

	*ret_path = NULL;
	if (code < 0) {
		return code;
	}
	if (start.type == SYSLINUX_CONFIG) {
		name = start.file;
		(void)kb_str_next_word(&start.args, &folder);
	} else if (start.program == SYSLINUX_MENU) {
		(void)kb_str_next_word(&start.args, &name);
	}
	if (name.len == 0 || kb_str_eq(name, KB_STR("~"))) {
		return 0;
	}
	*ret_path = loader_join(&r->arena, label->folder, name);
	*ret_folder =
		folder.len > 0 ? loader_join(&r->arena, label->folder, folder) : label->folder;
	return *ret_path && *ret_folder ? 0 : -ENOMEM;
}

static int read_called(struct reading *r)
{
	int code = 0;

	for (struct syslinux_label *l = r->config.first; code == 0 && l; l = l->next) {
		const char *path = NULL;
		const char *folder = NULL;

		if (!l->is_idle) {
			code = called_file(r, l, &path, &folder);
		}
		if (code == 0 && path) {
			code = syslinux_call(&r->config, l, path, folder);
		}
	}
	return code;
}

static int read_one(struct reading *r, const char *path, const char *folder)
{
	int code;

	r->config.folder = folder;
	r->config.arena = &r->arena;
	r->config.tree = r->tree;
	r->config.diags = &r->diags;
	code = syslinux_read(&r->config, path);
	return code == 0 ? syslinux_choose(&r->config, &r->lookups, &r->choice) : code;
}

/* A configuration that does nothing but start another one is that one. */
static int read_config(struct reading *r, const char *path, enum syslinux_dialect dialect)
{
	const char *folder = loader_folder(&r->arena, path);
	int code = 0;

	if (folder && dialect == SYSLINUX_NET) {
		folder = loader_folder(&r->arena, folder); /* of the boot program */
	}
	for (size_t i = 0; code == 0 && path && i < MAX_CALLS; i++) {
		r->config = (struct syslinux_config){.dialect = dialect};
		r->choice = (struct syslinux_choice){0};
		code = folder ? read_one(r, path, folder) : -ENOMEM;
		path = NULL;
		if (code == 0 && r->choice.label && !r->choice.has_menu) {
			code = called_file(r, r->choice.label, &path, &folder);
		}
	}
	return code == 0 ? read_called(r) : code;
}

/* --- what comes out */

static int emit_timeout(struct reading *r)
{
	struct kb_setting setting = {.variable = KB_VAR_TIMEOUT,
				     .value = r->choice.timeout,
				     .rank = KB_RANK_LOADER,
				     .at = r->choice.at};

	return setting.value && r->out->setting ? r->out->setting(r->out->ctx, &setting) : 0;
}

static int emit(struct reading *r)
{
	int code = 0;

	for (const struct syslinux_label *l = r->config.first; code == 0 && l; l = l->next) {
		struct kb_entry entry = {0};
		bool is_entry = false;

		code = syslinux_entry_make(&r->config, &r->lookups, l, &entry, &is_entry);
		if (code < 0 || !is_entry) {
			continue;
		}
		if (l == r->choice.label && !r->has_default && (entry.kernel || entry.command)) {
			entry.is_default = r->has_default = true;
			code = emit_timeout(r);
		}
		if (code == 0 && r->out->entry) {
			code = r->out->entry(r->out->ctx, &entry);
		}
	}
	return code;
}

/* ret_found: was it there? */
static int read_place(struct reading *r, const struct place *place, bool *ret_found)
{
	const char *folder = loader_folder(&r->arena, place->path);
	int code = folder ? read_config(r, place->path, dialect_of(r, place, folder)) : -ENOMEM;

	*ret_found = code != -ENOENT && code != -ENOTDIR;
	if (code == 0) {
		code = emit(r);
	} else if (*ret_found && code != -ENOMEM) {
		conf_diags_loss(&r->diags, (struct kb_position){.file = r->config.shown},
				"the file cannot be read: %s", strerror(-code));
		code = 0;
	}
	conf_diags_end(&r->diags, r->config.shown);
	return *ret_found ? code : 0;
}

static int read_places(const struct kb_tree *tree, const struct kb_reader_out *out,
		       const struct place *of, size_t n, struct kb_error *err)
{
	struct reading *r = calloc(1, sizeof(*r));
	unsigned done = 0;
	int code = 0;

	if (!r) {
		return kb_error_no_memory(err);
	}
	r->tree = tree;
	r->out = out;
	r->lookups = (struct tree_lookups){.tree = tree, .out = out};
	for (size_t i = 0; code == 0 && i < n; i++) {
		bool is_found = false;

		if (of[i].group == done) {
			continue;
		}
		r->diags = (struct conf_diags){.sink = &out->diags,
					       .max = out->wants_all ? UINT_MAX : MAX_DIAGS,
					       .is_lint = out->wants_all};
		code = read_place(r, &of[i], &is_found);
		done = is_found ? of[i].group : done;
		kb_arena_done(&r->arena);
	}
	free(r);
	return code < 0 ? kb_error_set(err, code, "the entries cannot be listed: %s",
				       strerror(-code))
			: 0;
}

static int read_tree(const struct kb_tree *tree, const struct kb_reader_out *out,
		     struct kb_error *err)
{
	return read_places(tree, out, places, KB_ARRAY_LEN(places), err);
}

/* In the dialect of the place whose name the path ends with. */
static int check(const struct kb_tree *tree, const char *path, const struct kb_reader_out *out,
		 struct kb_error *err)
{
	struct place place = {1, SYSLINUX_DISK, path};

	for (size_t i = KB_ARRAY_LEN(places); i-- > 0;) {
		if (kb_str_ends(kb_str_from(path), kb_str_from(places[i].path))) {
			place.dialect = places[i].dialect;
		}
	}
	return read_places(tree, out, &place, 1, err);
}

static int check_net(const struct kb_tree *tree, const char *path, const struct kb_reader_out *out,
		     struct kb_error *err)
{
	const struct place place = {1, SYSLINUX_NET, path};

	return read_places(tree, out, &place, 1, err);
}

const struct kb_reader kb_reader_syslinux = {
	.name = "extlinux, isolinux, syslinux, pxelinux",
	.format = KB_FORMAT_EXTLINUX,
	.read = read_tree,
	.check = check,
};

const struct kb_reader kb_reader_pxelinux = {
	.name = "pxelinux",
	.format = KB_FORMAT_PXELINUX,
	.check = check_net,
};
