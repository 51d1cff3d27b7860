/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernels that lie in a tree with no configuration that we know. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "bare_names.h"
#include "kboot/formats/installed.h"
#include "readers.h"
#include "tree_names.h"

enum { MAX_NAMES = 8192, MAX_KERNELS = 64, MAX_PATH_BYTES = 512 };

struct file_id {
	dev_t device;
	ino_t inode;
};

struct kernel {
	const char *folder; /* "/boot", "" */
	struct bare_name name;
	bool is_link;
	int unreadable; /* 0, or -errno: nothing can be booted from it as it is */
	struct file_id id;
	const char *initrd; /* its own; NULL: none */
	struct file_id initrd_id;
};

struct search {
	const struct kb_tree *tree;
	struct kb_arena *arena;
	const char *folder;
	struct kernel kernels[MAX_KERNELS];
	size_t n_kernels;
	size_t n_dropped;
};

static bool is_link(const struct kb_tree *tree, const char *folder, const char *name)
{
	KB_CLOSE int fd = -1;
	struct stat st;

	return kb_tree_open_dir(tree, *folder ? folder : "/", &fd) == 0 &&
	       fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode);
}

static bool is_same(struct file_id a, struct file_id b)
{
	return a.inode == b.inode && a.device == b.device;
}

/* 0, -errno: there is nothing to boot in it (-ENODATA: not a byte). */
static int look_at(const struct search *search, const char *path, struct file_id *ret_id)
{
	KB_CLOSE int fd = -1;
	struct stat st;
	int r = kb_tree_open(search->tree, path, &fd);

	if (r < 0 || fstat(fd, &st) < 0) {
		return r < 0 ? r : -errno;
	}
	*ret_id = (struct file_id){st.st_dev, st.st_ino};
	return st.st_size > 0 ? 0 : -ENODATA;
}

/* A folder, a link to nowhere: no file of that name. */
static bool is_none(int code)
{
	return code == -ENOENT || code == -ENOTDIR || code == -EISDIR || code == -EINVAL ||
	       code == -ELOOP;
}

static int add_kernel(void *ctx, const char *file)
{
	struct search *search = ctx;
	struct kernel kernel = {.folder = search->folder};
	char path[MAX_PATH_BYTES];

	if (!bare_name_parse(file, &kernel.name)) {
		return 0;
	}
	(void)snprintf(path, sizeof(path), "%s/%s", search->folder, file);
	kernel.unreadable = look_at(search, path, &kernel.id);
	if (is_none(kernel.unreadable)) {
		return 0;
	}
	if (search->n_kernels == MAX_KERNELS) {
		search->n_dropped++;
		return 0;
	}
	file = kb_arena_strdup(search->arena, file);
	if (!file || !bare_name_parse(file, &kernel.name)) {
		return -ENOMEM;
	}
	kernel.is_link = is_link(search->tree, search->folder, file);
	search->kernels[search->n_kernels++] = kernel;
	return 0;
}

/* What stands aside of the shortest name that it extends: of 6.1 too, when 6.1.old.bak is also
 * 6.1.old with something behind. */
static void set_aside(struct search *search)
{
	struct kb_str extras[MAX_KERNELS] = {0};

	for (size_t i = 0; i < search->n_kernels; i++) {
		for (size_t j = 0; j < search->n_kernels; j++) {
			const struct kernel *one = &search->kernels[i];
			const struct kernel *base = &search->kernels[j];
			struct kb_str extra;

			if (one->folder == base->folder &&
			    bare_name_extends(&one->name, &base->name, &extra) &&
			    extra.len > extras[i].len) {
				extras[i] = extra;
			}
		}
	}
	for (size_t i = 0; i < search->n_kernels; i++) {
		bare_name_set_aside(&search->kernels[i].name, extras[i]);
	}
}

/* The first of the names that is a file. */
static int find_initrd(const struct search *search, struct kernel *kernel)
{
	KB_BUF struct kb_buf name = {0};

	for (size_t i = 0; !kernel->initrd && bare_initrd_name(&kernel->name, i, &name); i++) {
		char path[MAX_PATH_BYTES];

		if (kb_buf_error(&name)) {
			return kb_buf_error(&name);
		}
		(void)snprintf(path, sizeof(path), "%s/%s", kernel->folder, name.data);
		if (!is_none(look_at(search, path, &kernel->initrd_id))) {
			kernel->initrd = kb_arena_strdup(search->arena, path);
			if (!kernel->initrd) {
				return -ENOMEM;
			}
		}
		kb_buf_reset(&name);
	}
	return 0;
}

