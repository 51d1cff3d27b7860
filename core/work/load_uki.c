/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "load_uki.h"

#include <errno.h>
#include <sys/stat.h>

#include "kboot/base/escape.h"
#include "kboot/boot/archive.h"
#include "kboot/boot/uki.h"
#include "kboot/fetch/fetch.h"
#include "kboot/formats/boot_state.h"
#include "kboot/model/name.h"

enum { MAX_FILES = 256, MAX_NAMES = 8192, MAX_ADDONS = 32, MAX_NAME = 255 };

#define ADDON ".addon.efi"

/* A folder beside the image, or one for all of its partition, and the files in it that may count.
 */
struct folder {
	const char *name;
	const struct kb_tree *tree; /* NULL: it is not there */
	const char *path;
	const char *files[MAX_FILES];
	size_t n_files;
	bool has_more;
	struct kb_arena *arena;
};

enum place { BESIDE, ADDONS, CREDENTIALS, EXTENSIONS, N_PLACES };

/* In the order in which their archives stand. */
static const struct sidecar {
	enum place place;
	const char *suffix;
	const char *but; /* a suffix of others; NULL */
	struct kb_archive_folder to;
} sidecars[] = {
	{BESIDE, ".cred", NULL, {".extra/credentials", 0500, 0400}},
	{CREDENTIALS, ".cred", NULL, {".extra/global_credentials", 0500, 0400}},
	{BESIDE, ".raw", ".confext.raw", {".extra/sysext", 0555, 0444}},
	{EXTENSIONS, ".raw", ".confext.raw", {".extra/global_sysext", 0555, 0444}},
	{BESIDE, ".confext.raw", NULL, {".extra/confext", 0555, 0444}},
	{EXTENSIONS, ".confext.raw", NULL, {".extra/global_confext", 0555, 0444}},
};

struct uki {
	struct kb_load_uki *l;
	struct kb_arena *arena;
	struct folder folders[N_PLACES];
	struct kb_uki_parts image;
	struct kb_uki_parts addons[MAX_ADDONS];
	size_t n_addons;
	struct kb_boot_file archives[KB_ARRAY_LEN(sidecars)];
};

static bool ends(const char *name, const char *suffix)
{
	size_t len = strlen(name);
	size_t n = strlen(suffix);

	return len > n && kb_str_eq_nocase(kb_str_from(name + len - n), kb_str_from(suffix));
}

static bool fits(const struct sidecar *s, const char *name)
{
	return ends(name, s->suffix) && !(s->but && ends(name, s->but));
}

/* --- folders */

static int take_name(void *ctx, const char *name)
{
	struct folder *f = ctx;
	bool is_ours = name[0] != '.' && strlen(name) <= MAX_NAME &&
		       (ends(name, ADDON) || ends(name, ".cred") || ends(name, ".raw"));

	for (const char *p = name; *p; p++) {
		is_ours = is_ours && (unsigned char)*p < 0x80;
	}
	if (is_ours && f->n_files == MAX_FILES) {
		f->has_more = true;
	} else if (is_ours) {
		f->files[f->n_files] = kb_arena_str(f->arena, kb_str_from(name));
		return f->files[f->n_files++] ? 0 : -ENOMEM;
	}
	return 0;
}

/* One that is not there is empty. */
static int read_folder(struct uki *u, const struct kb_name *name, struct folder *f,
		       struct kb_error *err)
{
	struct kb_place_found found;
	struct kb_error quiet = {0};
	int r;

	f->arena = u->arena;
	f->name = kb_name_format(u->arena, name);
	if (!f->name) {
		return kb_error_no_memory(err);
	}
	r = kb_automount_find(&u->l->resolver->automount, f->name, NULL, &found, &quiet);
	if (r == -ENOENT || r == -ENOTDIR || (r == 0 && found.resolved.type != KB_TREE_DIR)) {
		return 0;
	}
	if (r < 0) {
		return kb_error_set(err, r, "%s", quiet.text);
	}
	f->tree = found.resolved.tree;
	f->path = found.resolved.rest;
	r = kb_tree_list(f->tree, f->path, MAX_NAMES, take_name, f);
	if (r == 0 && !f->has_more) {
		return 0;
	}
	return r == 0 || r == -E2BIG ? kb_error_set(err, -E2BIG, "too many files in %s", f->name)
				     : kb_error_set(err, r, "%s: %s", f->name, strerror(-r));
}

