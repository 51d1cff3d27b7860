/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boot Loader Specification entries and unified kernel images, as systemd-boot shows them. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "bls/loader_conf.h"
#include "bls/uki_file.h"
#include "loader_files.h"
#include "readers.h"

#define UKI_FOLDER "/EFI/Linux"

enum { MAX_NAMES = 8192, MAX_ENTRIES = 1024, MAX_DIAGS = 8, GRUB_MAX_BYTES = 1 << 20 };

/* Where the folder is: at the root of an ESP or /boot partition, or in a system whose /boot is no
 * partition of its own. */
static const char *const folders[] = {"/loader", "/boot/loader"};

struct reading {
	const struct kb_tree *tree;
	const struct kb_reader_out *out;
	struct kb_arena arena;
	struct tree_lookups lookups;
	struct conf_diags diags;
	const char *folder;
	bool is_counted;
	struct bls_entry *entries[MAX_ENTRIES];
	size_t n_entries;
	size_t n_dropped;
};

static int read_text(struct reading *r, const char *path, size_t max_bytes, struct kb_buf *text,
		     const char **ret_shown)
{
	int code = kb_tree_read(r->tree, path, max_bytes, text);

	*ret_shown = tree_canonical(&r->arena, r->tree, path);
	if (!*ret_shown) {
		return -ENOMEM;
	}
	if (code < 0 && code != -ENOENT && code != -ENOTDIR && code != -ENOMEM) {
		conf_diags_loss(&r->diags, (struct kb_position){.file = *ret_shown},
				"the file cannot be read: %s", strerror(-code));
	}
	return code;
}

/* What cannot be listed is told, and the rest is read all the same. */
static int list(struct reading *r, const char *path, int (*fn)(void *ctx, const char *name))
{
	int code = path ? kb_tree_list(r->tree, path, MAX_NAMES, fn, r) : -ENOMEM;
	struct kb_position at = {0};

	if (code == -ENOMEM || code == 0 || code == -ENOENT || code == -ENOTDIR) {
		return code == -ENOMEM ? code : 0;
	}
	at.file = tree_canonical(&r->arena, r->tree, path);
	if (code == -E2BIG) {
		conf_diags_loss(&r->diags, at, "more than %d names: they are not looked at",
				MAX_NAMES);
	} else {
		conf_diags_loss(&r->diags, at, "the folder cannot be read: %s", strerror(-code));
	}
	return 0;
}

/* --- names of files */

static const char *find_file(struct reading *r, const char *name)
{
	const char *path = kb_arena_printf(&r->arena, "%s%s", name[0] == '/' ? "" : "/", name);

	return path ? loader_find(&r->arena, &r->lookups, r->folder, path) : NULL;
}

/* --- files in the folder */

/* A unified image is a kernel with all that belongs to it. */
static const char *kernel_of(const struct bls_entry *entry)
{
	return entry->linux_image ? entry->linux_image : entry->uki;
}

/* 0: it is not there, or elsewhere. */
static uint64_t bytes_of(const struct reading *r, const char *path)
{
	KB_CLOSE int fd = -1;
	struct stat st;

	return kb_tree_open(r->tree, path, &fd) == 0 && fstat(fd, &st) == 0 ? (uint64_t)st.st_size
									    : 0;
}

static int read_entry(struct reading *r, struct bls_entry *entry)
{
	KB_BUF struct kb_buf text = {0};
	const char *shown;
	int code = read_text(r, entry->file, BLS_MAX_BYTES, &text, &shown);

	if (code < 0) {
		return code == -ENOMEM ? code : 0;
	}
	code = bls_entry_parse(&r->arena, shown, kb_buf_view(&text), &r->diags, entry);
	if (code == 0 && kernel_of(entry)) {
		const char *path = find_file(r, kernel_of(entry));

		code = path ? 0 : -ENOMEM;
		if (path && bls_entry_kinds(entry) == 1) {
			entry->kernel_bytes = bytes_of(r, path);
		}
	}
	if (code == 0 && bls_entry_fits(entry)) {
		r->entries[r->n_entries++] = entry;
	}
	return code;
}

