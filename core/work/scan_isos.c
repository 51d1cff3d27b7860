/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scan_isos.h"

#include <errno.h>
#include <stdlib.h>

#include "kboot/mount/image.h"

/* Folders that are still to be looked into, the shallow ones first. */
struct search {
	struct kb_scan_isos *isos;
	const char *folders[KB_SCAN_ISOS_MAX_FOLDERS];
	unsigned depths[KB_SCAN_ISOS_MAX_FOLDERS];
	size_t n_folders;
	size_t at;
	bool goes_down; /* into whatever folder there is */
	bool is_full;   /* there are more files */
	bool has_more;  /* folders */
};

enum { STOP = -ECANCELED };

static void tell(const struct kb_scan_isos *s, const char *path, const char *text)
{
	const struct kb_reader_out out = kb_findings_writer_out(s->w);

	kb_diag_report(&out.diags, KB_SEVERITY_WARNING, (struct kb_position){0}, "%s%s%s: %s",
		       s->device->name, path[0] ? ":" : "", path, text);
}

static bool is_late(const struct kb_scan_isos *s)
{
	return s->sys->now_ms(s->sys->ctx) >= s->until_ms;
}

static void set_time(struct kb_scan_isos *s, int most_ms)
{
	s->until_ms = s->sys->now_ms(s->sys->ctx) + most_ms;
}

/* --- finding */

static bool may_go_down(const struct kb_device *device)
{
	static const char *const carried[] = {"exfat", "ntfs", "vfat"};

	if (device->removable || kb_bus_is_removable(device->bus)) {
		return true;
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(carried); i++) {
		if (device->fstype && strcmp(device->fstype, carried[i]) == 0) {
			return true;
		}
	}
	return false;
}

/* Folders of systems, in which nobody keeps images and of which there are many. */
static bool is_systems(const char *name)
{
	static const char *const names[] = {"Windows",
					    "Program Files",
					    "Program Files (x86)",
					    "ProgramData",
					    "System Volume Information",
					    "lost+found",
					    "EFI",
					    "proc",
					    "sys",
					    "dev",
					    "usr",
					    "var",
					    "etc",
					    "lib"};

	if (name[0] == '.' || name[0] == '$') {
		return true;
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(names); i++) {
		if (kb_str_eq_nocase(kb_str_from(name), kb_str_from(names[i]))) {
			return true;
		}
	}
	return false;
}

static const char *const usual[] = {"/iso", "/isos", "/boot/iso", "/boot/isos"};

/* A folder that is looked into. On FAT /ISO and /iso are one, and only one of them is in a list. */
static bool is_wanted(const struct search *s, const char *name, const char *path)
{
	bool is_one = strcmp(path, "/boot") == 0;

	if (s->goes_down) {
		return s->depths[s->at] < KB_SCAN_ISOS_DEPTH && !is_systems(name);
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(usual); i++) {
		is_one = is_one || kb_str_eq_nocase(kb_str_from(path), kb_str_from(usual[i]));
	}
	return is_one;
}

static int add_folder(struct search *s, const char *path, unsigned depth)
{
	if (s->n_folders == KB_ARRAY_LEN(s->folders)) {
		s->has_more = true;
		return 0;
	}
	s->folders[s->n_folders] = kb_arena_strdup(&s->isos->w->arena, path);
	s->depths[s->n_folders] = depth;
	return s->folders[s->n_folders++] ? 0 : -ENOMEM;
}

static int add_file(struct search *s, const char *path)
{
	struct kb_scan_isos *isos = s->isos;

	if (isos->n == KB_SCAN_ISOS_MAX) {
		s->is_full = true;
		return STOP;
	}
	isos->list[isos->n].path = kb_arena_strdup(&isos->w->arena, path);
	return isos->list[isos->n++].path ? 0 : -ENOMEM;
}

