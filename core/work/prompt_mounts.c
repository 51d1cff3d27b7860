/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mounts of the prompt: given back, or made anew for writing. */
#include <errno.h>
#include <string.h>
#include <sys/mount.h>

#include "kboot/mount/table.h"
#include "prompt_work.h"

enum { MAX_FOLDERS = 64 };

/* What is to be unmounted: what is below one of the folders, or has the source. */
struct selection {
	const struct kb_sys *sys;
	struct kb_arena *arena;
	int flags;
	const char *path;   /* whose mount is looked for */
	const char *target; /* the longest that path is below */
	const char *source; /* NULL: whatever it is */
	const char *folders[MAX_FOLDERS];
	size_t n_folders;
	unsigned n_found;
};

static int each_mount(int (*fn)(void *ctx, const struct kb_mount_row *mounted), void *ctx)
{
	return kb_mount_table("/proc/self/mountinfo", KB_RESOLVER_RUN_DIR, fn, ctx);
}

static int umount_selected(void *ctx, const struct kb_mount_row *m)
{
	struct selection *s = ctx;
	bool selected = s->source && strcmp(m->source, s->source) == 0;
	int r;

	for (size_t i = 0; !selected && i < s->n_folders; i++) {
		selected = kb_path_below(m->target, s->folders[i]);
	}
	if (!selected) {
		return 0;
	}
	s->n_found++;
	r = s->sys->umount(s->sys->ctx, m->target, UMOUNT_NOFOLLOW | s->flags);
	/* Of what is detached one that refuses keeps no other. */
	return s->flags & MNT_DETACH ? 0 : r;
}

static int fail(const struct kb_prompt_work *w, int r, const char *what, struct kb_error *err)
{
	return r == -EBUSY ? kb_error_set(
				     err, r,
				     "%s is in use: something is in there (a prompt, an open file)",
				     w->job->name)
			   : kb_error_set(err, r, "%s cannot be %s: %s", w->job->name, what,
					  strerror(-r));
}

/* What was mounted last first. A device's own tree, the one as an environment and the images on it
 * are all meant. */
static int umount_below(struct kb_prompt_work *w, const char *first, const char *second,
			const char *images, struct kb_error *err)
{
	struct selection s = {.sys = w->job->sys,
			      .folders = {first, second, images},
			      .n_folders = 3};
	int r = first && second && images ? each_mount(umount_selected, &s) : -ENOMEM;

	if (r < 0) {
		return fail(w, r, "unmounted", err);
	}
	if (s.n_found == 0) {
		return kb_error_set(err, -ENOENT, "nothing is mounted for %s", w->job->name);
	}
	kb_prompt_tell_how(w, "umount");
	return 0;
}

static const char *folder_of(struct kb_prompt_work *w, const char *kind, const char *name)
{
	return kb_automount_folder(&w->resolver.automount.arena, KB_RESOLVER_RUN_DIR, kind, name);
}

static int umount_name(struct kb_prompt_work *w, const struct kb_name *name, struct kb_error *err)
{
	const char *folder;

	switch (name->kind) {
	case KB_NAME_ENVIRONMENT:
		folder = kb_arena_printf(&w->resolver.automount.arena, "%s%s",
					 folder_of(w, "root", w->job->root),
					 strcmp(name->path, "/") == 0 ? "" : name->path);
		return umount_below(w, folder, folder, folder, err);
	case KB_NAME_DEVICE:
		/* It is not there: what was mounted of it, or a server of that name. */
		return umount_below(w, folder_of(w, "mnt", name->place),
				    folder_of(w, "nfs", name->place),
				    folder_of(w, "iso", name->place), err);
	case KB_NAME_NFS:
	case KB_NAME_SMB:
		folder = folder_of(w, name->kind == KB_NAME_NFS ? "nfs" : "smb", name->place);
		return umount_below(w, folder, folder, folder_of(w, "iso", name->place), err);
	default:
		return kb_error_set(
			err, -EINVAL,
			"%s is no device, no host and no directory of the booted environment",
			w->job->name);
	}
}

