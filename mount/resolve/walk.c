/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/mount/walk.h"

#include <errno.h>
#include <string.h>

/* A walk under way. at has no trailing slash; "" is the root. */
struct walk {
	const struct kb_namespace *namespace;
	struct kb_arena *arena;
	struct kb_error *err;
	char at[KB_WALK_MAX_BYTES];
	size_t at_len;
	const char *pending;
	unsigned n_links;
	enum kb_tree_type type;
	bool may_lack; /* what is not there is gone through as if it were a directory */
	bool lacks;    /* that is where the walk is */
	bool waits;    /* locate said that it is not known yet what is there */
	bool is_held;  /* by a link of a file that was entered: ".." ends at its root */
};

static int fail(const struct walk *w, int code, const char *text)
{
	return kb_error_set(w->err, code, "%s%s: %s", w->namespace->prefix,
			    w->at_len > 0 ? w->at : "/", text);
}

static const char *reason(int code)
{
	switch (code) {
	case -ENOENT:
		return "there is no such file or directory";
	case -ENOTDIR:
		return "not a directory";
	case -ELOOP:
		return "too many symbolic links";
	default:
		return strerror(-code);
	}
}

static void step_up(struct walk *w)
{
	while (w->at_len > 0 && w->at[--w->at_len] != '/') {
	}
	w->at[w->at_len] = '\0';
	w->type = KB_TREE_DIR;
}

/* How much of the place is a file that was entered; 0: it is in none. */
static size_t entered(const struct walk *w)
{
	return w->namespace->entered ? w->namespace->entered(w->namespace->ctx, w->at) : 0;
}

static bool is_entered_root(const struct walk *w)
{
	return w->at_len > 0 && w->type == KB_TREE_DIR && entered(w) == w->at_len;
}

static int append(struct walk *w, struct kb_str name)
{
	if (name.len > KB_WALK_MAX_NAME || w->at_len + 1 + name.len >= sizeof(w->at)) {
		return fail(w, -ENAMETOOLONG, "the next part of the name is too long");
	}
	w->at[w->at_len++] = '/';
	memcpy(w->at + w->at_len, name.data, name.len);
	w->at_len += name.len;
	w->at[w->at_len] = '\0';
	return 0;
}

static int follow(struct walk *w, const char *link)
{
	size_t root = entered(w);

	if (++w->n_links > KB_WALK_MAX_LINKS) {
		return fail(w, -ELOOP, reason(-ELOOP));
	}
	if (strlen(link) + strlen(w->pending) + 1 >= KB_WALK_MAX_BYTES) {
		return fail(w, -ENAMETOOLONG, "its symbolic link is too long");
	}
	if (link[0] == '\0') {
		return fail(w, -ENOENT, "an empty symbolic link");
	}
	step_up(w);
	if (link[0] == '/') {
		w->at_len = root;
		w->at[root] = '\0';
	}
	w->is_held = w->is_held || root > 0;
	w->pending = kb_arena_printf(w->arena, "%s/%s", link, w->pending);
	return w->pending ? 0 : kb_error_no_memory(w->err);
}

static int locate(const struct walk *w, const struct kb_tree **ret_tree, const char **ret_rest)
{
	int r = w->namespace->locate(w->namespace->ctx, w->at_len > 0 ? w->at : "/", ret_tree,
				     ret_rest, w->err);

	return r < 0 && !w->err->code ? fail(w, r, reason(r)) : r;
}

/* A file in the middle of a path, or before its last slash. */
static int enter(struct walk *w, const struct kb_tree **ret_tree)
{
	const struct kb_namespace *ns = w->namespace;
	const struct kb_tree *tree = NULL;
	const char *rest = NULL;
	int r = ns->enter && !w->may_lack ? locate(w, &tree, &rest) : -ENOTDIR;

	if (r == 0) {
		r = ns->enter(ns->ctx, w->at, tree, rest, ret_tree, w->err);
	}
	if (r < 0) {
		return w->err->code ? r : fail(w, r, reason(r));
	}
	w->type = KB_TREE_DIR;
	return 0;
}

static int step_down(struct walk *w, struct kb_str name)
{
	char link[KB_TREE_LINK_BYTES];
	const struct kb_tree *tree = NULL;
	const char *rest = NULL;
	int r = append(w, name);

	if (r == 0) {
		r = locate(w, &tree, &rest);
		w->waits = r == -EAGAIN;
	}
	if (r != 0) {
		return r;
	}
	if (strcmp(rest, "/") == 0 || w->lacks) {
		w->type = KB_TREE_DIR;
		return 0;
	}
	r = kb_tree_look(tree, rest, &w->type, link);
	if (r == -ENOENT && w->may_lack) {
		w->type = KB_TREE_DIR;
		w->lacks = true;
		return 0;
	}
	if (r < 0) {
		return fail(w, r, reason(r));
	}
	return w->type == KB_TREE_LINK ? follow(w, link) : 0;
}