/* What is no file and no folder of the tree, a link among them, is passed over. */
static int take_name(void *ctx, const char *name)
{
	struct search *s = ctx;
	struct kb_scan_isos *isos = s->isos;
	const char *folder = s->folders[s->at];
	struct kb_str text = kb_str_from(name);
	bool is_iso =
		text.len > 4 && kb_str_eq_nocase(kb_str_skip(text, text.len - 4), KB_STR(".iso"));
	char link[KB_TREE_LINK_BYTES];
	char path[KB_TREE_LINK_BYTES];
	enum kb_tree_type type;
	int n = snprintf(path, sizeof(path), "%s/%s", folder, name);

	if ((size_t)n >= sizeof(path) || (!is_iso && !is_wanted(s, name, path))) {
		return 0;
	}
	if (is_late(isos)) {
		return STOP;
	}
	if (kb_tree_look(isos->top, path, &type, link) < 0) {
		return 0;
	}
	/* In a simulation a folder stands for an image, as another does for the device. */
	if (is_iso && type == (isos->device->tree ? KB_TREE_DIR : KB_TREE_FILE)) {
		return add_file(s, path);
	}
	if (is_iso && type == KB_TREE_OTHER) {
		tell(isos, path, "no regular file");
	}
	return !is_iso && type == KB_TREE_DIR ? add_folder(s, path, s->depths[s->at] + 1) : 0;
}

/* Where the names of the root are too many to be looked at. */
static int add_usual(struct search *s)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < KB_ARRAY_LEN(usual); i++) {
		r = add_folder(s, usual[i], KB_SCAN_ISOS_DEPTH);
	}
	return r;
}

static int list_folder(struct search *s, const char *folder)
{
	int r = kb_tree_list(s->isos->top, folder[0] ? folder : "/", KB_SCAN_ISOS_MAX_NAMES,
			     take_name, s);

	if (r == -E2BIG && folder[0]) {
		tell(s->isos, folder, "too many names: none is looked at for ISO files");
	}
	if (r == -E2BIG && !folder[0]) {
		return add_usual(s);
	}
	/* What cannot be listed holds none. */
	return r == -ENOMEM || r == STOP ? r : 0;
}

static void tell_rest(const struct search *s)
{
	char text[80];

	if (s->is_full) {
		(void)snprintf(text, sizeof(text), "more than %d ISO files: the rest is left out",
			       KB_SCAN_ISOS_MAX);
		tell(s->isos, "", text);
	} else if (s->has_more) {
		(void)snprintf(text, sizeof(text),
			       "only %d of its folders are searched for ISO files",
			       KB_SCAN_ISOS_MAX_FOLDERS);
		tell(s->isos, "", text);
	} else if (is_late(s->isos)) {
		tell(s->isos, "", "it is too slow to be searched for all ISO files");
	}
}

static int find(struct kb_scan_isos *isos)
{
	struct search *s = calloc(1, sizeof(*s));
	int r = s ? 0 : -ENOMEM;

	if (r == 0) {
		s->isos = isos;
		s->goes_down = may_go_down(isos->device);
		r = add_folder(s, "", 0);
	}
	for (; r == 0 && s->at < s->n_folders && !is_late(isos); s->at++) {
		r = list_folder(s, s->folders[s->at]);
	}
	if (r == 0 || r == STOP) {
		tell_rest(s);
	}
	free(s);
	return r == STOP ? 0 : r;
}

/* --- mounting */

static void open_folder(struct kb_scan_isos *s, struct kb_scan_iso *iso)
{
	iso->is_open = kb_tree_open_dir(s->top, iso->path, &iso->mount.tree.root_fd) == 0;
	iso->mount.sys = s->sys;
}

static void mount_file(struct kb_scan_isos *s, struct kb_scan_iso *iso,
		       const struct kb_mount_options *options)
{
	KB_CLOSE int fd = -1;
	struct kb_error err = {0};
	char name[KB_ERROR_FILE];
	int r = kb_tree_open(s->top, iso->path, &fd);

	if (r == 0) {
		r = kb_read_at(fd, KB_ISO_DESCRIPTOR_OFFSET, iso->descriptor,
			       sizeof(iso->descriptor));
	}
	if (r < 0) {
		tell(s, iso->path, r == -EUCLEAN ? "is too short for an ISO image" : strerror(-r));
		return;
	}
	(void)snprintf(name, sizeof(name), "%s:%s", s->device->name, iso->path);
	iso->is_open = kb_mount_image(s->sys, fd, name, options, &iso->mount, &err) == 0;
	if (iso->is_open) {
		kb_mount_detach(&iso->mount);
	} else {
		const struct kb_reader_out out = kb_findings_writer_out(s->w);

		kb_diag_report(&out.diags, KB_SEVERITY_WARNING, (struct kb_position){0}, "%s",
			       err.text);
	}
}

