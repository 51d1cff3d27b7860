/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mounts of the prompt: given back, or made anew for writing. */
#include <errno.h>
#include <string.h>
#include <sys/mount.h>

#include "kboot/mount/table.h"
#include "prompt_work.h"

enum { MAX_SAME_SOURCE = 64 };

static int each_mount(int (*fn)(void *ctx, const struct kb_mount_row *mounted), void *ctx)
{
	return kb_mount_table("/proc/self/mountinfo", KB_RESOLVER_RUN_DIR, fn, ctx);
}

static int in_use(const struct kb_prompt_work *w, struct kb_error *err)
{
	return kb_error_set(err, -EBUSY,
			    "%s is in use: something is in there (a prompt, an open file)",
			    w->job->name);
}

static int umount_one(void *ctx, const struct kb_mount_row *m)
{
	const struct kb_prompt_work *w = ctx;

	return w->job->sys->umount(w->job->sys->ctx, m->target, UMOUNT_NOFOLLOW);
}

struct wanted {
	const struct kb_prompt_work *w;
	const char *folders[2];
	unsigned n_found;
};

static int umount_wanted(void *ctx, const struct kb_mount_row *m)
{
	struct wanted *wanted = ctx;

	for (size_t i = 0; i < KB_ARRAY_LEN(wanted->folders); i++) {
		if (wanted->folders[i] && kb_mount_below(m->target, wanted->folders[i])) {
			wanted->n_found++;
			return umount_one((void *)wanted->w, m);
		}
	}
	return 0;
}

/* What was mounted last first. A device's own tree and the one as an environment are both meant. */
static int umount_below(struct kb_prompt_work *w, const char *first, const char *second,
			struct kb_error *err)
{
	struct wanted wanted = {w, {first, second}, 0};
	int r = each_mount(umount_wanted, &wanted);

	if (r == -EBUSY) {
		return in_use(w, err);
	}
	if (r < 0) {
		return kb_error_set(err, r, "%s cannot be unmounted: %s", w->job->name,
				    strerror(-r));
	}
	if (wanted.n_found == 0) {
		return kb_error_set(err, -ENOENT, "nothing is mounted for %s", w->job->name);
	}
	kb_prompt_tell_how(w, "umount");
	return 0;
}

static const char *folder_of(struct kb_prompt_work *w, const char *kind, const char *name)
{
	return kb_automount_folder(&w->resolver.automount.arena, KB_RESOLVER_RUN_DIR, kind, name);
}

int kb_prompt_umount(struct kb_prompt_work *w, struct kb_error *err)
{
	const struct kb_prompt_job *job = w->job;
	struct kb_arena *arena = &w->resolver.automount.arena;
	const struct kb_device *device = kb_places_device(job->places, kb_str_from(job->name));
	struct kb_name name;
	int r;

	if (device) {
		return umount_below(w, folder_of(w, "mnt", device->name),
				    folder_of(w, "root", device->name), err);
	}
	r = kb_name_parse(arena, kb_str_from(job->name), NULL, NULL, &name, err);
	if (r < 0) {
		return r;
	}
	switch (name.kind) {
	case KB_NAME_ENVIRONMENT:
		return umount_below(w,
				    kb_arena_printf(arena, "%s%s", folder_of(w, "root", job->root),
						    strcmp(name.path, "/") == 0 ? "" : name.path),
				    NULL, err);
	case KB_NAME_DEVICE:
		device = kb_places_device(job->places, kb_str_from(name.place));
		return device ? umount_below(w, folder_of(w, "mnt", device->name),
					     folder_of(w, "root", device->name), err)
			      : umount_below(w, folder_of(w, "mnt", name.place),
					     folder_of(w, "nfs", name.place), err);
	case KB_NAME_NFS:
		return umount_below(w, folder_of(w, "nfs", name.place), NULL, err);
	case KB_NAME_RELATIVE:
	case KB_NAME_OWN:
	case KB_NAME_URL:
		break;
	}
	return kb_error_set(err, -EINVAL,
			    "%s is no device, no host and no directory of the booted environment",
			    job->name);
}