/* The next component; empty ones are passed over. */
static bool next(struct walk *w, struct kb_str *ret_name)
{
	size_t len;

	while (w->pending[0] == '/') {
		w->pending++;
	}
	len = strcspn(w->pending, "/");
	*ret_name = (struct kb_str){w->pending, len};
	w->pending += len;
	return len > 0;
}

static int step(struct walk *w, struct kb_str name)
{
	const struct kb_tree *tree = NULL;

	if (w->type == KB_TREE_FILE) {
		int r = enter(w, &tree);

		if (r < 0) {
			return r;
		}
	}
	if (w->type != KB_TREE_DIR) {
		return fail(w, -ENOTDIR, reason(-ENOTDIR));
	}
	if (kb_str_eq(name, KB_STR("."))) {
		return 0;
	}
	if (kb_str_eq(name, KB_STR(".."))) {
		if (w->lacks) {
			return fail(w, -ENOENT, reason(-ENOENT));
		}
		if (!w->is_held || !is_entered_root(w)) {
			step_up(w);
		}
		return 0;
	}
	return step_down(w, name);
}

static int arrive(struct walk *w, struct kb_resolved *ret_resolved)
{
	const struct kb_tree *tree = NULL;
	const char *rest = "/";
	int r = is_entered_root(w) ? enter(w, &tree) : locate(w, &tree, &rest);

	if (r < 0) {
		return r;
	}
	*ret_resolved =
		(struct kb_resolved){.tree = tree,
				     .rest = kb_arena_strdup(w->arena, rest),
				     .path = kb_arena_strdup(w->arena, w->at_len > 0 ? w->at : "/"),
				     .type = w->type};
	return ret_resolved->rest && ret_resolved->path ? 0 : kb_error_no_memory(w->err);
}

static int depart(struct walk *w, const char *start, const char *path)
{
	if (strlen(start) >= sizeof(w->at) || strlen(path) >= KB_WALK_MAX_BYTES) {
		return kb_error_set(w->err, -ENAMETOOLONG, "a name above %d bytes",
				    KB_WALK_MAX_BYTES);
	}
	if (path[0] != '/' && strcmp(start, "/") != 0) {
		w->at_len = strlen(start);
		memcpy(w->at, start, w->at_len + 1);
	}
	w->pending = path;
	w->type = KB_TREE_DIR;
	return 0;
}

static int go(struct walk *w)
{
	struct kb_str name;
	int r = 0;

	while (r == 0 && next(w, &name)) {
		r = step(w, name);
	}
	return r;
}

int kb_walk(const struct kb_namespace *namespace, struct kb_arena *arena, const char *start,
	    const char *path, struct kb_resolved *ret_resolved, struct kb_error *err)
{
	struct kb_error own_err = {0};
	struct walk w = {.namespace = namespace, .arena = arena, .err = err ? err : &own_err};
	int r = depart(&w, start, path);

	if (r == 0) {
		r = go(&w);
	}
	if (r == 0 && kb_str_ends(kb_str_from(path), KB_STR("/"))) {
		r = step(&w, KB_STR("."));
	}
	return r < 0 ? r : arrive(&w, ret_resolved);
}

int kb_walk_ahead(const struct kb_namespace *namespace, struct kb_arena *arena, const char *start,
		  const char *path, struct kb_partial_path *ret_partial, struct kb_error *err)
{
	/* Hundreds of lines may each lead through forty long links. */
	KB_ARENA struct kb_arena scratch = {0};
	struct kb_error own_err = {0};
	struct walk w = {.namespace = namespace,
			 .arena = &scratch,
			 .err = &own_err,
			 .may_lack = true};
	struct kb_partial_path partial;
	int r = depart(&w, start, path);

	if (r == 0) {
		r = go(&w);
	}
	if (r < 0 && !w.waits) {
		return kb_error_set(err, r, "%s", own_err.text);
	}
	partial.at = kb_arena_strdup(arena, w.at_len > 0 ? w.at : "/");
	partial.ahead = kb_arena_strdup(arena, w.pending + strspn(w.pending, "/"));
	if (!partial.at || !partial.ahead) {
		return kb_error_no_memory(err);
	}
	*ret_partial = partial;
	return 0;
}
