/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "branch.h"

#include <errno.h>
#include <string.h>

const struct kb_fstab_line *kb_branch_line(const struct kb_automount_namespace *ns,
					   const struct branch *b)
{
	return &ns->fstab.lines[b - ns->branches];
}

/* Of two on one directory the later one counts, as when mount -a runs; but what is mounted stays.
 */
static bool gives_way(const struct branch *b)
{
	return !b || b->state == BRANCH_NEW || b->state == BRANCH_FAILED;
}

struct branch *kb_branch_covering(const struct kb_automount_namespace *ns, const char *dir,
				  const char **ret_rest)
{
	struct branch *best = NULL;
	size_t best_len = 0;

	for (size_t i = 0; i < ns->fstab.n_lines; i++) {
		struct branch *b = &ns->branches[i];
		size_t len = b->at ? strlen(b->at) : 0;

		/* What is on "/" is the root itself. */
		if (len > 1 && strncmp(dir, b->at, len) == 0 &&
		    (dir[len] == '/' || dir[len] == '\0') &&
		    (len > best_len || (len == best_len && gives_way(best)))) {
			best = b;
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
	const struct branch *b = kb_branch_covering(ns, dir, &rest);

	(void)err;
	if (b && b->state != BRANCH_READY) {
		return -EAGAIN;
	}
	*ret_tree = b ? &b->mounted.mount.tree : &ns->root.mount.tree;
	*ret_rest = rest[0] ? rest : "/";
	return 0;
}

static int look_ahead(struct kb_automount_namespace *ns, const struct branch *b,
		      struct kb_way *ret_way, struct kb_error *err)
{
	const struct kb_namespace mounted = {.prefix = ns->base.prefix,
					     .ctx = ns,
					     .locate = locate_mounted};

	return kb_walk_ahead(&mounted, &ns->owner->arena, b->way.at, b->way.ahead, ret_way, err);
}

static int follow(struct kb_automount_namespace *ns, struct branch *b, struct kb_error *err)
{
	const struct kb_fstab_line *line = kb_branch_line(ns, b);
	int r = look_ahead(ns, b, &b->way, &b->error);

	if (r == -ENOMEM) {
		return kb_error_set(err, r, "out of memory");
	}
	if (r < 0) {
		b->state = BRANCH_FAILED;
		(void)kb_error_prefix(&b->error, r, "%s:%u: %s", line->at.file, line->at.line,
				      line->dir);
		return 0;
	}
	b->at = b->way.ahead[0] == '\0' ? b->way.at : NULL;
	return 0;
}

/* How long the way to the mount point is as things are; to be followed in this order. */
static int measure(struct kb_automount_namespace *ns, struct branch *b, struct kb_error *err)
{
	struct kb_way way = b->way;
	int r = look_ahead(ns, b, &way, NULL);

	if (r == -ENOMEM) {
		return kb_error_set(err, r, "out of memory");
	}
	b->depth = strlen(way.at) + strlen(way.ahead);
	return 0;
}

/* Of those that are to be followed. */
static struct branch *outermost(const struct kb_automount_namespace *ns)
{
	struct branch *best = NULL;

	for (size_t i = 0; i < ns->fstab.n_lines; i++) {
		struct branch *b = &ns->branches[i];

		if (b->depth > 0 && (!best || b->depth < best->depth)) {
			best = b;
		}
	}
	return best;
}

/*
 * The way to one mount point may lead over another, which decides how it goes on: outermost first,
 * whatever the order of the lines.
 */
int kb_branches_follow(struct kb_automount_namespace *ns, const char *at, struct kb_error *err)
{
	struct branch *b;
	int r = 0;

	for (size_t i = 0; r == 0 && i < ns->fstab.n_lines; i++) {
		b = &ns->branches[i];
		if (!b->at && b->state == BRANCH_NEW && strcmp(b->way.at, at) == 0) {
			r = measure(ns, b, err);
		}
	}
	while (r == 0 && (b = outermost(ns))) {
		b->depth = 0;
		r = follow(ns, b, err);
	}
	return r;
}

int kb_branches_init(struct kb_automount_namespace *ns, struct kb_error *err)
{
	ns->branches = kb_arena_array(&ns->owner->arena, ns->fstab.n_lines, sizeof(*ns->branches));
	if (!ns->branches) {
		return kb_error_set(err, -ENOMEM, "out of memory");
	}
	for (size_t i = 0; i < ns->fstab.n_lines; i++) {
		ns->branches[i] = (struct branch){
			.way = {.at = "/", .ahead = ns->fstab.lines[i].dir},
			.mounted.mount.tree.root_fd = -1,
		};
	}
	return kb_branches_follow(ns, "/", err);
}