static int take_name(void *ctx, const char *name)
{
	struct reading *r = ctx;
	struct bls_entry *entry = kb_arena_alloc(&r->arena, sizeof(*entry));
	bool is_entry = false;
	int code;

	if (!entry) {
		return -ENOMEM;
	}
	code = bls_entry_named(&r->arena, name, ".conf", r->is_counted, entry, &is_entry);
	if (code < 0 || !is_entry) {
		return code;
	}
	if (r->n_entries == MAX_ENTRIES) {
		r->n_dropped++;
		return 0;
	}
	entry->file = kb_arena_printf(&r->arena, "%s/entries/%s", r->folder, name);
	return entry->file ? read_entry(r, entry) : -ENOMEM;
}

/* --- unified kernel images */

static int add_image(struct reading *r, const char *path, int fd, const struct bls_entry *named,
		     unsigned profile)
{
	struct bls_entry *entry = kb_arena_alloc(&r->arena, sizeof(*entry));
	int code;

	if (!entry) {
		return -ENOMEM;
	}
	*entry = *named;
	entry->file = entry->uki = path;
	entry->is_uki_file = true;
	entry->kernel_bytes = bytes_of(r, path);
	code = bls_uki_read(&r->arena, fd, profile, entry);
	if (code == 0) {
		r->entries[r->n_entries++] = entry;
	}
	return code;
}

/* An EFI program that is none is not ours to show; one that is damaged is said to be. */
static int take_image(void *ctx, const char *name)
{
	struct reading *r = ctx;
	struct bls_entry named = {0};
	KB_CLOSE int fd = -1;
	bool is_entry = false;
	const char *path = NULL;
	int code = bls_entry_named(&r->arena, name, ".efi", true, &named, &is_entry);

	if (code < 0 || !is_entry) {
		return code;
	}
	path = kb_arena_printf(&r->arena, UKI_FOLDER "/%s", name);
	code = path ? kb_tree_open(r->tree, path, &fd) : -ENOMEM;
	for (unsigned profile = 0; code == 0 && profile < KB_PE_MAX_PROFILES; profile++) {
		if (r->n_entries == MAX_ENTRIES) {
			r->n_dropped++; /* unread: each takes its time */
			return 0;
		}
		code = add_image(r, path, fd, &named, profile);
		if (code == -ENOENT && profile > 0) {
			return 0;
		}
	}
	if (code < 0 && code != -ENOMEM && code != -ENOEXEC) {
		const char *shown = tree_canonical(&r->arena, r->tree, path);

		conf_diags_loss(&r->diags, (struct kb_position){.file = shown},
				"the unified kernel image cannot be read: %s",
				code == -EUCLEAN || code == -EFBIG ? "it is damaged"
								   : strerror(-code));
	}
	return code == -ENOMEM ? code : 0;
}

/* A GRUB that lists these files itself does it by its own rules: its reader gives them. */
static int are_grubs(struct reading *r, bool *ret_are)
{
	static const char *const paths[] = {"/grub2/grub.cfg", "/boot/grub2/grub.cfg",
					    "/grub/grub.cfg", "/boot/grub/grub.cfg"};

	*ret_are = false;
	for (size_t i = 0; !*ret_are && i < KB_ARRAY_LEN(paths); i++) {
		KB_BUF struct kb_buf text = {0};
		int code = kb_tree_read(r->tree, paths[i], GRUB_MAX_BYTES, &text);

		if (code == -ENOMEM) {
			return code;
		}
		*ret_are = code == 0 && text.len > 0 &&
			   memmem(text.data, text.len, "blscfg", strlen("blscfg"));
	}
	return 0;
}

static int list_entries(struct reading *r, const char *path)
{
	KB_CLOSE int fd = -1;
	bool are_others = false;
	int code = 0;

	/* Most disks have no such folder: GRUB's scripts need not be read for them. */
	if (kb_tree_open_dir(r->tree, path, &fd) == 0) {
		code = are_grubs(r, &are_others);
	}
	return code < 0 || are_others ? code : list(r, path, take_name);
}

/* Other words in there than type1: the counters and the order are somebody else's scheme. */
static int read_scheme(struct reading *r)
{
	KB_BUF struct kb_buf text = {0};
	const char *path = kb_arena_printf(&r->arena, "%s/entries.srel", r->folder);
	const char *shown;
	int code = path ? read_text(r, path, BLS_MAX_BYTES, &text, &shown) : -ENOMEM;

	r->is_counted = code < 0 || kb_str_eq(kb_str_trim(kb_buf_view(&text)), KB_STR("type1"));
	return code == -ENOMEM ? code : 0;
}

