/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fstab_mount.h"

#include <errno.h>
#include <string.h>

const struct kb_fstab_line *kb_fstab_mount_line(const struct kb_automount_namespace *ns,
						const struct fstab_mount *m)
{
	return &ns->fstab.lines[m - ns->fstab_mounts];
}

/* Of two on one directory the later one counts, as when mount -a runs; but what is mounted stays.
 */
static bool gives_way(const struct fstab_mount *m)
{
	return !m || m->state == FSTAB_MOUNT_NEW || m->state == FSTAB_MOUNT_FAILED;
}

struct fstab_mount *kb_fstab_mount_covering(const struct kb_automount_namespace *ns,
					    const char *dir, const char **ret_rest)
{
	struct fstab_mount *best = NULL;
	size_t best_len = 0;

	for (size_t i = 0; i < ns->fstab.n_lines; i++) {
		struct fstab_mount *m = &ns->fstab_mounts[i];
		size_t len = m->at ? strlen(m->at) : 0;

		/* What is on "/" is the root itself. */
		if (len > 1 && kb_path_below(dir, m->at) &&
		    (len > best_len || (len == best_len && gives_way(best)))) {
			best = m;
			best_len = len;
		}
	}
	*ret_rest = dir + best_len;
	return best;
}

/* As far as one comes without mounting anything; for kb_namespace.locate. */
static int locate_mounted(void *ctx, const char *dir, const struct kb_tree **ret_tree,
			  const char **ret_rest, struct kb_error *err)
{
	const struct kb_automount_namespace *ns = ctx;
	const char *rest = dir;
	const struct fstab_mount *m = kb_fstab_mount_covering(ns, dir, &rest);

	(void)err;
	if (m && m->state != FSTAB_MOUNT_READY) {
		return -EAGAIN;
	}
	*ret_tree = m ? &m->mounted.mount.tree : &ns->root.mount.tree;
	*ret_rest = rest[0] ? rest : "/";
	return 0;
}

static int look_ahead(struct kb_automount_namespace *ns, const struct fstab_mount *m,
		      struct kb_partial_path *ret_partial, struct kb_error *err)
{
	const struct kb_namespace mounted = {.prefix = ns->base.prefix,
					     .ctx = ns,
					     .locate = locate_mounted};

	return kb_walk_ahead(&mounted, &ns->owner->arena, m->partial.at, m->partial.ahead,
			     ret_partial, err);
}

static int follow(struct kb_automount_namespace *ns, struct fstab_mount *m, struct kb_error *err)
{
	const struct kb_fstab_line *line = kb_fstab_mount_line(ns, m);
	int r = look_ahead(ns, m, &m->partial, &m->error);

	if (r == -ENOMEM) {
		return kb_error_set(err, r, "out of memory");
	}
	if (r < 0) {
		m->state = FSTAB_MOUNT_FAILED;
		(void)kb_error_prefix(&m->error, r, "%s:%u: %s", line->at.file, line->at.line,
				      line->dir);
		return 0;
	}
	m->at = m->partial.ahead[0] == '\0' ? m->partial.at : NULL;
	return 0;
}

/* How long the way to the mount point is as things are; to be followed in this order. */
static int measure(struct kb_automount_namespace *ns, struct fstab_mount *m, struct kb_error *err)
{
	struct kb_partial_path partial = m->partial;
	int r = look_ahead(ns, m, &partial, NULL);

	if (r == -ENOMEM) {
		return kb_error_set(err, r, "out of memory");
	}
	m->depth = strlen(partial.at) + strlen(partial.ahead);
	return 0;
}

/* Of those that are to be followed. */
static struct fstab_mount *outermost(const struct kb_automount_namespace *ns)
{
	struct fstab_mount *best = NULL;

	for (size_t i = 0; i < ns->fstab.n_lines; i++) {
		struct fstab_mount *m = &ns->fstab_mounts[i];

		if (m->depth > 0 && (!best || m->depth < best->depth)) {
			best = m;
		}
	}
	return best;
}

/*
 * The way to one mount point may lead over another, which decides how it goes on: outermost first,
 * whatever the order of the lines.
 */
int kb_fstab_mounts_follow(struct kb_automount_namespace *ns, const char *at, struct kb_error *err)
{
	struct fstab_mount *m;
	int r = 0;

	for (size_t i = 0; r == 0 && i < ns->fstab.n_lines; i++) {
		m = &ns->fstab_mounts[i];
		if (!m->at && m->state == FSTAB_MOUNT_NEW && strcmp(m->partial.at, at) == 0) {
			r = measure(ns, m, err);
		}
	}
	while (r == 0 && (m = outermost(ns))) {
		m->depth = 0;
		r = follow(ns, m, err);
	}
	return r;
}

int kb_fstab_mounts_init(struct kb_automount_namespace *ns, struct kb_error *err)
{
	ns->fstab_mounts =
		kb_arena_array(&ns->owner->arena, ns->fstab.n_lines, sizeof(*ns->fstab_mounts));
	if (!ns->fstab_mounts) {
		return kb_error_no_memory(err);
	}
	for (size_t i = 0; i < ns->fstab.n_lines; i++) {
		ns->fstab_mounts[i] = (struct fstab_mount){
			.partial = {.at = "/", .ahead = ns->fstab.lines[i].dir},
			.mounted.mount.tree.root_fd = -1,
		};
	}
	return kb_fstab_mounts_follow(ns, "/", err);
}