int kb_prompt_umount(struct kb_prompt_work *w, struct kb_error *err)
{
	const struct kb_places *places = w->job->places;
	const struct kb_device *device = kb_places_device(places, kb_str_from(w->job->name));
	struct kb_name name;

	if (!device) {
		int r = kb_name_parse(&w->resolver.automount.arena, kb_str_from(w->job->name), NULL,
				      NULL, &name, err);

		if (r < 0) {
			return r;
		}
		device = name.kind == KB_NAME_DEVICE
				 ? kb_places_device(places, kb_str_from(name.place))
				 : NULL;
	}
	return device ? umount_below(w, folder_of(w, "mnt", device->name),
				     folder_of(w, "root", device->name),
				     folder_of(w, "iso", device->name), err)
		      : umount_name(w, &name, err);
}

/* Another disk may come and get its name: nobody shall find this one's files there. */
int kb_prompt_detach(struct kb_prompt_work *w, struct kb_error *err)
{
	const char *name = w->job->name;
	struct selection s = {
		.sys = w->job->sys,
		.flags = MNT_DETACH,
		.source = kb_arena_printf(&w->resolver.automount.arena, "/dev/%s", name),
		.folders = {folder_of(w, "mnt", name), folder_of(w, "root", name),
			    folder_of(w, "iso", name)},
		.n_folders = 3,
	};
	int r = s.source && s.folders[0] && s.folders[1] && s.folders[2]
			? each_mount(umount_selected, &s)
			: -ENOMEM;

	if (r < 0) {
		return kb_error_set(err, r, "%s: its mounts stay: %s", name, strerror(-r));
	}
	kb_prompt_tell_how(w, "umount");
	return 0;
}

/* --- remount */

static int find_holder(void *ctx, const struct kb_mount_row *m)
{
	struct selection *s = ctx;

	if (kb_path_below(s->path, m->target) &&
	    (!s->target || strlen(m->target) > strlen(s->target))) {
		s->target = kb_arena_strdup(s->arena, m->target);
		s->source = kb_arena_strdup(s->arena, m->source);
		return s->target && s->source ? 0 : -ENOMEM;
	}
	return 0;
}

static int collect_same_source(void *ctx, const struct kb_mount_row *m)
{
	struct selection *s = ctx;

	if (strcmp(m->source, s->source) != 0) {
		return 0;
	}
	if (s->n_folders == MAX_FOLDERS) {
		return -E2BIG;
	}
	s->folders[s->n_folders] = kb_arena_strdup(s->arena, m->target);
	return s->folders[s->n_folders++] ? 0 : -ENOMEM;
}

/* All the mounts of the source that path is on, with what is mounted in them. */
static int give_back(struct kb_prompt_work *w, const char *path, struct kb_error *err)
{
	KB_ARENA struct kb_arena arena = {0};
	struct selection s = {.sys = w->job->sys, .arena = &arena, .path = path};
	int r = each_mount(find_holder, &s);

	if (r == 0 && !s.target) {
		return kb_error_set(err, -EINVAL, "%s is on nothing that kboot has mounted",
				    w->job->name);
	}
	if (r == 0 && strncmp(s.source, "/dev/", 5) == 0) {
		/* The images on it keep it in use. */
		s.folders[s.n_folders] = folder_of(w, "iso", s.source + 5);
		r = s.folders[s.n_folders++] ? 0 : -ENOMEM;
	}
	if (r == 0) {
		r = each_mount(collect_same_source, &s);
	}
	if (r == 0) {
		r = each_mount(umount_selected, &s);
	}
	return r < 0 ? fail(w, r, "mounted anew", err) : 0;
}

/* What was mounted without replaying its journal cannot turn writable: it is mounted anew. */
int kb_prompt_remount(struct kb_prompt_work *w, struct kb_error *err)
{
	const struct kb_resolver_spec spec = w->resolver.spec;
	struct kb_place_found found;
	KB_ARENA struct kb_arena arena = {0};
	const char *path;
	int r = kb_automount_find(&w->resolver.automount, w->job->name, w->job->from, &found, err);

	if (r < 0) {
		return r;
	}
	path = kb_arena_strdup(&arena, found.path);
	if (!path) {
		return kb_error_no_memory(err);
	}
	/* Our own descriptors would keep it in use. */
	kb_automount_done(&w->resolver.automount);
	r = kb_resolver_init(&w->resolver, &spec, err);
	if (r == 0) {
		r = give_back(w, path, err);
	}
	return r < 0 ? r : kb_prompt_visit(w, err);
}