/* --- what a file says, as an entry */

static int take_file(struct reading *r, const char *what, const char *name, struct kb_entry *entry,
		     const char **ret_name)
{
	*ret_name = find_file(r, name);
	return *ret_name ? tree_name_check(&r->arena, &r->lookups, what, *ret_name, entry)
			 : -ENOMEM;
}

/* Behind those that are there; the worker that loads knows extra files by their names. */
static int take_list(struct reading *r, const struct bls_files *files, const char *what,
		     struct kb_entry *entry)
{
	bool has_more = files->has_more;
	int code = 0;

	for (size_t i = 0; code == 0 && i < files->n; i++) {
		if (entry->n_initrd == KB_ENTRY_MAX_INITRDS) {
			has_more = true;
			break;
		}
		code = take_file(r, what, files->names[i], entry, &entry->initrd[entry->n_initrd]);
		entry->n_initrd++;
	}
	return code == 0 && has_more
		       ? kb_entry_add_problem(&r->arena, entry,
					      "more than %d initrds: the others are left out",
					      KB_ENTRY_MAX_INITRDS)
		       : code;
}

static int take_files(struct reading *r, const struct bls_entry *from, struct kb_entry *entry)
{
	int code = take_file(r, "kernel", kernel_of(from), entry, &entry->kernel);

	if (code == 0) {
		code = take_list(r, &from->initrd, "initrd", entry);
	}
	if (code == 0) {
		code = take_list(r, &from->extra, "extra file", entry);
	}
	if (code == 0 && from->devicetree) {
		code = take_file(r, "dtb", from->devicetree, entry, &entry->dtb);
	}
	if (code == 0 && from->devicetree && from->devicetree_overlay) {
		entry->remark = "its device tree overlays are not applied";
	}
	return code;
}

/* The profile stands before the words, as the stub is told. */
static int add_profile(struct reading *r, const struct bls_entry *from, struct kb_entry *entry)
{
	if (from->is_uki_file || !from->uki || from->profile == 0) {
		return 0;
	}
	entry->args = kb_arena_printf(&r->arena, "@%u%s%s", from->profile, entry->args ? " " : "",
				      entry->args ? entry->args : "");
	return entry->args ? 0 : -ENOMEM;
}

static int emit(struct reading *r, const struct bls_entry *from, bool is_default)
{
	struct kb_write try = {.kind = KB_WRITE_TRY, .file = from->file};
	struct kb_entry entry = {
		.label = from->id,
		.title = bls_title(&r->arena, r->entries, r->n_entries, from),
		.format = from->is_uki_file ? KB_FORMAT_UKI : KB_FORMAT_BLS,
		.file = from->file,
		.args = from->options,
		.is_default = is_default,
		.tries_left = from->tries_left,
		.sort_key = from->sort_key,
		.machine_id = from->machine_id,
		.version = from->version,
		.kernel_bytes = from->kernel_bytes,
	};
	int code = entry.title ? 0 : -ENOMEM;

	if (from->tries_left > 0 && kernel_of(from)) {
		entry.writes = (struct kb_writes){&try, 1};
	}
	if (code == 0) {
		code = kernel_of(from) ? take_files(r, from, &entry)
				       : bls_entry_add_missing(&r->arena, from, &entry);
	}
	if (code == 0) {
		code = bls_entry_check_kinds(&r->arena, from, &entry);
	}
	if (code == 0) {
		code = add_profile(r, from, &entry);
	}
	return code < 0 || !r->out->entry ? code : r->out->entry(r->out->ctx, &entry);
}

/* --- loader.conf */

static int read_loader_conf(struct reading *r, struct loader_conf *conf)
{
	KB_BUF struct kb_buf text = {0};
	const char *path = kb_arena_printf(&r->arena, "%s/loader.conf", r->folder);
	struct kb_setting setting = {.variable = KB_VAR_TIMEOUT, .rank = KB_RANK_LOADER};
	const char *shown;
	int code = path ? read_text(r, path, BLS_MAX_BYTES, &text, &shown) : -ENOMEM;

	if (code < 0) {
		return code == -ENOMEM ? code : 0;
	}
	code = loader_conf_parse(&r->arena, shown, kb_buf_view(&text), &r->diags, conf);
	if (code == 0 && r->out->loader) {
		code = r->out->loader(r->out->ctx, &conf->says);
	}
	if (code < 0 || !conf->timeout || !r->out->setting) {
		return code;
	}
	setting.value = conf->timeout;
	setting.at =
		(struct kb_position){shown, conf->timeout_line > 0 ? conf->timeout_line : 1, 1};
	return r->out->setting(r->out->ctx, &setting);
}