/* The same file under another name that comes first, or the name that is no link; unless that is
 * how somebody gave it another initrd. */
static bool is_shadowed(const struct search *search, size_t i)
{
	const struct kernel *one = &search->kernels[i];

	for (size_t j = 0; j < search->n_kernels; j++) {
		const struct kernel *other = &search->kernels[j];

		if (j == i || one->unreadable || other->unreadable ||
		    !is_same(one->id, other->id) ||
		    (one->initrd && other->initrd && !is_same(one->initrd_id, other->initrd_id))) {
			continue;
		}
		if (one->is_link != other->is_link ? one->is_link : j < i) {
			return true;
		}
	}
	return false;
}

/* openSUSE keeps the unpacked kernel beside the one to boot: vmlinux-VERSION.gz. */
static bool is_unpacked_twin(const struct search *search, size_t i)
{
	const struct kernel *one = &search->kernels[i];

	for (size_t j = 0; j < search->n_kernels; j++) {
		const struct kernel *other = &search->kernels[j];

		if (kb_str_eq(one->name.prefix, KB_STR("vmlinux")) &&
		    kb_str_eq(other->name.prefix, KB_STR("vmlinuz")) &&
		    kb_str_eq(one->name.suffix, other->name.suffix) &&
		    one->folder == other->folder) {
			return true;
		}
	}
	return false;
}

static void drop_doubles(struct search *search)
{
	struct kernel kept[MAX_KERNELS];
	size_t n = 0;

	for (size_t i = 0; i < search->n_kernels; i++) {
		if (!is_shadowed(search, i) && !is_unpacked_twin(search, i)) {
			kept[n++] = search->kernels[i];
		}
	}
	memcpy(search->kernels, kept, n * sizeof(*kept));
	search->n_kernels = n;
}

static int by_name(const void *a, const void *b)
{
	const struct kernel *x = a;
	const struct kernel *y = b;
	int r = !!x->unreadable - !!y->unreadable;

	if (r == 0) {
		r = bare_name_compare(&x->name, &y->name);
	}
	return r != 0 ? r : strcmp(y->folder, x->folder); /* /boot before / */
}

/* A folder that is not there or has too much in it is no failure. */
static int find_kernels(struct search *search, const struct kb_reader_out *out)
{
	/* The root first: on a boot partition, /boot may be a link to it. */
	static const char *const folders[] = {"", "/boot"};

	for (size_t i = 0; i < KB_ARRAY_LEN(folders); i++) {
		const char *path = *folders[i] ? folders[i] : "/";
		int r;

		search->folder = folders[i];
		r = kb_tree_list(search->tree, path, MAX_NAMES, add_kernel, search);
		if (r == -ENOMEM) {
			return r;
		}
		if (r == -E2BIG) {
			path = tree_canonical(search->arena, search->tree, path);
			kb_diag_report(&out->diags, KB_SEVERITY_LOSS,
				       (struct kb_position){.file = path},
				       "more than %d names: the folder is not searched for kernels",
				       MAX_NAMES);
		}
	}
	set_aside(search);
	for (size_t i = 0; i < search->n_kernels; i++) {
		int r = find_initrd(search, &search->kernels[i]);

		if (r < 0) {
			return r;
		}
	}
	drop_doubles(search);
	if (search->n_kernels > 0) {
		qsort(search->kernels, search->n_kernels, sizeof(*search->kernels), by_name);
	}
	if (search->n_dropped > 0) {
		kb_diag_report(&out->diags, KB_SEVERITY_WARNING, (struct kb_position){0},
			       "more than %d kernels: %zu are left out", MAX_KERNELS,
			       search->n_dropped);
	}
	return 0;
}

/* Adds folder/name to the entry where it is a file: 1. */
static int add_initrd(const struct search *search, struct kb_arena *arena,
		      const struct kernel *kernel, const char *name, struct kb_entry *entry)
{
	const char *path = kb_arena_printf(arena, "%s/%s", kernel->folder, name);

	if (!path) {
		return -ENOMEM;
	}
	if (kb_tree_has_file(search->tree, path) < 0) {
		return 0;
	}
	entry->initrd[entry->n_initrd++] = path;
	return 1;
}