/* "/EFI/Linux/a.efi.extra.d" of "/EFI/Linux/a+3-1.efi"; a counter changes, the folder does not. */
static const char *folder_beside(struct kb_arena *arena, const char *path)
{
	const char *dot = strrchr(path, '.');
	struct kb_str stem =
		kb_str_of(path, dot && ends(path, ".efi") ? (size_t)(dot - path) : strlen(path));
	const char *suffix = path + stem.len;

	(void)kb_bls_drop_counter(&stem);
	return kb_arena_printf(arena, "%.*s%s.extra.d", KB_STR_ARG(stem), suffix);
}

static int read_folders(struct uki *u, struct kb_error *err)
{
	static const char *const paths[N_PLACES] = {
		[ADDONS] = "/loader/addons",
		[CREDENTIALS] = "/loader/credentials",
		[EXTENSIONS] = "/loader/extensions",
	};
	struct kb_name name;
	const char *beside;
	int r = kb_name_parse(u->arena, kb_str_from(u->l->request->kernel.name), NULL, NULL, &name,
			      err);

	if (r < 0 || name.kind == KB_NAME_URL) {
		return r;
	}
	beside = folder_beside(u->arena, name.path);
	for (size_t i = 0; r == 0 && i < N_PLACES; i++) {
		name.path = paths[i] ? paths[i] : beside;
		r = name.path ? read_folder(u, &name, &u->folders[i], err)
			      : kb_error_no_memory(err);
	}
	return r;
}

/* -EISDIR, -EINVAL: it is no file, which is no mistake. */
static int open_file(struct uki *u, const struct folder *f, const char *name,
		     struct kb_boot_file *file, struct kb_error *err)
{
	const char *path = kb_arena_printf(u->arena, "%s/%s", f->path, name);
	int r = path ? 0 : -ENOMEM;

	u->l->next_file(u->l->ctx);
	file->name = kb_arena_printf(u->arena, "%s/%s", f->name, name);
	if (r == 0 && file->name) {
		r = kb_tree_open(f->tree, path, &file->fd);
	}
	return r < 0 && r != -EISDIR && r != -EINVAL
		       ? kb_error_set(err, r, "%s: %s", file->name ? file->name : name,
				      strerror(-r))
		       : r;
}

/* --- addons */

static int take_opened_addon(struct uki *u, const struct kb_boot_file *file, struct kb_error *err)
{
	struct kb_error why = {0};
	int r;

	if (u->n_addons == MAX_ADDONS) {
		return kb_error_set(err, -E2BIG, "more than %d addons", MAX_ADDONS);
	}
	r = kb_uki_take_addon(file, &u->image, &u->l->room, u->arena, &u->addons[u->n_addons],
			      &why);
	if (r == 0) {
		u->n_addons++;
		kb_escape_printf(u->l->said, "addon    %s", file->name);
	} else if (r == -ENOEXEC || r == -EUCLEAN) {
		kb_escape_printf(u->l->said, "left out %s", why.text);
		r = 0;
	}
	return r < 0 ? kb_error_set(err, r, "%s", why.text) : 0;
}

static int take_addon(struct uki *u, const struct folder *f, const char *name, struct kb_error *err)
{
	struct kb_boot_file file = {.fd = -1};
	int r = open_file(u, f, name, &file, err);

	if (r < 0) {
		return r == -EISDIR || r == -EINVAL ? 0 : r;
	}
	r = take_opened_addon(u, &file, err);
	(void)kb_close(file.fd);
	return r;
}

/* What is for every image of the partition comes first. */
static int take_addons(struct uki *u, struct kb_error *err)
{
	static const enum place places[] = {ADDONS, BESIDE};
	int r = 0;

	for (size_t i = 0; i < KB_ARRAY_LEN(places); i++) {
		const struct folder *f = &u->folders[places[i]];

		for (size_t k = 0; r == 0 && k < f->n_files; k++) {
			r = ends(f->files[k], ADDON) ? take_addon(u, f, f->files[k], err) : 0;
		}
	}
	return r;
}