/* --- a device is gone */

struct gone {
	const struct kb_sys *sys;
	const char *source;
	const char *folders[2];
};

static int detach_one(void *ctx, const struct kb_mount_row *m)
{
	const struct gone *gone = ctx;

	if (strcmp(m->source, gone->source) == 0 || kb_mount_below(m->target, gone->folders[0]) ||
	    kb_mount_below(m->target, gone->folders[1])) {
		/* One that refuses keeps no other. */
		(void)gone->sys->umount(gone->sys->ctx, m->target, UMOUNT_NOFOLLOW | MNT_DETACH);
	}
	return 0;
}

/* Another disk may come and get its name: nobody shall find this one's files there. */
int kb_prompt_detach(struct kb_prompt_work *w, struct kb_error *err)
{
	const char *name = w->job->name;
	struct gone gone = {
		w->job->sys,
		kb_arena_printf(&w->resolver.automount.arena, "/dev/%s", name),
		{folder_of(w, "mnt", name), folder_of(w, "root", name)},
	};
	int r = -ENOMEM;

	if (gone.source && gone.folders[0] && gone.folders[1]) {
		r = each_mount(detach_one, &gone);
	}
	if (r < 0) {
		return kb_error_set(err, r, "%s: its mounts stay: %s", name, strerror(-r));
	}
	kb_prompt_tell_how(w, "umount");
	return 0;
}

/* --- remount */

/* The mounts that have one source, which is the one that a path is on. */
struct holder {
	const struct kb_prompt_work *w;
	struct kb_arena *arena;
	const char *path;
	const char *target; /* the longest that path is below */
	const char *source;
	const char *targets[MAX_SAME_SOURCE];
	size_t n_targets;
};

static int find_holder(void *ctx, const struct kb_mount_row *m)
{
	struct holder *h = ctx;

	if (kb_mount_below(h->path, m->target) &&
	    (!h->target || strlen(m->target) > strlen(h->target))) {
		h->target = kb_arena_strdup(h->arena, m->target);
		h->source = kb_arena_strdup(h->arena, m->source);
		return h->target && h->source ? 0 : -ENOMEM;
	}
	return 0;
}

static int collect_same_source(void *ctx, const struct kb_mount_row *m)
{
	struct holder *h = ctx;

	if (strcmp(m->source, h->source) != 0) {
		return 0;
	}
	if (h->n_targets == MAX_SAME_SOURCE) {
		return -E2BIG;
	}
	h->targets[h->n_targets] = kb_arena_strdup(h->arena, m->target);
	return h->targets[h->n_targets++] ? 0 : -ENOMEM;
}

static int umount_same_source(void *ctx, const struct kb_mount_row *m)
{
	const struct holder *h = ctx;

	for (size_t i = 0; i < h->n_targets; i++) {
		if (kb_mount_below(m->target, h->targets[i])) {
			return umount_one((void *)h->w, m);
		}
	}
	return 0;
}

static int give_back(struct kb_prompt_work *w, const char *path, struct kb_error *err)
{
	KB_ARENA struct kb_arena arena = {0};
	struct holder h = {.w = w, .arena = &arena, .path = path};
	int r = each_mount(find_holder, &h);

	if (r == 0 && !h.target) {
		return kb_error_set(err, -EINVAL, "%s is on nothing that kboot has mounted",
				    w->job->name);
	}
	if (r == 0) {
		r = each_mount(collect_same_source, &h);
	}
	if (r == 0) {
		r = each_mount(umount_same_source, &h);
	}
	if (r == -EBUSY) {
		return in_use(w, err);
	}
	return r < 0 ? kb_error_set(err, r, "%s cannot be mounted anew: %s", w->job->name,
				    strerror(-r))
		     : 0;
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
		return kb_error_set(err, -ENOMEM, "out of memory");
	}
	/* Our own descriptors would keep it in use. */
	kb_resolver_done(&w->resolver);
	r = kb_resolver_init(&w->resolver, &spec, err);
	if (r == 0) {
		r = give_back(w, path, err);
	}
	return r < 0 ? r : kb_prompt_visit(w, err);
}