static int choose(struct reading *r, const struct kb_loader_conf *conf, size_t *ret_chosen)
{
	static const struct kb_loader_vars none;
	struct kb_bls_key *keys =
		kb_arena_array(&r->arena, r->n_entries + 1, sizeof(struct kb_bls_key));
	enum kb_loader_var by;

	for (size_t i = 0; keys && i < r->n_entries; i++) {
		keys[i] = bls_entry_key(r->entries[i]);
	}
	*ret_chosen = keys ? kb_bls_choose(conf, &none, keys, r->n_entries, &by) : 0;
	return keys ? 0 : -ENOMEM;
}

static int read_folder(struct reading *r)
{
	const char *path = kb_arena_printf(&r->arena, "%s/entries", r->folder);
	struct loader_conf conf = {0};
	size_t chosen = MAX_ENTRIES;
	int code = path ? read_scheme(r) : -ENOMEM;

	if (code == 0) {
		code = list_entries(r, path);
	}
	if (code == 0 && strcmp(r->folder, folders[0]) == 0) {
		code = list(r, UKI_FOLDER, take_image);
	}
	if (code < 0) {
		return code;
	}
	qsort(r->entries, r->n_entries, sizeof(struct bls_entry *), bls_entry_compare);
	/* Also where it is alone: its entries may be on another partition. */
	code = read_loader_conf(r, &conf);
	if (code == 0) {
		code = choose(r, &conf.says, &chosen);
	}
	for (size_t i = 0; code == 0 && i < r->n_entries; i++) {
		code = emit(r, r->entries[i], i == chosen);
	}
	if (r->n_dropped > 0) {
		path = tree_canonical(&r->arena, r->tree, path);
		conf_diags_loss(&r->diags, (struct kb_position){.file = path},
				"more than %d entries: %zu are left out", MAX_ENTRIES,
				r->n_dropped);
	}
	return code;
}

static int run(const struct kb_tree *tree, const struct kb_reader_out *out, const char *path,
	       int (*read)(struct reading *r), struct kb_error *err)
{
	struct reading *r = calloc(1, sizeof(*r));
	int code;

	if (!r) {
		return kb_error_no_memory(err);
	}
	r->tree = tree;
	r->out = out;
	r->folder = path;
	r->lookups = (struct tree_lookups){.tree = tree, .out = out};
	r->diags = (struct conf_diags){.sink = &out->diags,
				       .max = out->wants_all ? UINT_MAX : MAX_DIAGS,
				       .is_lint = out->wants_all};
	code = read(r);
	conf_diags_end(&r->diags, path);
	kb_arena_done(&r->arena);
	free(r);
	return code < 0 ? kb_error_set(err, code, "the entries cannot be listed: %s",
				       strerror(-code))
			: 0;
}

static int read_tree(const struct kb_tree *tree, const struct kb_reader_out *out,
		     struct kb_error *err)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < KB_ARRAY_LEN(folders); i++) {
		code = run(tree, out, folders[i], read_folder, err);
	}
	return code;
}

/* loader.conf, or an entry in a folder beside it. */
static int check_file(struct reading *r)
{
	struct bls_entry entry = {.id = r->folder, .file = r->folder, .tries_left = -1};
	struct loader_conf conf;
	int code;

	r->folder = loader_folder(&r->arena, entry.file);
	if (r->folder && strcmp(entry.file + strlen(r->folder), "/loader.conf") == 0) {
		return read_loader_conf(r, &conf);
	}
	r->folder = r->folder ? loader_folder(&r->arena, r->folder) : NULL;
	code = r->folder ? read_entry(r, &entry) : -ENOMEM;
	return code == 0 && r->n_entries > 0 ? emit(r, &entry, false) : code;
}

static int check(const struct kb_tree *tree, const char *path, const struct kb_reader_out *out,
		 struct kb_error *err)
{
	return run(tree, out, path, check_file, err);
}

const struct kb_reader kb_reader_bls = {
	.name = "boot loader specification",
	.format = KB_FORMAT_BLS,
	.read = read_tree,
	.check = check,
};