static int set_args(struct uki *u, struct kb_error *err)
{
	struct kb_boot_request *q = u->l->request;
	const char *args = kb_uki_args(&u->image, u->l->host, q->args);
	KB_BUF struct kb_buf all = {0};

	if (q->args[0] && args == u->image.args && strcmp(q->args, args) != 0) {
		kb_escape_printf(
			u->l->said, "left out %s",
			"the given command line: Secure Boot is on, and the image has one");
	}
	kb_buf_puts(&all, args);
	for (size_t i = 0; i < u->n_addons; i++) {
		if (u->addons[i].args[0]) {
			kb_buf_printf(&all, "%s%s", all.len > 0 ? " " : "", u->addons[i].args);
		}
	}
	q->args = kb_buf_error(&all) < 0 ? NULL : kb_arena_str(u->arena, kb_buf_view(&all));
	return q->args ? 0 : kb_error_no_memory(err);
}

/* --- credentials and extensions */

static int add_to_archive(struct uki *u, struct kb_archive *archive, const struct folder *f,
			  const char *name, struct kb_error *err)
{
	struct kb_boot_file file = {.fd = -1};
	KB_CLOSE int fd = -1;
	struct stat st;
	int r = open_file(u, f, name, &file, err);

	if (r < 0) {
		return r == -EISDIR || r == -EINVAL ? 0 : r;
	}
	fd = file.fd;
	return fstat(fd, &st) < 0
		       ? kb_error_set(err, -errno, "%s: %s", file.name, strerror(errno))
		       : kb_archive_add(archive, name, &file, 0, (uint64_t)st.st_size, err);
}

static int archive_files(struct uki *u, const struct sidecar *s, struct kb_boot_file *ret_file,
			 struct kb_error *err)
{
	const struct folder *f = &u->folders[s->place];
	struct kb_archive archive = {.fd = -1};
	int r = 0;

	for (size_t i = 0; r == 0 && i < f->n_files; i++) {
		if (fits(s, f->files[i])) {
			r = archive.fd < 0 ? kb_archive_start(&s->to, &u->l->room, &archive, err)
					   : 0;
			r = r == 0 ? add_to_archive(u, &archive, f, f->files[i], err) : r;
		}
	}
	if (r == 0 && archive.fd >= 0) {
		ret_file->name =
			kb_arena_printf(u->arena, "%s (%s)", f->name, strchr(s->to.path, '/') + 1);
		r = ret_file->name ? kb_archive_end(&archive, err) : kb_error_no_memory(err);
	}
	ret_file->fd = archive.fd;
	return r;
}

/* --- all of it, in the stub's order */

static int push(struct kb_boot_request *q, const struct kb_boot_file *file, struct kb_error *err)
{
	if (file->fd < 0) {
		return 0;
	}
	if (q->n_initrd == KB_BOOT_MAX_INITRDS) {
		return kb_error_set(err, -E2BIG, "more than %d initrds, with those of %s",
				    KB_BOOT_MAX_INITRDS, q->kernel.name);
	}
	q->initrd[q->n_initrd++] = *file;
	return 0;
}

/* The kernel takes the first microcode that fits, and of a file in several initrds the last. */
static int put_in_order(struct uki *u, struct kb_error *err)
{
	struct kb_boot_request *q = u->l->request;
	const struct kb_boot_request given = *q;
	int r = 0;

	q->n_initrd = 0;
	for (size_t i = u->n_addons; r == 0 && i > 0; i--) {
		r = push(q, &u->addons[i - 1].microcode, err);
	}
	r = r == 0 ? push(q, &u->image.microcode, err) : r;
	for (size_t i = 0; r == 0 && i < given.n_initrd; i++) {
		r = push(q, &given.initrd[i], err);
	}
	r = r == 0 ? push(q, &u->image.initrd, err) : r;
	for (size_t i = 0; r == 0 && i < KB_ARRAY_LEN(u->archives); i++) {
		r = push(q, &u->archives[i], err);
	}
	for (size_t i = 0; r == 0 && i < KB_UKI_MAX_ARCHIVES; i++) {
		r = push(q, &u->image.archives[i], err);
	}
	for (size_t i = 0; r == 0 && i < u->n_addons; i++) {
		r = push(q, &u->addons[i].initrd, err);
	}
	return r;
}

/* The one that the entry names, else the last addon's, else the image's. */
static void set_dtb(struct uki *u)
{
	struct kb_boot_request *q = u->l->request;

	for (size_t i = u->n_addons; q->dtb.fd < 0 && i > 0; i--) {
		q->dtb = u->addons[i - 1].dtb;
	}
	if (q->dtb.fd < 0) {
		q->dtb = u->image.dtb;
	}
}

