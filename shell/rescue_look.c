/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rescue_look.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define MODULES "/lib/modules"

enum { NAMES_MAX = 1024, FIRST_USER = 1000, LAST_USER = 60000, NAME_BYTES = 64 };

/* --- kernels */

struct kernels {
	struct kb_arena *arena;
	const struct kb_tree *tree;
	struct kb_look_kernel *found;
	size_t n;
};

/* A program gets it as an argument, and a person reads it. */
static bool is_version(const char *name)
{
	return kb_is_digit(name[0]) && strlen(name) < NAME_BYTES &&
	       kb_str_is_word(kb_str_from(name), "._+-~");
}

/* Debian's, Fedora's, Arch's and Alpine's names. */
static const char *find_initrd(struct kernels *k, const char *version)
{
	static const char *const forms[] = {"/boot/initrd.img-%s", "/boot/initramfs-%s.img",
					    "/boot/initrd-%s", "/boot/initrd-%s.img",
					    "/boot/initramfs-%s"};

	for (size_t i = 0; i < KB_ARRAY_LEN(forms); i++) {
		size_t head = strcspn(forms[i], "%");
		const char *path = kb_arena_printf(k->arena, "%.*s%s%s", (int)head, forms[i],
						   version, forms[i] + head + 2);

		if (path && kb_tree_has_file(k->tree, path) == 0) {
			return path;
		}
	}
	return NULL;
}

/* Folders of kernels that are gone hold what their removal left, and no list of modules. */
static int take_version(void *ctx, const char *name)
{
	struct kernels *k = ctx;
	char path[sizeof(MODULES) + NAME_BYTES + sizeof("/modules.builtin")];

	if (!is_version(name) || k->n == KB_LOOK_KERNELS) {
		return 0;
	}
	(void)snprintf(path, sizeof(path), MODULES "/%s/modules.builtin", name);
	if (kb_tree_has_file(k->tree, path) < 0) {
		(void)snprintf(path, sizeof(path), MODULES "/%s/modules.dep", name);
		if (kb_tree_has_file(k->tree, path) < 0) {
			return 0;
		}
	}
	k->found[k->n] =
		(struct kb_look_kernel){kb_arena_strdup(k->arena, name), find_initrd(k, name)};
	return k->found[k->n++].version ? 0 : -ENOMEM;
}

static int newer_first(const void *a, const void *b)
{
	return strverscmp(((const struct kb_look_kernel *)b)->version,
			  ((const struct kb_look_kernel *)a)->version);
}

int kb_look_kernels(struct kb_arena *arena, const struct kb_tree *tree,
		    struct kb_look_kernel *ret_kernels, size_t *ret_n)
{
	struct kernels k = {.arena = arena, .tree = tree, .found = ret_kernels};

	if (kb_tree_list(tree, MODULES, NAMES_MAX, take_version, &k) == -ENOMEM) {
		return -ENOMEM;
	}
	qsort(ret_kernels, k.n, sizeof(*ret_kernels), newer_first);
	*ret_n = k.n;
	return 0;
}

/* --- accounts */

bool kb_look_is_account(struct kb_str name)
{
	return name.len > 0 && name.len < NAME_BYTES && name.data[0] != '-' &&
	       kb_str_is_word(name, "._-");
}

static bool logs_in(struct kb_str shell)
{
	return !kb_str_ends(shell, KB_STR("/nologin")) && !kb_str_ends(shell, KB_STR("/false"));
}

/* name:x:uid:gid:gecos:home:shell */
static bool is_person(struct kb_str line, struct kb_str *ret_name)
{
	enum { NAME, UID = 2, SHELL = 6, FIELDS };
	struct kb_str fields[FIELDS] = {{0}};
	uint64_t uid;

	for (size_t i = 0; i < FIELDS; i++) {
		/* An empty shell is /bin/sh. */
		if (!kb_str_next_until(&line, ':', &fields[i]) && i < SHELL) {
			return false;
		}
	}
	*ret_name = fields[NAME];
	return kb_look_is_account(fields[NAME]) && kb_str_to_u64(fields[UID], &uid) == 0 &&
	       (uid == 0 || (uid >= FIRST_USER && uid < LAST_USER)) &&
	       logs_in(kb_str_trim(fields[SHELL]));
}

int kb_look_accounts(struct kb_arena *arena, struct kb_str passwd, const char **ret_names,
		     size_t *ret_n)
{
	struct kb_str line;
	struct kb_str name;
	size_t n = 0;

	while (n < KB_LOOK_ACCOUNTS && kb_str_next_line(&passwd, &line)) {
		if (!is_person(line, &name)) {
			continue;
		}
		ret_names[n] = kb_arena_str(arena, name);
		if (!ret_names[n++]) {
			return -ENOMEM;
		}
	}
	*ret_n = n;
	return 0;
}

/* --- files */

struct listing {
	const struct kb_tree *tree;
	const char *folder;
	struct kb_look_files *files;
	unsigned depth;
	int folder_fd;
};

static int list_folder(const struct kb_tree *tree, const char *folder, unsigned depth,
		       struct kb_look_files *files);

static int take_file(const struct listing *l, const char *path, const struct stat *st)
{
	struct kb_look_files *f = l->files;

	if (!f->files) {
		f->files = kb_arena_array(&f->arena, KB_LOOK_FILES, sizeof(*f->files));
	}
	if (!f->files || f->n == KB_LOOK_FILES) {
		return f->files ? 0 : -ENOMEM;
	}
	f->files[f->n++] = (struct kb_look_file){
		.path = path,
		.size_bytes = st->st_size,
		.changed_ns = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec,
	};
	return 0;
}

static int take_name(void *ctx, const char *name)
{
	const struct listing *l = ctx;
	const char *path = kb_arena_printf(&l->files->arena, "%s/%s", l->folder, name);
	struct stat st;

	if (!path) {
		return -ENOMEM;
	}
	if (fstatat(l->folder_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		return 0;
	}
	if (S_ISDIR(st.st_mode)) {
		return l->depth < KB_LOOK_DEPTH ? list_folder(l->tree, path, l->depth + 1, l->files)
						: 0;
	}
	return S_ISREG(st.st_mode) ? take_file(l, path, &st) : 0;
}

static int list_folder(const struct kb_tree *tree, const char *folder, unsigned depth,
		       struct kb_look_files *files)
{
	struct listing l = {tree, folder, files, depth, -1};
	KB_CLOSE int fd = -1;

	if (kb_tree_open_dir(tree, folder, &fd) < 0) {
		return 0;
	}
	l.folder_fd = fd;
	return kb_tree_list(tree, folder, NAMES_MAX, take_name, &l) == -ENOMEM ? -ENOMEM : 0;
}

int kb_look_files(const struct kb_tree *tree, const char *folder, struct kb_look_files *files)
{
	return list_folder(tree, folder, 1, files);
}

bool kb_look_is_new(const struct kb_look_files *before, const struct kb_look_file *file)
{
	for (size_t i = 0; i < before->n; i++) {
		const struct kb_look_file *b = &before->files[i];

		if (strcmp(b->path, file->path) == 0) {
			return b->size_bytes != file->size_bytes ||
			       b->changed_ns != file->changed_ns;
		}
	}
	return true;
}

void kb_look_files_done(struct kb_look_files *files)
{
	kb_arena_done(&files->arena);
	*files = (struct kb_look_files){0};
}