int kb_scan_isos_open(struct kb_scan_isos *s, const struct kb_mount_options *options)
{
	bool is_carried = s->device->removable || kb_bus_is_removable(s->device->bus);
	int r;

	set_time(s, is_carried ? KB_SCAN_ISOS_SEARCH_MS : KB_SCAN_ISOS_SEARCH_BUILT_IN_MS);
	s->list = calloc(KB_SCAN_ISOS_MAX, sizeof(*s->list));
	r = s->list ? find(s) : -ENOMEM;
	set_time(s, KB_SCAN_ISOS_MOUNT_MS);
	for (size_t i = 0; r == 0 && i < s->n; i++) {
		if (s->device->tree) {
			open_folder(s, &s->list[i]);
		} else if (is_late(s)) {
			tell(s, s->list[i].path, "the disk is too slow: it is not looked into");
		} else {
			mount_file(s, &s->list[i], options);
		}
	}
	return r;
}

/* --- reading */

/* A folder has no descriptor: its name is its label. */
static int volume_of(struct kb_scan_isos *s, const struct kb_scan_iso *iso,
		     struct kb_iso_volume *ret_volume)
{
	const char *name = strrchr(iso->path, '/') + 1;

	if (!s->device->tree) {
		return kb_iso_volume_read(&s->w->arena, iso->descriptor, ret_volume);
	}
	*ret_volume = (struct kb_iso_volume){
		.label = kb_arena_str(&s->w->arena, kb_str_of(name, strlen(name) - 4))};
	return ret_volume->label ? 0 : -ENOMEM;
}

static int read_one(struct kb_scan_isos *s, struct kb_scan_iso *iso, struct kb_error *err)
{
	const struct kb_reader_out out = kb_findings_writer_out(s->w);
	struct kb_iso found = {.on = s->device};
	struct kb_tree tree = iso->mount.tree;
	int r = volume_of(s, iso, &found.volume);

	if (r < 0) {
		return r;
	}
	tree.name = s->device->name;
	tree.below = iso->path;
	tree.is_image = true;
	found.tree = &tree;
	/* Its names begin in it. */
	s->w->subvolume = iso->path;
	return kb_iso_read(&found, &out, err);
}

int kb_scan_isos_read(struct kb_scan_isos *s, struct kb_error *err)
{
	const char *subvolume = s->w->subvolume;
	int r = 0;

	set_time(s, KB_SCAN_ISOS_READ_MS);
	for (size_t i = 0; r == 0 && i < s->n; i++) {
		if (s->list[i].is_open && is_late(s)) {
			tell(s, s->list[i].path, "those before it took too long: it is left out");
		} else if (s->list[i].is_open) {
			r = read_one(s, &s->list[i], err);
		}
	}
	s->w->subvolume = subvolume;
	return r;
}

static const struct kb_tree *image_of(void *images, const char *path, const char **ret_rest)
{
	const struct kb_scan_isos *s = images;

	for (size_t i = 0; i < s->n; i++) {
		const char *rest = s->list[i].is_open ? kb_path_below(path, s->list[i].path) : NULL;

		if (rest) {
			*ret_rest = rest[0] ? rest : "/";
			return &s->list[i].mount.tree;
		}
	}
	return NULL;
}

void kb_scan_isos_give(struct kb_scan_isos *s, struct kb_reader_out *out)
{
	out->image = image_of;
	out->images = s;
}

void kb_scan_isos_done(struct kb_scan_isos *s)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->list[i].is_open) {
			kb_mount_done(&s->list[i].mount);
		}
	}
	free(s->list);
	s->list = NULL;
	s->n = 0;
}