static int gather(struct uki *u, struct kb_error *err)
{
	int r = read_folders(u, err);

	if (r == 0) {
		r = take_addons(u, err);
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(sidecars); i++) {
		u->archives[i].fd = -1;
		r = r == 0 ? archive_files(u, &sidecars[i], &u->archives[i], err) : r;
	}
	if (r == 0) {
		r = set_args(u, err);
	}
	return r < 0 ? r : put_in_order(u, err);
}

int kb_load_uki(struct kb_load_uki *l, struct kb_error *err)
{
	KB_FREE struct uki *u = calloc(1, sizeof(*u));
	struct kb_boot_request *q = l->request;
	unsigned profile = kb_uki_profile(&q->args);
	int r;

	if (!u) {
		return kb_error_no_memory(err);
	}
	u->l = l;
	u->arena = &l->resolver->automount.arena;
	r = kb_uki_take_apart(&q->kernel, profile, &l->room, u->arena, &u->image, err);
	if (r == 0) {
		r = gather(u, err);
	}
	if (r == 0) {
		set_dtb(u);
		(void)kb_close(q->kernel.fd);
		q->kernel = u->image.kernel;
	}
	return r;
}

/* What a Boot Loader Specification entry names by extra; the image of the other kinds may be any
 * filesystem's, and an initrd. */
static const struct sidecar *extra(const char *name)
{
	bool is_one =
		ends(name, ".cred") || ends(name, ".sysext.raw") || ends(name, ".confext.raw");

	for (size_t i = 0; is_one && i < KB_ARRAY_LEN(sidecars); i++) {
		if (sidecars[i].place == BESIDE && fits(&sidecars[i], name)) {
			return &sidecars[i];
		}
	}
	return NULL;
}

/* Takes the file's place; what it stands for stays in its name. */
static int put_archive(struct kb_load_uki *l, struct kb_boot_file *file, int fd, const char *as,
		       struct kb_error *err)
{
	(void)kb_close(file->fd);
	file->fd = fd;
	file->name = kb_arena_printf(&l->resolver->automount.arena, "%s (%s)", file->name, as);
	return file->name ? 0 : kb_error_no_memory(err);
}

static int wrap(struct kb_load_uki *l, const struct sidecar *s, const char *name,
		struct kb_boot_file *file, struct kb_error *err)
{
	struct kb_archive archive;
	struct stat st;
	int r = fstat(file->fd, &st) < 0
			? kb_error_set(err, -errno, "%s: %s", file->name, strerror(errno))
			: kb_archive_start(&s->to, &l->room, &archive, err);

	if (r < 0) {
		return r;
	}
	r = kb_archive_add(&archive, name, file, 0, (uint64_t)st.st_size, err);
	r = r == 0 ? kb_archive_end(&archive, err) : r;
	if (r < 0) {
		(void)kb_close(archive.fd);
		return r;
	}
	return put_archive(l, file, archive.fd, strchr(s->to.path, '/') + 1, err);
}

/* A URL behind which a path stands is a file of that path. */
static int wrap_alone(struct kb_load_uki *l, const struct kb_fetch_resource *as,
		      struct kb_boot_file *file, struct kb_error *err)
{
	int fd = -1;
	int r = kb_archive_of(as->path, as->mode, as->mkdir, file, &l->room, &fd, err);

	return r < 0 ? r : put_archive(l, file, fd, as->path, err);
}

static int wrap_one(struct kb_load_uki *l, const char *name, struct kb_boot_file *file,
		    struct kb_error *err)
{
	struct kb_fetch_resource resource = {0};
	const char *last = strrchr(name, '/');
	const struct sidecar *s;
	int r = !kb_name_is_url(name) ? 0
				      : kb_fetch_resource_parse(&l->resolver->automount.arena,
								kb_str_from(name), &resource, err);

	if (r < 0) {
		return kb_error_prefix(err, r, "%s", name);
	}
	if (resource.path) {
		return wrap_alone(l, &resource, file, err);
	}
	last = last ? last + 1 : name;
	s = extra(last);
	return s ? wrap(l, s, last, file, err) : 0;
}

int kb_load_extras(struct kb_load_uki *l, const char *const *names, struct kb_error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < l->request->n_initrd; i++) {
		r = wrap_one(l, names[i], &l->request->initrd[i], err);
	}
	return r;
}