/* Processor updates have to come first (Documentation/arch/x86/microcode.rst of the kernel). */
static int add_microcode(const struct search *search, struct kb_arena *arena,
			 const struct kernel *kernel, struct kb_entry *entry)
{
	static const char *const names[] = {
		"amd-uc.img",      "amd-ucode.img",    "intel-uc.img",
		"intel-ucode.img", "early_ucode.cpio", "microcode.cpio",
	};

	for (size_t i = 0; i < KB_ARRAY_LEN(names); i++) {
		int r = add_initrd(search, arena, kernel, names[i], entry);

		if (r < 0) {
			return r;
		}
	}
	return 0;
}

static int make_entry(struct kb_arena *arena, const struct kernel *kernel,
		      const struct kb_installed *installed, struct kb_entry *ret_entry)
{
	const char *title = bare_name_title(arena, &kernel->name);
	struct kb_entry entry = {
		.format = KB_FORMAT_FILE,
		.args = installed->args,
		.root = installed->root,
		.tries_left = -1,
	};

	entry.label = kb_arena_str(arena, kernel->name.file);
	entry.kernel = kb_arena_printf(arena, "%s/%s", kernel->folder, entry.label);
	entry.file = entry.kernel;
	entry.title = installed->name && title
			      ? kb_arena_printf(arena, "%s, %s", installed->name, title)
			      : title;
	if (!entry.label || !entry.kernel || !entry.title) {
		return -ENOMEM;
	}
	*ret_entry = entry;
	return 0;
}

static int emit(const struct kb_reader_out *out, const struct kb_entry *entry)
{
	return out->entry ? out->entry(out->ctx, entry) : 0;
}

/* The same kernel with the initrd that has every driver in it. */
static int emit_fallback(const struct search *search, struct kb_arena *arena,
			 const struct kernel *kernel, struct kb_entry entry,
			 const struct kb_reader_out *out)
{
	KB_BUF struct kb_buf name = {0};
	int r;

	if (!bare_fallback_name(&kernel->name, &name)) {
		return -ENOMEM;
	}
	entry.n_initrd = 0;
	r = add_microcode(search, arena, kernel, &entry);
	if (r == 0) {
		r = add_initrd(search, arena, kernel, name.data, &entry);
	}
	if (r <= 0) {
		return r;
	}
	entry.label = kb_arena_printf(arena, "%s-fallback", entry.label);
	entry.title = kb_arena_printf(arena, "%s (fallback)", entry.title);
	entry.path[0] = "Fallback";
	entry.n_path = 1;
	return entry.label && entry.title ? emit(out, &entry) : -ENOMEM;
}

static int add_unreadable(const struct search *search, struct kb_arena *arena,
			  const struct kernel *kernel, struct kb_entry *entry)
{
	const char *name = tree_canonical(arena, search->tree, entry->kernel);

	if (!name) {
		return -ENOMEM;
	}
	return kernel->unreadable == -ENODATA
		       ? kb_entry_add_problem(arena, entry, "kernel is empty: %s", name)
		       : kb_entry_add_problem(arena, entry, "kernel cannot be read: %s: %s", name,
					      strerror(-kernel->unreadable));
}

static int emit_kernel(const struct search *search, const struct kernel *kernel,
		       const struct kb_installed *installed, const struct kb_reader_out *out)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_entry entry;
	int r = make_entry(&arena, kernel, installed, &entry);

	if (r == 0) {
		r = add_microcode(search, &arena, kernel, &entry);
	}
	if (r == 0 && kernel->initrd) {
		entry.initrd[entry.n_initrd++] = kernel->initrd;
	}
	if (r == 0 && kernel->unreadable) {
		r = add_unreadable(search, &arena, kernel, &entry);
	}
	if (r == 0) {
		r = emit(out, &entry);
	}
	return r < 0 ? r : emit_fallback(search, &arena, kernel, entry, out);
}

static int read_tree(const struct kb_tree *tree, const struct kb_reader_out *out,
		     struct kb_error *err)
{
	KB_ARENA struct kb_arena arena = {0};
	struct search search = {.tree = tree, .arena = &arena};
	struct kb_installed installed = {0};
	int r = find_kernels(&search, out);

	if (r == 0 && search.n_kernels > 0) {
		r = kb_installed_read(&arena, tree, &installed);
	}
	for (size_t i = 0; r == 0 && i < search.n_kernels; i++) {
		r = emit_kernel(&search, &search.kernels[i], &installed, out);
	}
	return r < 0 ? kb_error_set(err, r, "the search for kernels ended early: %s", strerror(-r))
		     : 0;
}

const struct kb_reader kb_reader_bare = {
	.name = "bare kernels",
	.format = KB_FORMAT_FILE,
	.read = read_tree,
};
